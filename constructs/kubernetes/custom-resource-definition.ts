import type { CustomResource } from "../../config/application/parts/custom-resource";
import type { StructuralSchema } from "../../config/application/structural-schema";
import type { Manifest } from "./manifests";

/** The definition of a kind, as apiextensions.k8s.io/v1 takes it: `spec` and `status` are the application's, the rest is Kubernetes'. */
export function customResourceDefinition(
  kind: string,
  resource: CustomResource,
  labels: Record<string, string>,
): Manifest {
  const { group, plural, shortNames, scope, versions } = resource;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${plural}.${group}`,
      labels,
      // With the definition every object of the kind is deleted: it outlives its release.
      annotations: { "helm.sh/resource-policy": "keep" },
    },
    spec: {
      group,
      scope,
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        ...(shortNames ? { shortNames } : {}),
      },
      versions: versions.map(({ name, served, stored, spec, status, printerColumns }) => ({
        name,
        served,
        storage: stored,
        schema: { openAPIV3Schema: whole(spec, status) },
        ...(status ? { subresources: { status: {} } } : {}),
        ...(printerColumns ? { additionalPrinterColumns: printerColumns } : {}),
      })),
    },
  };
}

function whole(spec: StructuralSchema, status: StructuralSchema | undefined): object {
  return {
    type: "object",
    required: ["spec"],
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      spec,
      ...(status ? { status } : {}),
    },
  };
}
