import { peakPods, typesOf } from "./cluster";
import type { CapacityCluster, Workload } from "./cluster";
import type { Packing, Verdict } from "./pack";
import type { NodeType } from "./types";

/** A promise such as "10 000 messages/s", and what an application declares that one replica carries. */
export interface ThroughputClaim {
  readonly id: string;
  /** A workload of the cluster. */
  readonly workload: string;
  /** For the words of the answer: "requests/s", "concurrent workers". */
  readonly unit: string;
  readonly claimed: number;
  /** What one replica carries, above 0. */
  readonly perReplica: number;
  /** Sustained network traffic of the whole claim, in MB/s (10^6 bytes), of the busier direction. @default not judged */
  readonly megabytesPerSecond?: number;
  /** CPU that one replica really uses under its full load, in thousandths of a core. @default its CPU request is not judged against credits */
  readonly cpuMillisPerReplica?: number;
}
export interface Clause { readonly name: "replicas" | "placement" | "network" | "cpuCredits"; readonly verdict: Verdict; readonly arithmetic: string }
export interface ThroughputJudgement {
  readonly id: string;
  readonly verdict: Verdict;
  readonly replicasNeeded: number;
  readonly clauses: readonly Clause[];
}

/**
 * Whether the declared replicas, the pool, the network baseline (not the burst) and the CPU credits carry a claim.
 * @param packing of the cluster at its maximum, as a scenario of judgeCapacity has it
 * @throws RangeError for an unknown workload, a claim below 0 or a replica that carries nothing
 */
export function judgeThroughput(claim: ThroughputClaim, cluster: CapacityCluster, packing: Packing): ThroughputJudgement {
  const workload = cluster.workloads.find((one) => one.workload === claim.workload);
  if (workload === undefined) throw new RangeError(`claim ${claim.id}: workload ${claim.workload} is not in the cluster`);
  if (!(claim.claimed >= 0) || !(claim.perReplica > 0)) {
    throw new RangeError(`claim ${claim.id}: ${claim.claimed} ${claim.unit} at ${claim.perReplica} a replica; give a claim from 0 and a replica above 0`);
  }
  const replicasNeeded = Math.ceil(claim.claimed / claim.perReplica);
  const busiest = busiestNodes(claim, cluster, packing);
  const clauses = [
    replicas(claim, workload, replicasNeeded), placement(claim, workload, packing),
    ...(claim.megabytesPerSecond === undefined ? [] : [network(claim.megabytesPerSecond, workload, busiest)]),
    ...(claim.cpuMillisPerReplica === undefined ? [] : [credits(claim, claim.cpuMillisPerReplica, workload, busiest)]),
  ];
  const verdict = clauses.some((clause) => clause.verdict === "doesNotFit") ? "doesNotFit"
    : clauses.some((clause) => clause.verdict === "unknown") ? "unknown" : "fits";
  return { id: claim.id, verdict, replicasNeeded, clauses };
}

function replicas(claim: ThroughputClaim, workload: Workload, needed: number): Clause {
  return {
    name: "replicas", verdict: needed <= workload.maxReplicas ? "fits" : "doesNotFit",
    arithmetic: `${claim.claimed} ${claim.unit} ÷ ${claim.perReplica} a replica = ${needed} replicas; the maximum is ${workload.maxReplicas}`,
  };
}

function placement(claim: ThroughputClaim, workload: Workload, packing: Packing): Clause {
  const left = packing.leftOver.find((one) => one.workload === claim.workload);
  const placed = peakPods(workload) - (left?.count ?? 0);
  if (left === undefined) {
    const verdict = packing.verdict === "unknown" ? "unknown" : "fits";
    return { name: "placement", verdict, arithmetic: `the pools hold all ${placed} pods of its peak${verdict === "unknown" ? ` in some orders: ${packing.because}` : ""}` };
  }
  const enough = placed * claim.perReplica >= claim.claimed;
  return { name: "placement", verdict: enough ? "fits" : "doesNotFit", arithmetic: `the pools hold ${placed} of ${placed + left.count} pods: ${left.reason}` };
}

interface Busy { readonly pool: string; readonly types: readonly NodeType[]; readonly replicas: number; readonly node: string }

/** For each pool the node with the most replicas of the workload. */
function busiestNodes(claim: ThroughputClaim, cluster: CapacityCluster, packing: Packing): Busy[] {
  return cluster.pools.flatMap((pool): Busy[] => {
    const nodes = packing.nodes.filter((node) => node.pool === pool.name).map((node) => {
      const count = node.pods.find(({ workload }) => workload === claim.workload)?.count ?? 0;
      return { node: node.node, count };
    });
    const most = nodes.reduce((a, b) => (b.count > a.count ? b : a), { node: "", count: 0 });
    return most.count === 0 ? [] : [{ pool: pool.name, types: typesOf(pool, cluster.types), replicas: most.count, node: most.node }];
  });
}

const round = (value: number): string => String(Math.round(value * 1000) / 1000);

function combined(name: Clause["name"], parts: readonly Omit<Clause, "name">[], none: string): Clause {
  if (parts.length === 0) return { name, verdict: "unknown", arithmetic: none };
  const verdict = parts.some((part) => part.verdict === "doesNotFit") ? "doesNotFit" : parts.some((part) => part.verdict === "unknown") ? "unknown" : "fits";
  return { name, verdict, arithmetic: parts.map(({ arithmetic }) => arithmetic).join("; ") };
}

/** The whole load is spread evenly over the maximum of replicas. */
function network(megabytesPerSecond: number, workload: Workload, busiest: readonly Busy[]): Clause {
  return combined("network", busiest.map(({ pool, types, replicas: count, node }) => {
    const gbps = (megabytesPerSecond * 8) / 1000 / Math.max(1, workload.maxReplicas) * count;
    const weakest = types.reduce((a, b) => ((b.networkBaselineGbps ?? -1) < (a.networkBaselineGbps ?? -1) ? b : a));
    const baseline = weakest.networkBaselineGbps;
    if (baseline === undefined) return { verdict: "unknown", arithmetic: `pool ${pool}: the network baseline of ${weakest.name} is not known` };
    return {
      verdict: gbps <= baseline ? "fits" : "doesNotFit",
      arithmetic: `pool ${pool}: ${round(megabytesPerSecond)} MB/s × 8 ÷ 1000 ÷ ${workload.maxReplicas} replicas × ${count} on node ${node} = ${round(gbps)} Gbit/s; ` +
        `the baseline of ${weakest.name} is ${round(baseline)} Gbit/s`,
    };
  }), "no replica has a node");
}

function credits(claim: ThroughputClaim, cpuMillisPerReplica: number, workload: Workload, busiest: readonly Busy[]): Clause {
  const load = Math.min(1, claim.claimed / claim.perReplica / Math.max(1, workload.maxReplicas));
  return combined("cpuCredits", busiest.flatMap(({ pool, types, replicas: count, node }) => types.map((type) => {
    const used = cpuMillisPerReplica * load * count;
    const sum = `pool ${pool}: ${cpuMillisPerReplica}m × ${round(load)} load × ${count} replicas on node ${node} = ${round(used)}m`;
    if (type.credits === undefined) {
      return { verdict: used <= type.vcpu * 1000 ? "fits" as const : "doesNotFit" as const, arithmetic: `${sum}; ${type.name} has ${type.vcpu * 1000}m without credits` };
    }
    const sustained = type.credits.baselinePerVcpu * type.vcpu * 1000;
    if (used <= sustained) return { verdict: "fits" as const, arithmetic: `${sum}; ${type.name} sustains ${round(sustained)}m` };
    if (type.credits.mode === "unlimited" && used <= type.vcpu * 1000) {
      return { verdict: "fits" as const, arithmetic: `${sum}; ${type.name} sustains ${round(sustained)}m, the surplus of ${round(used - sustained)}m is billed (unlimited credits)` };
    }
    return { verdict: "doesNotFit" as const, arithmetic: `${sum}; ${type.name} sustains ${round(sustained)}m, and a full credit balance lasts ${round(minutesOfBurst(type, used))} min` };
  })), "no replica has a node");
}

/** How long a full balance (one day's credits) lasts above the baseline: a credit is 1000m for one minute. */
export function minutesOfBurst(type: NodeType, usedCpuMillis: number): number {
  if (type.credits === undefined) return Infinity;
  const above = usedCpuMillis - type.credits.baselinePerVcpu * type.vcpu * 1000;
  return above <= 0 ? Infinity : (type.credits.earnedPerHour * 24 * 1000) / above;
}
