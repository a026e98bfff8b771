import type { Platform } from "../../../inventory/platform";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Resource } from "../../../inventory/resource";
import { holds } from "../../../policy/comparison";
import { change, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { autoscalers } from "../../../policy-terms/targets";

const accounts = resource("kubernetes_service_account_v1");
const NAMESPACE = "kubernetes_namespace_v1";

/** The namespace that the stack of the object makes itself; others are there before the stack deploys. */
function ownNamespace({ object, stack }: PlacedObject, namespaces: readonly Resource[]): Resource | undefined {
  return namespaces.find(
    (namespace) => namespace.stack === stack && namespace.text("metadata.name") === object.metadata.namespace,
  );
}

/** One object a resource: what is in one release waits together. */
function subjects(platform: Platform): readonly PlacedObject[] {
  const namespaces = platform.ofType(NAMESPACE);
  const first = new Map(
    platform.objects
      .filter((item) => item.origin !== "chart" && ownNamespace(item, namespaces))
      .map((item) => [item.resource, item]),
  );
  return [...first.values()];
}

export default policy({
  id: "DE-09",
  severity: "error",
  proves: ["CA-24"],
  title: "Namespaced objects depend on their Namespace",
  because:
    "Terraform creates independent resources in parallel: the first deployment into a new cluster fails without the dependency",
  remedy: "let the object depend on the guards of its namespace, or take the namespace's name from the namespace",
  subjects,
  check: (item, platform) => {
    const namespace = ownNamespace(item, platform.ofType(NAMESPACE));
    if (namespace === undefined) return [];
    const waits =
      platform.dependencies(item.resource).includes(namespace) || platform.after(item.resource).includes(namespace);
    return holds(
      waits,
      `made after namespace ${item.object.metadata.namespace ?? ""}`,
      waits ? "it is" : "nothing makes it wait",
    );
  },
  mutants: [change("autoscalers that wait for nothing", autoscalers, unset("depends_on"))],
  boundary: {
    holds: change("accounts that wait for the namespace alone", accounts, (block) => {
      const waits = block["depends_on"];
      set(
        "depends_on",
        Array.isArray(waits) ? waits.filter((address) => String(address).startsWith(NAMESPACE)) : [],
      )(block);
    }),
    breaks: change("accounts that wait for nothing", accounts, set("depends_on", [])),
  },
});
