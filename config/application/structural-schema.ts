import { allowParts, type Fault } from "../allowed";

/** A structural schema of Kubernetes: every value has a type, every object says what is in it. */
export interface StructuralSchema {
  /** Left out only beside `x-kubernetes-int-or-string` or `x-kubernetes-preserve-unknown-fields`. */
  type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  description?: string;
  properties?: Record<string, StructuralSchema>;
  required?: string[];
  items?: StructuralSchema;
  additionalProperties?: StructuralSchema;
  enum?: (string | number)[];
  default?: string | number | boolean;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  "x-kubernetes-preserve-unknown-fields"?: true;
  "x-kubernetes-int-or-string"?: true;
  "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  "x-kubernetes-list-map-keys"?: string[];
}

const types = ["object", "array", "string", "integer", "number", "boolean"];
const keywords = [
  "type",
  "description",
  "properties",
  "required",
  "items",
  "additionalProperties",
  "enum",
  "default",
  "format",
  "pattern",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-int-or-string",
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
];
/** Deepest schema that is read. */
const deepest = 20;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * What keeps the API server from taking the schema for structural: values without a type, objects and lists without their content.
 * Source: Kubernetes 1.36, apiextensions-apiserver, pkg/apiserver/schema/validation.go, read 2026-11-21.
 */
function structuralFaults(value: unknown, path: readonly (string | number)[] = []): Fault[] {
  if (!isRecord(value))
    return [
      {
        path,
        found: value,
        allowed: "a schema: an object of keywords such as type",
        because: "the API server reads no other",
      },
    ];
  if (path.length > 2 * deepest)
    return [
      {
        path,
        found: `${deepest} schemas in one another`,
        allowed: `at most ${deepest}`,
        because: "deeper ones are mistakes",
      },
    ];
  const at = (...steps: readonly string[]): (string | number)[] => [...path, ...steps];
  const { type, properties, items, additionalProperties, required } = value;
  const free = value["x-kubernetes-preserve-unknown-fields"] === true;
  const found: Fault[] = Object.keys(value)
    .filter((keyword) => !keywords.includes(keyword))
    .map((keyword) => ({
      path: at(keyword),
      found: keyword,
      allowed: `only these keywords: ${keywords.join(", ")}`,
      because: "what nothing reads would be silently ignored",
    }));
  if (type === undefined ? !free && value["x-kubernetes-int-or-string"] !== true : !types.includes(String(type)))
    found.push({
      path: type === undefined ? path : at("type"),
      found: type ?? "no type",
      allowed: `type: ${types.join(", ")}; none only beside x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields`,
      because: "the API server refuses a value of no type",
    });
  if (type === "array" && items === undefined)
    found.push({
      path,
      found: "an array without items",
      allowed: "items: the schema of an entry",
      because: "the API server refuses any other",
    });
  if (
    type === "object" &&
    !free &&
    additionalProperties === undefined &&
    Object.keys(isRecord(properties) ? properties : {}).length === 0
  )
    found.push({
      path,
      found: "an object without content",
      allowed: "properties, additionalProperties or x-kubernetes-preserve-unknown-fields: true",
      because: "the API server drops what an object does not declare",
    });
  for (const name of Array.isArray(required) ? (required as unknown[]) : [])
    if (!isRecord(properties) || !(String(name) in properties))
      found.push({
        path: at("required"),
        found: name,
        allowed: `one of its properties: ${Object.keys(isRecord(properties) ? properties : {}).join(", ") || "it has none"}`,
        because: "no value could ever set it",
      });
  return [...found, ...schemasBelow(value).flatMap(({ steps, schema }) => structuralFaults(schema, at(...steps)))];
}

/** The schemas of properties and entries, with the way to them. */
function schemasBelow({
  properties,
  items,
  additionalProperties,
}: Record<string, unknown>): { steps: readonly string[]; schema: unknown }[] {
  return [
    ...Object.entries(isRecord(properties) ? properties : {}).map(([name, schema]) => ({
      steps: ["properties", name],
      schema,
    })),
    ...(items === undefined ? [] : [{ steps: ["items"], schema: items }]),
    ...(additionalProperties === undefined ? [] : [{ steps: ["additionalProperties"], schema: additionalProperties }]),
  ];
}

export const structural = allowParts<StructuralSchema>(
  structuralFaults,
  "a structural schema: a type for every value (but beside x-kubernetes-int-or-string and x-kubernetes-preserve-unknown-fields), properties of every object, items of every array",
  "the API server refuses any other",
);
