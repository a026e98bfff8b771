import { nodesOf } from "./cluster";
import type { CapacityCluster, Pool, Workload } from "./cluster";
import { pack } from "./pack";
import { permanentReason } from "./classes";
import { NodeIndex } from "./topology";

/** Whether one pod fits a node of a pool on which nothing but DaemonSets runs. */
export interface EmptyNodeFit {
  readonly workload: string;
  readonly pool: string;
  readonly fits: boolean;
  /** The scheduler's words; undefined when it fits. */
  readonly reason: string | undefined;
}

/**
 * For each workload the pools whose taints and labels admit it, and whether its pod fits the smallest node there. A workload
 * without any entry is admitted nowhere. Rules between pods are left aside: this is about sizes.
 * @throws RangeError for an unknown instance type
 */
export function emptyNodeFits(cluster: CapacityCluster): EmptyNodeFit[] {
  return cluster.workloads.flatMap((workload) => cluster.pools.flatMap((pool) => fitOf(cluster, workload, pool)))
    .sort((a, b) => (a.workload === b.workload ? (a.pool < b.pool ? -1 : 1) : a.workload < b.workload ? -1 : 1));
}

function fitOf(cluster: CapacityCluster, workload: Workload, pool: Pool): EmptyNodeFit[] {
  const pod = { ...workload.pod, podAffinity: [], podAntiAffinity: [], topologySpread: [] };
  const zones = [...new Set(pool.zones)].sort();
  // One node for each zone: node affinity may want one of them.
  const nodes = nodesOf(pool, zones.length, zones, cluster.types);
  const admitting = new NodeIndex(nodes, [pod]).groups.filter((group) => permanentReason({ pod }, group) === undefined);
  if (admitting.length === 0) return [];
  const packing = pack({ nodes, pods: [{ workload: workload.workload, pod, count: 1 }], daemonSets: cluster.daemonSets ?? [] }, { orders: 3 });
  const left = packing.leftOver.find((one) => one.workload === workload.workload);
  return [{ workload: workload.workload, pool: pool.name, fits: left === undefined, reason: left?.reason }];
}
