/** JSON that a mutation may edit; the inventory reads the same as read-only. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/** A stack that may be edited: a deep copy. */
export interface StackDraft {
  readonly name: string;
  readonly terraform: JsonObject;
}

export function asObject(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
