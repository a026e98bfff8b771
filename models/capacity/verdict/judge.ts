import { addressUse, slotsWithoutAddress } from "../nodes/addresses";
import type { AddressUse } from "../nodes/addresses";
import { nodesAtMaximum, peakPods, podSetsAt, unjudged, usableZones } from "../nodes/cluster";
import type { CapacityCluster } from "../nodes/cluster";
import { fixesFor } from "./fixes";
import type { Fix } from "./fixes";
import { pack } from "../scheduling/pack";
import type { Packing, Verdict } from "../scheduling/pack";
import type { SharingOptions } from "../scheduling/packer";
import type { PoolUse } from "../scheduling/placement-counts";

/** One question to the cluster: everything at its maximum, with all zones or without one of them. */
export interface Scenario {
  /** "whole", or "without <zone>". */
  readonly name: string;
  readonly lostZone: string | undefined;
  readonly verdict: Verdict;
  readonly because: string;
  readonly packing: Packing;
  readonly addresses: readonly AddressUse[];
}
export interface CapacityJudgement {
  readonly verdict: Verdict;
  readonly because: string;
  readonly scenarios: readonly Scenario[];
  /** Over all scenarios. Missing without nodes. */
  readonly tightest: (PoolUse["tightest"] & { readonly pool: string; readonly scenario: string }) | undefined;
  /** What is odd without deciding the verdict: zones without subnets, slots without addresses. Sorted. */
  readonly warnings: readonly string[];
  /** Single changes after which every scenario fits, the cheapest first. Empty when all fits, or when no single change does. */
  readonly fixes: readonly Fix[];
}
export interface JudgeOptions extends SharingOptions {
  /** Judge the loss of each zone. @default true */
  readonly zoneLoss?: boolean;
  /** Look for fixes. @default true */
  readonly fixes?: boolean;
}

/**
 * Whether the pools at their maximum hold every workload at its maximum with its surge and Jobs, whole and after the loss
 * of each zone; if not, what is left over and which single change fixes it, found by trying.
 * An unknown instance type, or more nodes than any cluster has, gives "unknown"; amounts that no cluster can have throw RangeError.
 */
export function judgeCapacity(cluster: CapacityCluster, options: JudgeOptions = {}): CapacityJudgement {
  const reason = unjudged(cluster);
  if (reason !== undefined)
    return { verdict: "unknown", because: reason, scenarios: [], tightest: undefined, warnings: [], fixes: [] };
  const scenarios = lostZones(cluster, options).map((lostZone) => judgeScenario(cluster, lostZone, options));
  const worst = worstOf(scenarios);
  const look = worst.verdict !== "fits" && options.fixes !== false;
  return {
    ...worst,
    scenarios,
    tightest: tightestOf(scenarios),
    warnings: warningsOf(cluster),
    fixes: look
      ? fixesFor(
          cluster,
          scenarios.map(({ packing }) => packing),
          (changed) => fitsEverywhere(changed, options),
        )
      : [],
  };
}

/** undefined stands for no loss. */
function lostZones(cluster: CapacityCluster, options: JudgeOptions): (string | undefined)[] {
  const zones = new Set(cluster.pools.flatMap((pool) => usableZones(pool, cluster.subnets)));
  return [undefined, ...(options.zoneLoss === false ? [] : [...zones].sort())];
}

function judgeScenario(
  cluster: CapacityCluster,
  lostZone: string | undefined,
  { packer = pack, ...options }: SharingOptions,
): Scenario {
  const packing = packer(
    {
      nodes: nodesAtMaximum(cluster, lostZone),
      pods: podSetsAt(cluster.workloads, peakPods),
      daemonSets: cluster.daemonSets ?? [],
      namespaces: cluster.namespaces ?? {},
    },
    options,
  );
  const addresses = addressUse(cluster, packing).filter(({ zone }) => zone !== lostZone);
  const name = lostZone === undefined ? "whole" : `without ${lostZone}`;
  const short = addresses.find((use) => !use.fits);
  if (packing.verdict === "doesNotFit" || short === undefined) {
    return { name, lostZone, verdict: packing.verdict, because: packing.because, packing, addresses };
  }
  const because = `zone ${short.zone}: ${short.nodes} nodes and their pods need ${short.needed} addresses, and its subnets have ${short.available}`;
  return { name, lostZone, verdict: "doesNotFit", because, packing, addresses };
}

function worstOf(scenarios: readonly Scenario[]): Pick<CapacityJudgement, "verdict" | "because"> {
  const worst =
    scenarios.find(({ verdict }) => verdict === "doesNotFit") ?? scenarios.find(({ verdict }) => verdict === "unknown");
  if (worst !== undefined) return { verdict: worst.verdict, because: `${worst.name}: ${worst.because}` };
  return { verdict: "fits", because: scenarios.map(({ name, because }) => `${name}: ${because}`).join("; ") };
}

/** As judgeCapacity, but a change that does not help is dropped at its first failure. */
function fitsEverywhere(cluster: CapacityCluster, options: JudgeOptions): boolean {
  const fit = (orders: SharingOptions): boolean =>
    lostZones(cluster, options).every(
      (lostZone) =>
        judgeScenario(cluster, lostZone, { ...options, ...orders, stopAtFirstFailure: true }).verdict === "fits",
    );
  return fit({ orders: 4 }) && fit({});
}

function tightestOf(scenarios: readonly Scenario[]): CapacityJudgement["tightest"] {
  const all = scenarios.flatMap(({ name, packing }) =>
    packing.pools.map(({ pool, tightest }) => ({ ...tightest, pool, scenario: name })),
  );
  return all.length === 0 ? undefined : all.reduce((most, one) => (one.share > most.share ? one : most));
}

function warningsOf(cluster: CapacityCluster): string[] {
  const zones = cluster.pools.flatMap((pool) => {
    const usable = usableZones(pool, cluster.subnets);
    return [...new Set(pool.zones)]
      .filter((zone) => !usable.includes(zone))
      .map(
        (zone) =>
          `pool ${pool.name} names zone ${zone}, which has no subnet: no node starts there; give the zone a subnet or drop it from the pool`,
      );
  });
  const slots = slotsWithoutAddress(cluster).map(
    ({ pool, pods, addresses }) =>
      `pool ${pool}: max pods ${pods}, but the interfaces carry ${addresses} pod addresses; pods beyond them never start; lower max pods, or delegate prefixes`,
  );
  return [...zones, ...slots].sort();
}
