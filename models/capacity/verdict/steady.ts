import { nodesOf, podSetsAt, unjudged, usableZones } from "../nodes/cluster";
import type { CapacityCluster, Pool } from "../nodes/cluster";
import { pack } from "../scheduling/pack";
import type { Packing } from "../scheduling/pack";
import type { SharingOptions } from "../scheduling/packer";

/** The nodes that the autoscaler keeps while every workload is at its minimum. */
export interface SteadyState {
  /** unknown: an instance type is not known, or the budget ran out; doesNotFit: even at their maximum the pools lack room. */
  readonly verdict: Packing["verdict"];
  readonly because: string;
  readonly pools: readonly { readonly pool: string; readonly nodes: number }[];
  readonly packing: Packing | undefined;
}

/**
 * Starts every pool at its minimum and adds, while pods stay pending, the node that takes in most of them (of equals the
 * one that leaves the least room, as the autoscaler's least-waste expander), up to the pools' maxima.
 */
export function steadyState(cluster: CapacityCluster, options: SharingOptions = {}): SteadyState {
  const reason = unjudged(cluster);
  if (reason !== undefined) return { verdict: "unknown", because: reason, pools: [], packing: undefined };
  const counts = new Map(cluster.pools.map((pool) => [pool.name, pool.minNodes]));
  let packing = packWith(cluster, counts, options);
  let pendingAtMost: number | undefined;
  while (packing.verdict !== "fits") {
    pendingAtMost ??= pendingIn(
      packWith(cluster, new Map(cluster.pools.map((pool) => [pool.name, pool.maxNodes])), { ...options, orders: 3 }),
    );
    // The autoscaler starts no node for a pod that no node helps.
    if (packing.verdict === "doesNotFit" && pendingIn(packing) <= pendingAtMost) break;
    const best = bestStep(cluster, counts, pendingIn(packing), options);
    if (best === undefined) break;
    counts.set(best.pool.name, (counts.get(best.pool.name) ?? 0) + best.nodes);
    packing = packWith(cluster, counts, options);
  }
  const pools = [...counts].map(([pool, nodes]) => ({ pool, nodes })).sort((a, b) => (a.pool < b.pool ? -1 : 1));
  return { verdict: packing.verdict, because: packing.because, pools, packing };
}

function packWith(
  cluster: CapacityCluster,
  counts: ReadonlyMap<string, number>,
  { packer = pack, ...options }: SharingOptions,
): Packing {
  return packer(
    {
      nodes: cluster.pools.flatMap((pool) =>
        nodesOf(pool, counts.get(pool.name) ?? 0, usableZones(pool, cluster.subnets), cluster.types),
      ),
      pods: podSetsAt(cluster.workloads, ({ minReplicas }) => minReplicas),
      daemonSets: cluster.daemonSets ?? [],
      namespaces: cluster.namespaces ?? {},
    },
    options,
  );
}

const pendingIn = (packing: Packing): number =>
  packing.leftOver.reduce((sum, { count, expendable }) => sum + (expendable ? 0 : count), 0);

interface Step {
  readonly pool: Pool;
  readonly nodes: number;
  readonly pending: number;
  readonly wasteMiB: number;
}

/** One node, or where many pods wait, as many as halve the number of nodes that they may need. */
function bestStep(
  cluster: CapacityCluster,
  counts: ReadonlyMap<string, number>,
  pending: number,
  options: SharingOptions,
): Step | undefined {
  const steps = cluster.pools.flatMap((pool): Step[] => {
    const now = counts.get(pool.name) ?? 0;
    if (now >= pool.maxNodes) return [];
    const packing = packWith(cluster, new Map([...counts, [pool.name, now + 1]]), { ...options, orders: 3 });
    const taken = Math.max(1, pending - pendingIn(packing));
    const wasteMiB = packing.pools.reduce((sum, { headroom }) => sum + headroom.memoryMiB, 0);
    const nodes = Math.min(pool.maxNodes - now, Math.max(1, Math.floor(pending / taken / 2)));
    return [{ pool, nodes, pending: pendingIn(packing), wasteMiB }];
  });
  return steps.sort(
    (a, b) => a.pending - b.pending || a.wasteMiB - b.wasteMiB || (a.pool.name < b.pool.name ? -1 : 1),
  )[0];
}
