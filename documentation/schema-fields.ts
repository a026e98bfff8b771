import type { z } from "zod";
import { documentedAllowance } from "../config/allowed";

/** A setting, as the schema that validates it knows it. */
export interface Field {
  /** `components.<name>.port`; `[]` is an entry of a list. */
  readonly path: string;
  readonly required: boolean;
  /** What is allowed, and why; empty where the settings below it say so. */
  readonly allowed: string;
  readonly because: string;
  /** Kinds of the union that have the setting; empty where all have it. */
  readonly kinds: readonly string[];
}

/** Definition of a schema: what zod calls its `def`, as far as it is read here. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly out?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, string>>;
}

const definitionOf = (schema: z.ZodType): Definition => schema.def as unknown as Definition;

/** Settings of the schema and everything below it, in the order in which it declares them. */
export function fieldsOf(schema: z.ZodType): Field[] {
  return [...childrenOf(schema)].flatMap(([name, child]) => fieldsBelow(name, child));
}

function fieldsBelow(path: string, { schema, kinds }: Child): Field[] {
  const inner = unwrapped(schema);
  const allowance = documentedAllowance(inner);
  const below = allowance ? [] : [...childrenOf(inner)];
  const own: Field = {
    path, required: inner === schema || definitionOf(schema).type === "nonoptional", kinds,
    allowed: allowance?.allowed ?? (below.length > 0 ? "" : plainly(definitionOf(inner))), because: allowance?.because ?? "",
  };
  const entries = below.flatMap(([name, child]) => fieldsBelow(`${path}${name === "[]" ? "" : "."}${name}`, child));
  // An entry of a list or a record is described by what is in it.
  return /(\[\]|<name>)$/.test(path) && own.allowed === "" ? entries : [own, ...entries];
}

interface Child {
  readonly schema: z.ZodType;
  readonly kinds: readonly string[];
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (documentedAllowance(schema)) return schema;
  const { type, innerType, out } = definitionOf(schema);
  if ((type === "optional" || type === "nonoptional") && innerType) return unwrapped(innerType);
  return type === "pipe" && out ? unwrapped(out) : schema;
}

function childrenOf(schema: z.ZodType): Map<string, Child> {
  const { type, shape, element, valueType, options } = definitionOf(unwrapped(schema));
  if (type === "object") return new Map(Object.entries(shape ?? {}).map(([name, child]) => [name, { schema: child, kinds: [] }]));
  if (type === "record" && valueType) return new Map([["<name>", { schema: valueType, kinds: [] }]]);
  if (type === "array" && element) return new Map([["[]", { schema: element, kinds: [] }]]);
  return type === "union" ? merged(options ?? []) : new Map<string, Child>();
}

/** Settings of the options of a union, each with the kinds that have it. */
function merged(options: readonly z.ZodType[]): Map<string, Child> {
  const found = new Map<string, { schema: z.ZodType; kinds: string[] }>();
  for (const option of options)
    for (const [name, { schema }] of childrenOf(option)) {
      const kind = String(definitionOf(definitionOf(option).shape?.["kind"] ?? option).values?.[0] ?? "");
      const known = found.get(name);
      if (known) known.kinds.push(kind);
      else found.set(name, { schema, kinds: [kind] });
    }
  for (const child of found.values()) if (child.kinds.length === options.length || child.kinds.includes("")) child.kinds = [];
  return found;
}

/** What is allowed, where the schema's type is all that there is to say. */
function plainly({ type, values, entries }: Definition): string {
  if (values) return values.map(String).join(", ");
  if (entries) return Object.values(entries).join(", ");
  return { boolean: "true or false", string: "a text", number: "a number" }[type] ?? "";
}
