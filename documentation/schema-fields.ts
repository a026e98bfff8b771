import type { z } from "zod";
import { documentedAllowance } from "../config/allowed";

/** A setting, as the schema that validates it knows it. */
export interface Field {
  /** `components.<name>.port`; `[]` is an entry of a list. */
  readonly path: string;
  readonly required: Required;
  /** What is allowed, and why; empty where the settings below it say so. */
  readonly allowed: string;
  readonly because: string;
  /** Kinds of the union that have the setting; empty where all have it. */
  readonly kinds: readonly string[];
}

/** Everywhere, nowhere, for these kinds only, or as one of several forms of which each has a setting that the others lack. */
export type Required = boolean | "one of these" | readonly string[];

/** Definition of a schema: what zod calls its `def`, as far as it is read here. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly keyType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly out?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, string>>;
}

const definitionOf = (schema: z.ZodType): Definition => schema.def;

/** Settings of the schema and everything below it, in the order in which it declares them. */
export const fieldsOf = (schema: z.ZodType): Field[] => fieldsIn(schema, "");

/** Settings of what is written at the path. */
function fieldsIn(schema: z.ZodType, path: string): Field[] {
  const { type, shape, element, valueType, options } = definitionOf(unwrapped(schema));
  const dotted = (name: string): string => (path === "" ? name : `${path}.${name}`);
  if (type === "object") return Object.entries(shape ?? {}).flatMap(([name, child]) => fieldsAt(dotted(name), child));
  if (type === "record" && valueType) return fieldsAt(dotted("<name>"), valueType);
  if (type === "array" && element) return fieldsAt(`${path}[]`, element);
  return type === "union"
    ? merged((options ?? []).map((option) => ({ kind: kindOf(option), fields: fieldsIn(option, path) })))
    : [];
}

/** The setting itself, and those below it. */
function fieldsAt(path: string, schema: z.ZodType): Field[] {
  const inner = unwrapped(schema);
  const allowance = documentedAllowance(inner);
  const below = allowance ? [] : fieldsIn(inner, path);
  const entry = /(\[\]|<name>)$/.test(path);
  const own: Field = {
    path,
    required: !entry && (inner === schema || definitionOf(schema).type === "nonoptional"),
    kinds: [],
    ...(allowance ?? namesOf(inner) ?? { allowed: below.length > 0 ? "" : plainly(definitionOf(inner)), because: "" }),
  };
  // An entry of a list or a record is described by what is in it.
  return entry && own.allowed === "" ? below : [own, ...below];
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (documentedAllowance(schema)) return schema;
  const { type, innerType, out } = definitionOf(schema);
  if ((type === "optional" || type === "nonoptional") && innerType) return unwrapped(innerType);
  return type === "pipe" && out ? unwrapped(out) : schema;
}

/** What the entries of a record may be called, where their schema says it. */
function namesOf(schema: z.ZodType): Pick<Field, "allowed" | "because"> | undefined {
  const { keyType } = definitionOf(schema);
  const allowance = keyType && documentedAllowance(keyType);
  return allowance && { allowed: `by name: ${allowance.allowed}`, because: allowance.because };
}

/** Kind of an option of a union that kinds distinguish; undefined for a form that is known by its settings. */
function kindOf(option: z.ZodType): string | undefined {
  const kind = definitionOf(option).shape?.["kind"];
  return kind && String(definitionOf(kind).values?.[0]);
}

interface Option {
  readonly kind: string | undefined;
  readonly fields: readonly Field[];
}

/** Settings of all options, each once, with the kinds that have it and those that require it. */
function merged(options: readonly Option[]): Field[] {
  const byPath = new Map<string, Option[]>();
  for (const option of options)
    for (const { path } of option.fields) byPath.set(path, [...(byPath.get(path) ?? []), option]);
  return [...byPath].map(([path, having]) => {
    const found = having.flatMap(({ kind, fields }) =>
      fields.filter((field) => field.path === path).map((field) => ({ kind: kind ?? "", field })),
    );
    const [first] = found as [(typeof found)[number], ...typeof found];
    const requiring = found.filter(({ field }) => field.required === true);
    const everywhere = having.length === options.length;
    return {
      ...first.field,
      kinds: everywhere || first.kind === "" ? first.field.kinds : found.map(({ kind }) => kind),
      required:
        requiring.length === 0 || (requiring.length === found.length && (everywhere || first.kind !== ""))
          ? first.field.required
          : first.kind === ""
            ? "one of these"
            : requiring.map(({ kind }) => kind),
    };
  });
}

/** What is allowed, where the schema's type is all that there is to say. */
function plainly({ type, values, entries }: Definition): string {
  if (values) return values.map(String).join(", ");
  if (entries) return Object.values(entries).join(", ");
  return { boolean: "true or false", string: "a text", number: "a number" }[type] ?? "";
}
