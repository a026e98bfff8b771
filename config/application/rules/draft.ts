import type { ApplicationLiteral } from "../schema";

/** A literal of which any part may be missing: what is refused by its own rule takes no part in the rules between fields. */
export type Partly<Value> = Value extends readonly (infer Item)[]
  ? readonly (Partly<Item> | undefined)[]
  : Value extends object
    ? { readonly [Key in keyof Value]?: Partly<Value[Key]> | undefined }
    : Value;

export type Draft = Partly<ApplicationLiteral>;
export type DraftComponent = NonNullable<NonNullable<Draft["components"]>[string]>;
export type DraftJob = NonNullable<NonNullable<Draft["jobs"]>[string]>;
/** What components and jobs have in common. */
export type DraftProgram = DraftComponent | DraftJob;

/** One rule's finding: where, what is there, what may be there, and why. */
export interface Refusal {
  readonly path: readonly (string | number)[];
  readonly found: unknown;
  readonly allowed: string;
  readonly because: string;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The literal without the values at `paths`; the names stay, so that nothing looks left out. */
export function withoutValues(literal: unknown, paths: readonly (readonly PropertyKey[])[]): Draft {
  if (!isRecord(literal) || paths.some((path) => path.length === 0)) return {};
  const copy = { ...literal };
  const below = new Map<string, (readonly PropertyKey[])[]>();
  for (const [name, ...rest] of paths) below.set(String(name), [...(below.get(String(name)) ?? []), rest]);
  for (const [name, rests] of below) copy[name] = without(copy[name], rests);
  return copy;
}

function without(value: unknown, paths: readonly (readonly PropertyKey[])[]): unknown {
  if (paths.some((path) => path.length === 0)) return undefined;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => {
      const own = paths.filter(([step]) => Number(step) === index).map(([, ...rest]) => rest);
      return own.length === 0 ? item : without(item, own);
    });
  return withoutValues(value, paths);
}

/** Entries of a record of the draft whose values are records themselves. */
export function entriesOf<Value>(
  record: Readonly<Record<string, Value | undefined>> | undefined,
): [string, NonNullable<Value>][] {
  return Object.entries(record ?? {}).flatMap(([name, value]) =>
    isRecord(value) ? [[name, value as NonNullable<Value>] as [string, NonNullable<Value>]] : [],
  );
}

/** Names in words. */
export const listed = (names: readonly string[], none: string): string =>
  names.length === 0 ? none : [...names].sort().join(", ");
