import { mentionsIn, templateParts, type Traversal } from "./expression";
import { type Json, type JsonObject, textsWithin } from "./json";

/** `${address.attribute}`, a template directive, or a token that cdktf left, as text or as the number it encodes one with. */
const reference = /\$\{|%\{|TfToken|-\d\.\d+e\+2\d\d/;

/** Whether a block names other resources anywhere. */
export function hasReferences(block: Json): boolean {
  return reference.test(JSON.stringify(block));
}

const none: readonly Traversal[] = [];
const mentioned = new WeakMap<object, readonly Traversal[]>();

/** Everything in a value that looks like a resource, in the order of writing; a block is looked through once, however many inventories hold it. */
export function traversalsIn(value: Json | undefined): readonly Traversal[] {
  if (typeof value === "string") return traversalsOf(value);
  if (typeof value !== "object" || value === null) return none;
  const before = mentioned.get(value);
  if (before) return before;
  const found = textsWithin(value).flatMap(traversalsOf);
  mentioned.set(value, found);
  return found;
}

function traversalsOf(text: string): readonly Traversal[] {
  return text.includes("${")
    ? templateParts(text).flatMap((part) => ("expression" in part ? mentionsIn(part.expression) : none))
    : none;
}

/** What a text is worth in an inventory: itself, or what its references lead to. */
export type Follow = (text: string) => Json;

/**
 * Reads blocks once, however many inventories hold them: again only when a text of the block that was followed is worth
 * something else.
 */
export function readOnce<Result>(): (block: JsonObject, follow: Follow, read: (follow: Follow) => Result) => Result {
  const known = new WeakMap<
    JsonObject,
    { readonly result: Result; readonly followed: readonly (readonly [text: string, worth: Json])[] }
  >();
  return (block, follow, read) => {
    const before = known.get(block);
    if (before?.followed.every(([text, worth]) => follow(text) === worth)) return before.result;
    const followed: [string, Json][] = [];
    const result = read((text) => {
      const worth = follow(text);
      followed.push([text, worth]);
      return worth;
    });
    known.set(block, { result, followed });
    return result;
  };
}

/** A function of an object that never changes, computed once for each. */
export function perObject<Subject extends object, Result>(
  compute: (subject: Subject) => Result,
): (subject: Subject) => Result {
  const known = new WeakMap<Subject, { readonly result: Result }>();
  return (subject) => {
    const found = known.get(subject) ?? { result: compute(subject) };
    known.set(subject, found);
    return found.result;
  };
}

/** As {@link perObject}, of a text: the parse of what many blocks and inventories hold word for word. */
export function perText<Result>(compute: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, { readonly result: Result }>();
  return (text) => {
    const found = known.get(text) ?? { result: compute(text) };
    known.set(text, found);
    return found.result;
  };
}
