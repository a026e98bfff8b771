import { typesOf } from "../nodes/cluster";
import type { CapacityCluster, Pool, Workload } from "../nodes/cluster";
import type { Packing } from "../scheduling/pack";
import type { NodeType } from "../types";

/** One change after which everything fits. */
export type Fix = {
  /** What to do, with the figures. */
  readonly change: string;
  /** At the maximum of the pools; undefined when a price is unknown. 0 for a lower maximum. */
  readonly extraUsdPerHour: number | undefined;
} & (
  | { readonly kind: "moreNodes"; readonly pools: readonly string[]; readonly from: number; readonly to: number }
  | {
      readonly kind: "otherType";
      readonly pools: readonly string[];
      readonly from: readonly string[];
      readonly to: string;
    }
  | { readonly kind: "lowerMaximum"; readonly workload: string; readonly from: number; readonly to: number }
);

type Fits = (cluster: CapacityCluster) => boolean;
/** Types tried for each pool, the nearest larger first. */
const TYPES_TRIED = 6;
/** Workloads tried, those with the most pods left over first. */
const WORKLOADS_TRIED = 8;

/**
 * Tries, for each pool (those that are one but for their zones together), the fewest further nodes and the nearest larger types,
 * and for each workload with pods left over the largest maximum that fits. Changes that keep what was declared come first,
 * by their price; then lower maxima, the smallest cut first.
 */
export function fixesFor(cluster: CapacityCluster, packings: readonly Packing[], fits: Fits): Fix[] {
  const keeping = families(cluster.pools)
    .flatMap((pools) => [moreNodes(cluster, pools, fits), otherType(cluster, pools, fits)])
    .filter((fix) => fix !== undefined);
  const lowering = affected(cluster, packings)
    .map((workload) => lowerMaximum(cluster, workload, fits))
    .filter((fix) => fix !== undefined);
  return [
    ...keeping.sort(
      (a, b) => (a.extraUsdPerHour ?? Infinity) - (b.extraUsdPerHour ?? Infinity) || (a.change < b.change ? -1 : 1),
    ),
    ...lowering.sort((a, b) => cut(a) - cut(b) || (a.change < b.change ? -1 : 1)),
  ];
}

const cut = (fix: Fix): number => (fix.kind === "lowerMaximum" ? fix.from - fix.to : 0);

/** Pools that change together: those of one zone each that are otherwise alike, since any zone can be lost; others alone. */
function families(pools: readonly Pool[]): Pool[][] {
  const alike = new Map<string, Pool[]>();
  for (const pool of pools) {
    const labels = Object.entries(pool.labels ?? {})
      .filter(([name]) => name !== "eks.amazonaws.com/nodegroup")
      .sort();
    const key = JSON.stringify([
      pool.instanceTypes,
      pool.maxNodes,
      labels,
      pool.taints ?? [],
      pool.setup ?? {},
      pool.zones.length === 1 ? "" : pool.name,
    ]);
    alike.set(key, [...(alike.get(key) ?? []), pool]);
  }
  return [...alike.values()].flatMap((members) =>
    new Set(members.flatMap(({ zones }) => zones)).size === members.length ? [members] : members.map((pool) => [pool]),
  );
}

function affected(cluster: CapacityCluster, packings: readonly Packing[]): Workload[] {
  const most = new Map<string, number>();
  for (const { workload, count } of packings.flatMap(({ leftOver }) => leftOver))
    most.set(workload, Math.max(count, most.get(workload) ?? 0));
  return cluster.workloads
    .filter(({ workload }) => most.has(workload))
    .sort((a, b) => (most.get(b.workload) ?? 0) - (most.get(a.workload) ?? 0) || (a.workload < b.workload ? -1 : 1))
    .slice(0, WORKLOADS_TRIED);
}

const withPools = (cluster: CapacityCluster, pools: readonly Pool[], change: Partial<Pool>): CapacityCluster => ({
  ...cluster,
  pools: cluster.pools.map((pool) => (pools.includes(pool) ? { ...pool, ...change } : pool)),
});

/** The smallest value in (low, high] for which it holds, if it holds for high; more of a good thing is taken to help. */
function smallest(low: number, high: number, holds: (value: number) => boolean): number | undefined {
  let [no, yes] = [low, low + 1];
  while (!holds(yes)) {
    if (yes >= high) return undefined;
    [no, yes] = [yes, Math.min(high, low + 2 * (yes - low))];
  }
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}

const named = (pools: readonly Pool[]): string =>
  pools.length === 1 ? `pool ${pools[0]?.name ?? ""}` : `each of the pools ${pools.map(({ name }) => name).join(", ")}`;

function moreNodes(cluster: CapacityCluster, pools: readonly Pool[], fits: Fits): Fix | undefined {
  const from = pools[0]?.maxNodes ?? 0;
  const to = smallest(from, 2 * from + 8, (maxNodes) => fits(withPools(cluster, pools, { maxNodes })));
  if (to === undefined) return undefined;
  const prices = pools.map((pool) => priceOf(typesOf(pool, cluster.types)));
  return {
    kind: "moreNodes",
    pools: pools.map(({ name }) => name),
    from,
    to,
    change: `raise the maximum of ${named(pools)} from ${from} to ${to} nodes`,
    extraUsdPerHour: prices.every((price) => price !== undefined)
      ? prices.reduce((sum, price) => sum + (to - from) * price, 0)
      : undefined,
  };
}

/** The most expensive of several types: the group may start any of them. */
function priceOf(types: readonly NodeType[]): number | undefined {
  const prices = types.map(({ usdPerHour }) => usdPerHour);
  return prices.every((price) => price !== undefined) ? Math.max(...prices) : undefined;
}

function otherType(cluster: CapacityCluster, pools: readonly Pool[], fits: Fits): Fix | undefined {
  const [pool] = pools;
  if (pool === undefined) return undefined;
  const own = typesOf(pool, cluster.types);
  for (const type of largerTypes(cluster, pool, own).slice(0, TYPES_TRIED)) {
    if (!fits(withPools(cluster, pools, { instanceTypes: [type.name] }))) continue;
    const [before, after] = [priceOf(own), type.usdPerHour];
    return {
      kind: "otherType",
      pools: pools.map(({ name }) => name),
      from: pool.instanceTypes,
      to: type.name,
      change: `use ${type.name} instead of ${pool.instanceTypes.join(", ")} in ${named(pools)}`,
      extraUsdPerHour:
        before === undefined || after === undefined
          ? undefined
          : pools.reduce((sum, { maxNodes }) => sum + maxNodes * (after - before), 0),
    };
  }
  return undefined;
}

function largerTypes(cluster: CapacityCluster, pool: Pool, own: readonly NodeType[]): NodeType[] {
  const [vcpu, memoryMiB] = [Math.min(...own.map((type) => type.vcpu)), Math.min(...own.map((type) => type.memoryMiB))];
  const architectures = new Set(own.map((type) => type.architecture ?? "amd64"));
  return cluster.types
    .filter(
      (type) =>
        !pool.instanceTypes.includes(type.name) &&
        type.vcpu >= vcpu &&
        type.memoryMiB >= memoryMiB &&
        architectures.has(type.architecture ?? "amd64"),
    )
    .sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

/** By price where known, else by size: 4 GiB count as one vCPU. */
const rank = (type: NodeType): number => type.usdPerHour ?? (type.vcpu + type.memoryMiB / 4096) / 20;

function lowerMaximum(cluster: CapacityCluster, workload: Workload, fits: Fits): Fix | undefined {
  const from = workload.maxReplicas;
  const lowest = Math.max(0, workload.minReplicas);
  const cutBy = smallest(
    0,
    from - lowest,
    (less) =>
      less <= from - lowest &&
      fits({
        ...cluster,
        workloads: cluster.workloads.map((one) =>
          one.workload === workload.workload ? { ...one, maxReplicas: from - less } : one,
        ),
      }),
  );
  if (cutBy === undefined) return undefined;
  return {
    kind: "lowerMaximum",
    workload: workload.workload,
    from,
    to: from - cutBy,
    extraUsdPerHour: 0,
    change: `lower the maximum of ${workload.workload} from ${from} to ${from - cutBy} replicas`,
  };
}
