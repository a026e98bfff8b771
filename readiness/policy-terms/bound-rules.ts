import { objectOf, objectsOf, textOf } from "../inventory/json";
import type { PlacedObject } from "../inventory/kubernetes/object";
import type { Platform } from "../inventory/platform";
import type { Role } from "../inventory/facts/kubernetes/roles";
import type { Workload } from "../inventory/facts/kubernetes/workload-graph";

/** Rules of every role that is bound to the workload's service account. */
export function rulesBoundTo(
  { region, namespace, pod }: Workload,
  platform: Platform,
): readonly Role["rules"][number][] {
  const bound = (binding: PlacedObject): boolean =>
    binding.region === region &&
    /^(Cluster)?RoleBinding$/.test(binding.object.kind) &&
    objectsOf(binding.object["subjects"]).some(
      (subject) => textOf(subject["name"]) === pod.serviceAccount && textOf(subject["namespace"]) === namespace,
    );
  const roles = new Set(
    platform.objects
      .filter(bound)
      .map(
        ({ object }) => `${textOf(objectOf(object["roleRef"])["kind"])} ${textOf(objectOf(object["roleRef"])["name"])}`,
      ),
  );
  return platform.roles
    .filter(
      (role) =>
        role.region === region &&
        (role.clusterWide || role.namespace === namespace) &&
        roles.has(`${role.clusterWide ? "ClusterRole" : "Role"} ${role.name}`),
    )
    .flatMap((role) => role.rules);
}
