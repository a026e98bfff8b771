import type { JsonObject, JsonValue } from "./json";

/** Changes a block in place. */
export type Edit = (block: JsonObject) => void;

/** Steps to a value: `"spec.template.spec.container.image"`, or a list when a key itself has a dot. */
export type Path = string | readonly string[];

/**
 * Sets the value at `path`, making what is missing on the way.
 *
 * A name met at a list means each of its items, a number one item. Text that holds JSON (policy documents, Helm
 * values, annotations) is walked through as if it were the object: `set("values.0.replicas", 1)`.
 */
export const set = (path: Path, value: JsonValue): Edit => update(path, () => structuredClone(value));

/** Takes the value at `path` away. */
export const unset = (path: Path): Edit => update(path, () => undefined);

/** Replaces the value at `path` by what `next` makes of it; undefined removes it. */
export function update(path: Path, next: (value: JsonValue | undefined) => JsonValue | undefined): Edit {
  const steps = typeof path === "string" ? path.split(".") : path;
  return (block) => void walk(block, steps, next);
}

/** Several edits of one block. */
export const each =
  (...edits: readonly Edit[]): Edit =>
  (block) =>
    edits.forEach((edit) => edit(block));

type Next = (value: JsonValue | undefined) => JsonValue | undefined;

function walk(value: JsonValue | undefined, steps: readonly string[], next: Next): JsonValue | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return next(value);
  if (typeof value === "string") return throughText(value, steps, next);
  if (Array.isArray(value)) return throughList(value, steps, next);
  if (value !== undefined && value !== null && typeof value !== "object")
    throw new Error(`There is no "${step}" in ${JSON.stringify(value)}.`);
  const object: JsonObject = value ?? {};
  const changed = walk(object[step], rest, next);
  if (changed === undefined) delete object[step];
  else object[step] = changed;
  return object;
}

function throughText(text: string, steps: readonly string[], next: Next): string {
  const parsed: unknown = text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : undefined;
  if (typeof parsed !== "object" || parsed === null)
    throw new Error(`There is no "${steps.join(".")}" in the text ${JSON.stringify(text)}.`);
  return JSON.stringify(walk(parsed as JsonValue, steps, next));
}

function throughList(list: JsonValue[], steps: readonly string[], next: Next): JsonValue[] {
  const [step = "", ...rest] = steps;
  if (!/^\d+$/.test(step)) return list.flatMap((item) => walk(item, steps, next) ?? []);
  const changed = walk(list[Number(step)], rest, next);
  if (changed === undefined) list.splice(Number(step), 1);
  else list[Number(step)] = changed;
  return list;
}
