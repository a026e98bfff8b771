/** JSON that a mutation may edit; the inventory reads the same as read-only. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/** A stack that may be edited: its Terraform is a deep copy, made when it is first asked for. */
export interface StackDraft {
  readonly name: string;
  readonly terraform: JsonObject;
  /** What the copy is made from: to look whether there is anything to edit. */
  readonly original: JsonObject;
}

export function asObject(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
