import { label } from "../../../../contract";
import { plannedPods } from "../../../../catalog/nodes/planned-pods";
import {
  type CapacityCluster,
  type CapacityJudgement,
  judgeCapacity,
  type PodTemplate,
} from "../../../../models/capacity";
import { capacityOf, packer } from "../../../figures/capacity/capacity";
import { once, perPlatform } from "../../../figures/per-platform";
import { objectOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { missingFacts, undecided, fits } from "../../../policy-terms/capacity/capacity-verdicts";
import { spotGroups } from "../../../policy-terms/targets";
import { agent } from "./_agent";

const NAMESPACE = "planned";

type Scenario = CapacityJudgement["scenarios"][number];

const podOf = (
  { name, cpuMillis, memoryMiB }: { readonly name: string; readonly cpuMillis: number; readonly memoryMiB: number },
  placed: Partial<PodTemplate>,
): PodTemplate => ({
  namespace: NAMESPACE,
  labels: { app: name },
  containers: [{ requests: { cpuMillis, memoryMiB } }],
  ...placed,
});

/** The cluster with everything that is planned for it. */
const withPlanned = (cluster: CapacityCluster): CapacityCluster => ({
  ...cluster,
  daemonSets: [
    ...(cluster.daemonSets ?? []),
    ...plannedPods.daemonSets.map((daemon) => ({
      workload: `${NAMESPACE}/DaemonSet/${daemon.name}`,
      pod: podOf(daemon, { tolerations: [{ operator: "Exists" }] }),
    })),
  ],
  workloads: [
    ...cluster.workloads,
    ...plannedPods.deployments.map((deployment) => ({
      workload: `${NAMESPACE}/Deployment/${deployment.name}`,
      pod: podOf(deployment, {
        nodeSelector: { [label.pool]: deployment.pool },
        tolerations: [{ key: label.pool, operator: "Equal" as const, value: deployment.pool }],
      }),
      minReplicas: deployment.pods,
      maxReplicas: deployment.pods,
    })),
  ],
});

/** Asked once for each cluster: the same pods on the same nodes. */
const judgementOf = perPlatform((platform: Platform) =>
  capacityOf(platform).map(({ subject, unknown, cluster }) => ({
    subject,
    unknown,
    judgement: once(() => judgeCapacity(withPlanned(cluster), { orders: 8, packer, fixes: false })),
  })),
);

/**
 * Where all fit in some orders only, the scheduler has left pods over in an order that it may meet: the room is not there.
 * What was not looked at for want of time stays unknown.
 */
const certain = (scenario: Scenario): Scenario =>
  scenario.packing.unknownFor === "order" ? { ...scenario, verdict: "doesNotFit" } : scenario;

const monitoringGroups = resource(
  "aws_eks_node_group",
  (block) => objectOf(block["labels"])[label.pool] === "monitoring",
);

export default policy({
  id: "CP-23",
  severity: "warning",
  proves: [],
  beyond: "the reports promise a service mesh and security tools: without room for them they arrive with an outage",
  title: "What is planned for the clusters finds a node at the peak as well",
  because: "a mesh on every node, or admission webhooks without a node, stop the applications on the day they arrive",
  remedy: "raise onDemand.max of the pool, or plan smaller pods in catalog/nodes/planned-pods.json",
  subjects: (platform) => platform.clusters,
  check: (cluster, platform) => {
    const found = judgementOf(platform).find(({ subject }) => subject === cluster);
    if (found === undefined) return [];
    if (found.unknown.length > 0) return missingFacts(found.unknown);
    const judgement = found.judgement();
    return [
      ...undecided(judgement),
      ...fits(judgement.scenarios.map(certain), "every pod and what is planned has a node", {
        platform,
        cluster,
        fixes: () => [],
      }),
    ];
  },
  mutants: [
    agent("an agent of 500 MiB on every node", 500),
    change("no second node for monitoring in a zone", monitoringGroups, set("scaling_config.max_size", 1)),
    change("no Spot nodes", spotGroups, set("scaling_config.max_size", 0)),
  ],
  boundary: {
    holds: agent("an agent of 90 MiB that fits beside it", 90),
    // From 100 MiB some orders of creation leave a pod over, from 430 MiB all do; so near the search for the orders is long.
    breaks: agent("one of 120 MiB, with which some orders of creation leave a pod over", 120),
  },
});
