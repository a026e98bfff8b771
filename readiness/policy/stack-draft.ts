import type { SynthesisedStack } from "../inventory/platform";
import { asObject, type JsonObject, type JsonValue, type StackDraft } from "./json";

/** Depth of a block in a stack's Terraform: section, type, name. */
const BLOCK_DEPTH = 3;

/** A stack that shares with the one it is drawn from every block that no edit changed: an inventory reads only the others anew. */
export class SharingDraft implements StackDraft {
  readonly name: string;
  private current: JsonObject;

  constructor(private readonly stack: SynthesisedStack) {
    this.name = stack.name;
    this.current = stack.terraform as JsonObject;
  }

  get written(): JsonObject {
    return this.current;
  }

  put(path: readonly string[], block: JsonObject | undefined): void {
    this.current = withValue(this.current, path, block);
  }

  edit(change: (terraform: JsonObject) => void): void {
    const copy = structuredClone(this.current);
    change(copy);
    this.current = asObject(shared(this.current, copy, BLOCK_DEPTH));
  }

  /** The stack itself as long as nothing in it is different. */
  result(): SynthesisedStack {
    return this.current === this.stack.terraform ? this.stack : { name: this.name, terraform: this.current };
  }
}

function withValue(
  object: JsonObject,
  [step = "", ...rest]: readonly string[],
  value: JsonObject | undefined,
): JsonObject {
  if (rest.length > 0) return { ...object, [step]: withValue(asObject(object[step]), rest, value) };
  if (value !== undefined) return { ...object, [step]: value };
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== step));
}

/** What is after the change, with the parts of before that are equal. */
function shared(before: JsonValue | undefined, after: JsonValue, depth: number): JsonValue {
  if (before === undefined || JSON.stringify(before) === JSON.stringify(after)) return before ?? after;
  if (depth === 0 || typeof after !== "object" || Array.isArray(after) || after === null) return after;
  const old = asObject(before);
  return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, shared(old[name], value, depth - 1)]));
}
