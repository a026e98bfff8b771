import type { Platform } from "../../../inventory/platform";
import { atLeast, atMost, equals } from "../../../policy/comparison";
import { change, each, set, together, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { unknown, type Verdict } from "../../../policy/verdict";
import { daemonRequests, nodeAllocatable, podRequests, type Amount } from "../../../policy-terms/capacity/node-room";
import { groupsOf, placesOf } from "../../../policy-terms/capacity/placement";
import { poolsOf, type NodePool } from "../../../policy-terms/pools";
import { replicated, tierOf } from "../../../policy-terms/scope";
import { autoscalers, deployments, onDemandGroups, POD, spotGroups } from "../../../policy-terms/targets";

const TYPES = 3;
const FAMILIES = 2;

/** Platform and tier 1 workloads that the pool may be given: what must not depend on Spot. */
const criticalOf = (pool: NodePool, platform: Platform) =>
  replicated(platform).filter(
    (workload) =>
      (workload.origin === "chart" || tierOf(workload, platform) === 1) &&
      groupsOf(placesOf(workload, platform)).some((group) => pool.groups.includes(group)),
  );

function onDemandFloor(pool: NodePool, platform: Platform): Amount | undefined {
  return pool.onDemand.reduce<Amount | undefined>(
    (sum, group) => {
      const rooms = group.instanceTypes.map((type) => nodeAllocatable(group, type));
      const daemons = daemonRequests(group, platform);
      const { min } = group;
      if (sum === undefined || min === undefined || rooms.length === 0 || rooms.includes(undefined)) return undefined;
      const least = (amount: "cpuMillis" | "memoryMiB") =>
        Math.min(...rooms.map((room) => (room?.[amount] ?? 0) - daemons[amount]));
      return {
        cpuMillis: sum.cpuMillis + min * least("cpuMillis"),
        memoryMiB: sum.memoryMiB + min * least("memoryMiB"),
      };
    },
    { cpuMillis: 0, memoryMiB: 0 },
  );
}

function carriesCritical(pool: NodePool, platform: Platform): Verdict[] {
  const floor = onDemandFloor(pool, platform);
  if (!floor) return [unknown("what the on-demand nodes offer at their minimum is not known", "onDemand.min")];
  const critical = criticalOf(pool, platform);
  const unsized = critical.filter(({ minimumReplicas }) => minimumReplicas === undefined).map(({ label }) => label);
  if (unsized.length > 0)
    return [unknown(`the minimum of ${unsized.sort().join(", ")} is not known before deployment`, "onDemand.min")];
  const needed = (amount: "cpuMillis" | "memoryMiB") =>
    critical.reduce((sum, workload) => sum + (workload.minimumReplicas ?? 0) * podRequests(workload)[amount], 0);
  return [
    atMost(
      floor.cpuMillis,
      needed("cpuMillis"),
      "millicores of critical pods at their minimum, on the on-demand floor",
      { field: "onDemand.min" },
    ),
    atMost(floor.memoryMiB, needed("memoryMiB"), "MiB of critical pods at their minimum, on the on-demand floor", {
      field: "onDemand.min",
    }),
  ];
}

/** Kept off Spot by the group's taint, or drawn to on-demand by their own affinity. */
function indifferent(pool: NodePool, platform: Platform): string[] {
  if (pool.spot.every(({ taints }) => taints.length > 0)) return [];
  return criticalOf(pool, platform)
    .filter(({ pod }) => !/on-demand|ON_DEMAND/.test(JSON.stringify(pod.affinity ?? pod.nodeSelector)))
    .map(({ label }) => label)
    .sort();
}

export default policy({
  id: "CP-12",
  severity: "error",
  title: "A Spot group has several instance families; critical pods fit on-demand nodes",
  because:
    "AWS takes a Spot type back everywhere at once: a group of one type is gone with it, and so is a critical pod that has nowhere else",
  remedy:
    "list at least three types of two families in spot.instanceTypes, and raise onDemand.min until it holds the critical pods",
  proves: ["CA-06"],
  subjects: (platform) => poolsOf(platform).filter(({ spot }) => spot.length > 0),
  check: (pool, platform) => [
    ...pool.spot.flatMap(({ instanceTypes }) => [
      atLeast(TYPES, new Set(instanceTypes).size, "instance types of the Spot group", { field: "spot.instanceTypes" }),
      atLeast(
        FAMILIES,
        new Set(instanceTypes.map((type) => type.replace(/\..*$/, ""))).size,
        "families of the Spot group",
        { field: "spot.instanceTypes" },
      ),
    ]),
    ...carriesCritical(pool, platform),
    equals([], indifferent(pool, platform), "critical workloads to which Spot and on-demand nodes are the same"),
  ],
  mutants: [
    change("one type", spotGroups, set("instance_types", ["t3.medium"])),
    change("three sizes of one family", spotGroups, set("instance_types", ["t3.medium", "t3.large", "t3.xlarge"])),
    change("no on-demand floor", onDemandGroups, set("scaling_config.min_size", 0)),
    change(
      "more critical memory than the floor holds",
      autoscalers,
      each(set("spec.min_replicas", 60), set("spec.max_replicas", 90)),
    ),
    change(
      "more critical CPU than the floor holds",
      deployments,
      set("spec.template.spec.container.resources.requests.cpu", "1900m"),
    ),
    together(
      "nothing keeps critical pods off Spot",
      change("", spotGroups, unset("taint")),
      change("", deployments, unset(`${POD}.affinity`)),
    ),
  ],
  boundary: {
    holds: change(
      "three types of two families",
      spotGroups,
      set("instance_types", ["t3.medium", "t3.large", "t3a.medium"]),
    ),
    breaks: change("two types of two families", spotGroups, set("instance_types", ["t3.medium", "t3a.medium"])),
  },
});
