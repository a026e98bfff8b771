import { isObject, objectOf, textOf, textsOf } from "../../readiness/inventory/json";
import type { SynthesisedStack } from "../../readiness/inventory/platform";

/** Resource types of the provider that are no object of their own. */
const NO_OBJECT = /^kubernetes_(labels|annotations|env|node_taint|config_map_v1_data|secret_v1_data|token_request_v1)$/;

/**
 * How many Kubernetes objects the stacks hold, counted in the Terraform itself, by other means than those that send them:
 * one for each resource, and for each release of a local chart as many as its values list.
 */
export function objectCount(stacks: readonly SynthesisedStack[]): number {
  return stacks.reduce(
    (sum, { terraform }) =>
      sum +
      Object.entries(objectOf(terraform["resource"])).reduce((count, [type, bodies]) => {
        if (type === "helm_release")
          return (
            count + Object.values(objectOf(bodies)).reduce<number>((all, body) => all + manifestsIn(objectOf(body)), 0)
          );
        return type.startsWith("kubernetes_") && !NO_OBJECT.test(type)
          ? count + Object.keys(objectOf(bodies)).length
          : count;
      }, 0),
    0,
  );
}

function manifestsIn(release: Readonly<Record<string, unknown>>): number {
  if (!/^\.{0,2}\//.test(textOf(release["chart"] as string) ?? "")) return 0;
  return textsOf(release["values"] as string[]).reduce((sum, text) => {
    const values: unknown = JSON.parse(text);
    const manifests = isObject(values) ? values["manifests"] : undefined;
    return sum + (Array.isArray(manifests) ? manifests.length : Object.keys(objectOf(manifests)).length);
  }, 0);
}
