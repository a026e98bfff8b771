/** JSON that a mutation may edit; the inventory reads the same as read-only. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/** A stack that may be edited. */
export interface StackDraft {
  readonly name: string;
  /** Its Terraform as it stands, to look at. */
  readonly written: JsonObject;
  /** Puts a block where `path` leads (section, type and name; or output and name), or takes the one there away. */
  put(path: readonly string[], block: JsonObject | undefined): void;
  /** Changes anything in a copy of its Terraform. */
  edit(change: (terraform: JsonObject) => void): void;
}

export function asObject(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
