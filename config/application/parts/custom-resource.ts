import { z } from "zod";
import { allow, settings } from "../../allowed";
import { dnsLabel, host, listOf, text } from "../fields";
import { structural } from "../structural-schema";

const printerColumn = settings({
  name: text(63, "kubectl shows it as a heading"),
  type: allow(
    z.enum(["string", "integer", "number", "boolean", "date"]),
    "string, integer, number, boolean or date",
    "kubectl shows these",
  ),
  jsonPath: allow(
    z
      .string()
      .max(253)
      .regex(/^\.[\x21-\x7e]+$/),
    'a path such as ".status.phase"',
    "kubectl reads it from the object",
  ),
});

const version = settings({
  name: allow(
    z
      .string()
      .max(20)
      .regex(/^v[1-9][0-9]*((alpha|beta)[1-9][0-9]*)?$/),
    'a version such as "v1" or "v1alpha1"',
    "Kubernetes orders versions of this form",
  ),
  served: z.boolean(),
  /** Exactly one version is the one that etcd holds. */
  stored: z.boolean(),
  /**
   * Schema of `spec`. Keywords: type, description, properties, required, items, additionalProperties, enum, default, format,
   * pattern, minimum, maximum, minLength, maxLength, minItems, maxItems, x-kubernetes-preserve-unknown-fields,
   * x-kubernetes-int-or-string, x-kubernetes-list-type and x-kubernetes-list-map-keys.
   */
  spec: structural,
  /** Schema of `status`, which only the status subresource writes. */
  status: structural.optional(),
  printerColumns: listOf(printerColumn).optional(),
});

/** A kind that the application brings: its definition is installed before any of its pods. */
export const customResource = settings({
  group: host,
  plural: dnsLabel(63, "it is part of the API's path"),
  shortNames: listOf(dnsLabel(20, "kubectl takes it for the kind")).optional(),
  scope: allow(z.enum(["Namespaced", "Cluster"]), "Namespaced or Cluster", "Kubernetes knows these two"),
  versions: listOf(version, 10),
});

export const kindName = allow(
  z
    .string()
    .max(63)
    .regex(/^[A-Z][A-Za-z0-9]*$/),
  "a kind of at most 63 letters and digits, beginning with a capital",
  "Kubernetes names kinds so",
);

export type CustomResource = z.infer<typeof customResource>;
