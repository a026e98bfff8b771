import {
  type CapacityCluster,
  type CapacityJudgement,
  carryingPeakOf,
  type DisruptionBudget,
  type DrainResult,
  judgeCapacity,
  type Pool,
  sharedDrains,
  sharedPackings,
  steadyState,
  type SteadyState,
  unknownTypes,
} from "../../../models/capacity";
import type { Platform } from "../../inventory/platform";
import type { Subject } from "../../inventory/subject";
import type { Cluster } from "../../inventory/facts/aws/clusters";
import type * as Kubernetes from "../../inventory/facts/kubernetes/workload-graph";
import { workloadGraph } from "../../inventory/views/kubernetes/workload-graph";
import { cataloguedPods } from "./catalogued-pods";
import { once, perPlatform } from "../per-platform";
import { delegatesPrefixes, nodeTypesIn, poolOf, subnetsOf } from "./pools";
import { budgetOf, namespaceLabels, workloadsOf } from "./workloads";

/**
 * Orders of creation that are tried: a cluster in which one order in ten fails passes 8 of them with 43 %. Every synthesis
 * pays for them; the proof against the real scheduler uses the model's own, larger number.
 */
const peakOrders = { orders: 8 };
/** At the minimum there is room: few orders show what the autoscaler adds. */
const steadyOrders = { orders: 2 };
/** Policies, figures, both regions and platforms that differ elsewhere ask much the same: each question is answered once. */
export const packer = sharedPackings();
const drained = sharedDrains();

/** What the capacity model says of one cluster; each figure is computed at its first use. */
export interface RegionCapacity {
  readonly subject: Cluster;
  readonly region: string;
  readonly role: Cluster["role"];
  readonly cluster: CapacityCluster;
  readonly budgets: readonly DisruptionBudget[];
  /** Facts that are missing, sorted: with any of them nothing is proven. */
  readonly unknown: readonly string[];
  /** The peak on the pools at their maximum, whole and without each zone. */
  readonly judgement: () => CapacityJudgement;
  /** Single changes after which the peak fits; looked for only when asked. */
  readonly fixes: () => CapacityJudgement["fixes"];
  readonly steady: () => SteadyState;
  readonly drain: () => DrainResult;
}

/** The capacity of every cluster of the platform, in the order of its clusters. */
export const capacityOf = perPlatform((platform: Platform): readonly RegionCapacity[] => {
  const pods = cataloguedPods(platform);
  const catalogued = workloadGraph(pods.objects);
  const workloads = [...platform.workloads, ...catalogued.workloads];
  const budgets = [...platform.disruptionBudgets, ...catalogued.disruptionBudgets];
  return platform.clusters.map((cluster) =>
    regionCapacity(platform, cluster, {
      workloads,
      budgets,
      unknown: pods.unknown.filter(({ region }) => region === cluster.region).map(({ reason }) => reason),
    }),
  );
});

interface ClusterContent {
  readonly workloads: readonly Kubernetes.Workload[];
  readonly budgets: readonly Kubernetes.DisruptionBudget[];
  readonly unknown: readonly string[];
}

function regionCapacity(platform: Platform, subject: Cluster, content: ClusterContent): RegionCapacity {
  const region = subject.region ?? "";
  const pools = subject.nodeGroups.map((group) => poolOf(group, delegatesPrefixes(subject)));
  const { workloads, daemonSets, unknown } = workloadsOf(platform, region, content.workloads);
  const cluster: CapacityCluster = {
    types: nodeTypesIn(region),
    pools: pools.filter((pool): pool is Pool => "name" in pool),
    workloads,
    daemonSets,
    subnets: subnetsOf(subject, platform),
    namespaces: namespaceLabels(platform, region),
  };
  const budgets = content.budgets.filter((budget) => budget.region === region).map(budgetOf);
  const steady = once(() => steadyState(cluster, { ...steadyOrders, packer }));
  return {
    subject,
    region,
    role: subject.role,
    cluster,
    budgets,
    unknown: [
      ...content.unknown,
      ...unknown,
      ...pools.flatMap((pool) => ("unknown" in pool ? [pool.unknown] : [])),
      ...unknownTypes(cluster).map(
        (type) => `the facts of instance type ${type} are not known; add them to catalog/instance-types.json`,
      ),
    ].sort(),
    ...judgementsOf(cluster),
    steady,
    drain: once(() => drained({ cluster, budgets, start: steady() })),
  };
}

const judgementsOf = (cluster: CapacityCluster): Pick<RegionCapacity, "judgement" | "fixes"> => ({
  judgement: once(() => judgeCapacity(cluster, { ...peakOrders, packer, fixes: false })),
  fixes: once(() => judgeCapacity(cluster, { ...peakOrders, packer }).fixes),
});

/** The secondary region while it carries the primary's peak. */
export interface Takeover {
  readonly subject: Subject;
  readonly primary: RegionCapacity;
  readonly secondary: RegionCapacity;
  readonly unknown: readonly string[];
  readonly judgement: () => CapacityJudgement;
  readonly fixes: () => CapacityJudgement["fixes"];
}

/** One takeover for each primary cluster that a secondary stands by for. */
export const takeoversOf = perPlatform((platform: Platform): readonly Takeover[] => {
  const capacities = capacityOf(platform);
  const secondary = capacities.find(({ role }) => role === "secondary");
  if (secondary === undefined) return [];
  return capacities
    .filter(({ role }) => role === "primary")
    .map((primary) => {
      const unknown = [...new Set([...primary.unknown, ...secondary.unknown])].sort();
      return {
        subject: secondary.subject,
        primary,
        secondary,
        unknown,
        ...judgementsOf(carryingPeakOf(primary.cluster, secondary.cluster)),
      };
    });
});
