import { typesOf } from "./cluster";
import type { CapacityCluster, Pool, Workload } from "./cluster";
import type { Packing } from "./pack";
import type { NodeType } from "./types";

/** One change after which everything fits. */
export type Mend = {
  /** What to do, with the figures. */
  readonly change: string;
  /** At the maximum of the pools; undefined when a price is unknown. 0 for a lower maximum. */
  readonly extraUsdPerHour: number | undefined;
} & (
  | { readonly kind: "moreNodes"; readonly pool: string; readonly from: number; readonly to: number }
  | { readonly kind: "otherType"; readonly pool: string; readonly from: readonly string[]; readonly to: string }
  | { readonly kind: "lowerMaximum"; readonly workload: string; readonly from: number; readonly to: number }
);

type Fits = (cluster: CapacityCluster) => boolean;
/** Types tried for each pool, the nearest larger first. */
const TYPES_TRIED = 6;
/** Workloads tried, those with the most pods left over first. */
const WORKLOADS_TRIED = 8;

/**
 * Tries, for each pool, the fewest further nodes and the nearest larger types, and for each workload with pods left over the
 * largest maximum that fits. Changes that keep what was declared come first, by their price; then lower maxima, the
 * smallest cut first.
 */
export function mendsFor(cluster: CapacityCluster, packings: readonly Packing[], fits: Fits): Mend[] {
  const keeping = cluster.pools.flatMap((pool) => [moreNodes(cluster, pool, fits), otherType(cluster, pool, fits)]).filter((mend) => mend !== undefined);
  const lowering = affected(cluster, packings).map((workload) => lowerMaximum(cluster, workload, fits)).filter((mend) => mend !== undefined);
  return [
    ...keeping.sort((a, b) => (a.extraUsdPerHour ?? Infinity) - (b.extraUsdPerHour ?? Infinity) || (a.change < b.change ? -1 : 1)),
    ...lowering.sort((a, b) => cut(a) - cut(b) || (a.change < b.change ? -1 : 1)),
  ];
}

const cut = (mend: Mend): number => (mend.kind === "lowerMaximum" ? mend.from - mend.to : 0);

function affected(cluster: CapacityCluster, packings: readonly Packing[]): Workload[] {
  const most = new Map<string, number>();
  for (const { workload, count } of packings.flatMap(({ leftOver }) => leftOver)) most.set(workload, Math.max(count, most.get(workload) ?? 0));
  return cluster.workloads.filter(({ workload }) => most.has(workload))
    .sort((a, b) => (most.get(b.workload) ?? 0) - (most.get(a.workload) ?? 0) || (a.workload < b.workload ? -1 : 1)).slice(0, WORKLOADS_TRIED);
}

const withPool = (cluster: CapacityCluster, changed: Pool): CapacityCluster =>
  ({ ...cluster, pools: cluster.pools.map((pool) => (pool.name === changed.name ? changed : pool)) });

/** The smallest value in (low, high] for which it holds, if it holds for high; more of a good thing is taken to help. */
function smallest(low: number, high: number, holds: (value: number) => boolean): number | undefined {
  let [no, yes] = [low, low + 1];
  while (!holds(yes)) {
    if (yes >= high) return undefined;
    [no, yes] = [yes, Math.min(high, low + 2 * (yes - low))];
  }
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (holds(middle)) yes = middle; else no = middle;
  }
  return yes;
}

function moreNodes(cluster: CapacityCluster, pool: Pool, fits: Fits): Mend | undefined {
  const from = pool.maxNodes;
  const to = smallest(from, 2 * from + 8, (maxNodes) => fits(withPool(cluster, { ...pool, maxNodes })));
  if (to === undefined) return undefined;
  const price = priceOf(typesOf(pool, cluster.types));
  return {
    kind: "moreNodes", pool: pool.name, from, to, change: `raise the maximum of pool ${pool.name} from ${from} to ${to} nodes`,
    extraUsdPerHour: price === undefined ? undefined : (to - from) * price,
  };
}

/** The dearest of several types: the group may start any of them. */
function priceOf(types: readonly NodeType[]): number | undefined {
  const prices = types.map(({ usdPerHour }) => usdPerHour);
  return prices.every((price) => price !== undefined) ? Math.max(...prices) : undefined;
}

function otherType(cluster: CapacityCluster, pool: Pool, fits: Fits): Mend | undefined {
  const own = typesOf(pool, cluster.types);
  const [vcpu, memoryMiB] = [Math.min(...own.map((type) => type.vcpu)), Math.min(...own.map((type) => type.memoryMiB))];
  const architectures = new Set(own.map((type) => type.architecture ?? "amd64"));
  const larger = cluster.types
    .filter((type) => !pool.instanceTypes.includes(type.name) && type.vcpu >= vcpu && type.memoryMiB >= memoryMiB && architectures.has(type.architecture ?? "amd64"))
    .sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  for (const type of larger.slice(0, TYPES_TRIED)) {
    if (!fits(withPool(cluster, { ...pool, instanceTypes: [type.name] }))) continue;
    const [before, after] = [priceOf(own), type.usdPerHour];
    return {
      kind: "otherType", pool: pool.name, from: pool.instanceTypes, to: type.name,
      change: `use ${type.name} instead of ${pool.instanceTypes.join(", ")} in pool ${pool.name}`,
      extraUsdPerHour: before === undefined || after === undefined ? undefined : pool.maxNodes * (after - before),
    };
  }
  return undefined;
}

/** By price where known, else by size: 4 GiB count as one vCPU. */
const rank = (type: NodeType): number => type.usdPerHour ?? (type.vcpu + type.memoryMiB / 4096) / 20;

function lowerMaximum(cluster: CapacityCluster, workload: Workload, fits: Fits): Mend | undefined {
  const from = workload.maxReplicas;
  const lowest = Math.max(0, workload.minReplicas);
  const cutBy = smallest(0, from - lowest, (less) => less <= from - lowest && fits({
    ...cluster, workloads: cluster.workloads.map((one) => (one.workload === workload.workload ? { ...one, maxReplicas: from - less } : one)),
  }));
  if (cutBy === undefined) return undefined;
  return {
    kind: "lowerMaximum", workload: workload.workload, from, to: from - cutBy, extraUsdPerHour: 0,
    change: `lower the maximum of ${workload.workload} from ${from} to ${from - cutBy} replicas`,
  };
}
