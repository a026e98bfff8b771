import { label } from "../../../contract";
import { selectsNode, toleratesNode } from "../../../models/capacity/scheduling/selectors";
import type { PodTemplate } from "../../../models/capacity/types";
import { capacityOf } from "../../figures/capacity/capacity";
import { costOf } from "../../figures/cost/cost";
import type { Platform } from "../../inventory/platform";
import { change, resource, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, pass, unknown } from "../../policy/verdict";
import { poolsOf, total, type NodePool } from "../../policy-terms/pools";

/** Nodes of the pool that most applications of the fixture leave alone, as a pool that no pod selects. */
const idle = (name: string, ...edits: readonly [string, number][]) =>
  change(
    name,
    resource("aws_eks_node_group", (block) => JSON.stringify(block["labels"]).includes('"throughput"')),
    (block) => {
      set(["labels", label.pool], "reserve")(block);
      set("taint.0.value", "reserve")(block);
      for (const [path, value] of edits) set(path, value)(block);
    },
  );

export default policy({
  id: "CO-08",
  severity: "warning",
  title: "Every node pool that keeps nodes has pods that may run on it",
  because: "nodes at the minimum are paid by the hour, whether or not a pod is ever placed on them",
  remedy:
    "remove the pool from regions.<region>.pools, set its onDemand.min and spot.min to 0, or let a component name it",
  proves: [],
  beyond: "reports promise what applications cost, and none that nothing is paid for without a use",
  subjects: (platform) => poolsOf(platform),
  check: (pool, platform) => {
    const nodes = total(pool.groups, "min");
    if (nodes === undefined) return unknown("how many nodes the pool keeps is not known", "onDemand.min");
    if (nodes === 0) return pass("it keeps no nodes");
    const capacity = capacityOf(platform).find(({ subject }) => subject === pool.cluster);
    // Agents run on every node: they are no reason for one, and the model keeps them apart.
    const users = (capacity?.cluster.workloads ?? []).filter(({ pod }) => mayRunOn(pod, pool));
    if (users.length > 0) return pass(`${users.length} workloads may run on it`);
    const [reason] = capacity?.unknown ?? [];
    if (reason !== undefined) return unknown(`whether a pod may run on it: ${reason}`);
    const role = platform.stacks.find(({ name }) => name === pool.cluster.stack)?.role ?? "primary";
    return fail({
      expected: "pods that its labels and taints let in, or no nodes",
      actual: `none, and ${nodes} nodes that cost ${monthly(pool, platform)}`,
      field: `regions.${role}.pools.${pool.name}`,
    });
  },
  mutants: [idle("a pool whose pods went elsewhere"), idle("one node a zone", ["scaling_config.min_size", 1])],
  boundary: {
    holds: idle("no node at the minimum", ["scaling_config.min_size", 0]),
    breaks: idle("one node at the minimum", ["scaling_config.min_size", 1]),
  },
});

const mayRunOn = (pod: PodTemplate, { groups }: NodePool): boolean =>
  groups.some(
    ({ name = "", labels, taints, zones, capacityType }) =>
      toleratesNode(pod.tolerations ?? [], taints) &&
      zones.some((zone) =>
        selectsNode(
          pod,
          {
            "kubernetes.io/os": "linux",
            "topology.kubernetes.io/zone": zone,
            "eks.amazonaws.com/nodegroup": name,
            ...(capacityType === undefined ? {} : { "eks.amazonaws.com/capacityType": capacityType }),
            ...labels,
          },
          name,
        ),
      ),
  );

/** Nodes and their disks in the ordinary month. */
function monthly({ groups }: NodePool, platform: Platform): string {
  const lines = costOf(platform).report.lines.filter(({ address }) =>
    groups.some(({ resource: { stack, address: own } }) => `${address} `.startsWith(`${stack}/${own} `)),
  );
  const usd = lines.reduce((sum, line) => sum + (line.usdPerMonth?.steady ?? 0), 0);
  return usd > 0 ? `${usd.toFixed(2)} USD a month` : "what the price book does not say";
}
