import type { JsonObject } from "./json";

const known = new WeakMap<JsonObject, boolean>();

/** `${address.attribute}`, a template directive, or a token that cdktf left, as text or as the number it encodes one with. */
const reference = /\$\{|%\{|TfToken|-\d\.\d+e\+2\d\d/;

/** Whether a block names other resources anywhere. What does not means the same wherever it stands, and need be read once. */
export function hasReferences(block: JsonObject): boolean {
  const before = known.get(block);
  if (before !== undefined) return before;
  const found = reference.test(JSON.stringify(block));
  known.set(block, found);
  return found;
}
