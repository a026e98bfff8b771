import { type Json, type JsonObject, arrayOf, flagOf, isObject, numberOf, textOf } from "../json";

/** Resolves one written value: the text or number that Terraform will send, as far as it is known now. */
export type ReadLeaf = (value: Json, path: string) => Json;

export interface ShapeContext {
  readonly read: ReadLeaf;
  /** For errors: `kubernetes_deployment_v1.api`. */
  readonly address: string;
}

/** How one Terraform argument or block becomes a field of the Kubernetes object; undefined leaves the field out. */
export type Shape = (value: Json, path: string, context: ShapeContext) => Json | undefined;

export interface Field {
  readonly as: string;
  readonly shape: Shape;
  /** What the provider sends when the argument is not written and the API's own default differs. */
  readonly otherwise?: Json;
}

export type Fields = Readonly<Record<string, Field>>;

export class UnknownKubernetesArgument extends Error {
  constructor(address: string, path: string, known: readonly string[]) {
    super(
      `${address}: the Kubernetes provider's argument "${path}" is not in the conversion table; known there: ${known.join(", ")}. Add it to readiness/inventory/kubernetes/kinds.ts, so that no field is dropped`,
    );
    this.name = "UnknownKubernetesArgument";
  }
}

function leaf(convert: (value: Json) => Json | undefined): Shape {
  return (value, path, context) => {
    const read = context.read(value, path);
    return convert(read) ?? read;
  };
}

export const text = leaf(textOf);
export const integer = leaf(numberOf);
export const flag = leaf(flagOf);
/** "2" is the number 2, "50%" and "http" stay text. */
export const intOrString = leaf((value) => numberOf(value) ?? textOf(value));
/** File modes are written as octal text; the API takes the number. */
export const octalMode = leaf((value) =>
  typeof value === "string" && /^0?[0-7]{1,4}$/.test(value) ? Number.parseInt(value, 8) : numberOf(value),
);
export const texts: Shape = (value, path, context) =>
  arrayOf(value).map((entry, index) => text(entry, `${path}.${index}`, context) ?? "");
export const integers: Shape = (value, path, context) =>
  arrayOf(value).map((entry, index) => integer(entry, `${path}.${index}`, context) ?? 0);

export const textMap: Shape = (value, path, context) => {
  const single = first(value);
  if (!isObject(single)) return context.read(value, path);
  return Object.fromEntries(
    Object.entries(single).flatMap(([key, entry]) =>
      entry === undefined || entry === null ? [] : [[key, text(entry, `${path}.${key}`, context) ?? ""]],
    ),
  );
};

/** A block that stands for one object. */
export function block(fields: Fields): Shape {
  return (value, path, context) => {
    const single = first(value);
    return isObject(single) ? convertFields(single, fields, path, context) : undefined;
  };
}

/** A repeated block: singular in Terraform, a list in Kubernetes. */
export function list(fields: Fields): Shape {
  return (value, path, context) => {
    const entries = arrayOf(value).filter(isObject);
    return entries.length === 0
      ? undefined
      : entries.map((entry, index) => convertFields(entry, fields, `${path}.${index}`, context));
  };
}

export function convertFields(source: JsonObject, fields: Fields, path: string, context: ShapeContext): JsonObject {
  const target: Record<string, Json> = {};
  for (const [name, value] of Object.entries(source)) {
    if (value === undefined || value === null) continue;
    const at = path === "" ? name : `${path}.${name}`;
    const field = fields[name];
    if (!field) throw new UnknownKubernetesArgument(context.address, at, Object.keys(fields).sort());
    const converted = field.shape(value, at, context);
    if (converted !== undefined) target[field.as] = converted;
  }
  for (const field of Object.values(fields))
    if (field.otherwise !== undefined && target[field.as] === undefined) target[field.as] = field.otherwise;
  return target;
}

function first(value: Json): Json | undefined {
  return Array.isArray(value) ? (value as readonly Json[])[0] : value;
}

/** Fields whose Kubernetes name is the Terraform name in camelCase. */
export function named(shapes: Readonly<Record<string, Shape>>): Fields {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { as: camelCase(name), shape }]));
}

export function as(name: string, shape: Shape): Field {
  return { as: name, shape };
}

export function withDefault(name: string, shape: Shape, otherwise: Json): Field {
  return { as: name, shape, otherwise };
}

export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}
