import { z } from "zod";
import { allow } from "../allowed";
import { dnsLabel, host, listOf, text } from "./fields";

/** A structural schema of Kubernetes: every value has a type, every object says what is in it. */
export interface StructuralSchema {
  type: "object" | "array" | "string" | "integer" | "number" | "boolean";
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
/** Schemas deeper than this are written by nobody. */
const deepest = 20;

/** Whether the API server takes the schema for structural: types everywhere, no object without its content. */
export function isStructural(value: unknown, depth = 0): value is StructuralSchema {
  if (typeof value !== "object" || value === null || depth > deepest) return false;
  const schema = value as Partial<StructuralSchema>;
  if (!types.includes(schema.type ?? "")) return false;
  const children = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : []), ...(schema.additionalProperties ? [schema.additionalProperties] : [])];
  if (schema.type === "array" && !schema.items) return false;
  if (schema.type === "object" && children.length === 0 && schema["x-kubernetes-preserve-unknown-fields"] !== true) return false;
  return children.every((child) => isStructural(child, depth + 1)) && (schema.required ?? []).every((name) => schema.properties?.[name] !== undefined);
}

const printerColumn = z.strictObject({
  name: text(63, "kubectl shows it as a heading"),
  type: allow(z.enum(["string", "integer", "number", "boolean", "date"]), "string, integer, number, boolean or date", "kubectl shows these"),
  jsonPath: allow(z.string().max(253).regex(/^\.[\x21-\x7e]+$/), 'a path such as ".status.phase"', "kubectl reads it from the object"),
});

const version = z.strictObject({
  name: allow(z.string().max(20).regex(/^v[1-9][0-9]*((alpha|beta)[1-9][0-9]*)?$/), 'a version such as "v1" or "v1alpha1"', "Kubernetes orders versions of this form"),
  served: z.boolean(),
  /** Exactly one version is the one that etcd holds. */
  stored: z.boolean(),
  /**
   * Schema of `spec`. Keywords: type, description, properties, required, items, additionalProperties, enum, default, format,
   * pattern, minimum, maximum, minLength, maxLength, minItems, maxItems, x-kubernetes-preserve-unknown-fields,
   * x-kubernetes-int-or-string, x-kubernetes-list-type and x-kubernetes-list-map-keys.
   */
  spec: allow(z.custom<StructuralSchema>((value) => isStructural(value)), "a structural schema: a type for every value, properties of every object, items of every array", "the API server refuses any other"),
  /** Schema of `status`, which only the status subresource writes. */
  status: allow(z.custom<StructuralSchema>((value) => isStructural(value)), "a structural schema", "the API server refuses any other").optional(),
  printerColumns: listOf(printerColumn).optional(),
});

/** A kind that the application brings: its definition is installed before any of its pods. */
export const customResource = z.strictObject({
  group: host,
  plural: dnsLabel(63, "it is part of the API's path"),
  shortNames: listOf(dnsLabel(20, "kubectl takes it for the kind")).optional(),
  scope: allow(z.enum(["Namespaced", "Cluster"]), "Namespaced or Cluster", "Kubernetes knows these two"),
  versions: listOf(version, 10),
});

export const kindName = allow(z.string().max(63).regex(/^[A-Z][A-Za-z0-9]*$/), "a kind of at most 63 letters and digits, beginning with a capital", "Kubernetes names kinds so");

export type CustomResource = z.infer<typeof customResource>;
