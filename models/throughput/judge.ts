import { type CapacityCluster, type SharingOptions, steadyState, type Verdict, type Workload } from "../capacity";
import { type CarriedLoad, type Promised, validateLoad } from "./declaration";
import { busiestNodes, type NodeLoad } from "./nodes";
import { type Settled, settledReplicas } from "./replicas-under-load";

export interface ThroughputClause {
  readonly name: "replicas" | "scaling" | "placement" | "network" | "cpuCredits";
  readonly verdict: Verdict;
  readonly arithmetic: string;
}

/** What one workload's promises take, and whether it is there. */
export interface WorkloadThroughput {
  readonly workload: string;
  readonly promises: readonly Promised[];
  readonly replicasNeeded: number;
  /** Under the load. */
  readonly replicas: number;
  readonly verdict: Verdict;
  readonly clauses: readonly ThroughputClause[];
}
export interface ThroughputJudgement {
  readonly verdict: Verdict;
  readonly workloads: readonly WorkloadThroughput[];
  /** Nodes that the autoscaler keeps while all loads are carried at the same time. */
  readonly nodes: number;
  /** Of all loads together; undefined without one that uses it. */
  readonly network: NodeLoad | undefined;
  readonly cpuCredits: NodeLoad | undefined;
}

const worst = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.includes("doesNotFit") ? "doesNotFit" : verdicts.includes("unknown") ? "unknown" : "fits";

/**
 * Whether the cluster carries all declared loads at the same time and without end: replicas up to the maximum, an autoscaler that
 * brings them, nodes that take them, and of the busiest node the network baseline (not the burst) and the CPU that credits sustain.
 *
 * Workloads that declare nothing run at their minimum, and what they use beside is not counted.
 * @throws RangeError for a workload that is not in the cluster, and for amounts that no load has
 */
export function judgeThroughput(
  loads: readonly CarriedLoad[],
  cluster: CapacityCluster,
  options: SharingOptions = {},
): ThroughputJudgement {
  const sorted = [...loads].sort((a, b) => (a.workload < b.workload ? -1 : 1));
  const settled = new Map(
    sorted.map((load) => [load.workload, { load, ...settledReplicas(load, workloadOf(load, cluster)) }]),
  );
  const underLoad: CapacityCluster = {
    ...cluster,
    workloads: cluster.workloads.map((one) => ({
      ...one,
      minReplicas: settled.get(one.workload)?.replicas ?? one.minReplicas,
    })),
  };
  const { verdict, because, pools, packing } = steadyState(underLoad, options);
  const { network, cpuCredits } = busiestNodes(packing?.nodes ?? [], [...settled.values()], cluster);
  const nodes = pools.reduce((sum, pool) => sum + pool.nodes, 0);
  const workloads = [...settled.values()].map((one): WorkloadThroughput => {
    const left = packing?.leftOver.find(({ workload }) => workload === one.load.workload);
    const clauses: ThroughputClause[] = [
      ...replicaClauses(one.load, one, workloadOf(one.load, cluster)),
      {
        name: "placement",
        verdict: left ? "doesNotFit" : verdict === "unknown" ? "unknown" : "fits",
        arithmetic: left
          ? `${left.count} of ${one.replicas} replicas find no node: ${left.reason}`
          : verdict === "unknown"
            ? because
            : `${one.replicas} replicas run on ${nodes} nodes`,
      },
      ...(network && (one.load.megabytesPerSecond ?? 0) > 0
        ? [{ name: "network" as const, verdict: network.verdict, arithmetic: network.arithmetic }]
        : []),
      ...(cpuCredits
        ? [{ name: "cpuCredits" as const, verdict: cpuCredits.verdict, arithmetic: cpuCredits.arithmetic }]
        : []),
    ];
    return {
      workload: one.load.workload,
      promises: one.load.promises,
      replicasNeeded: one.needed,
      replicas: one.replicas,
      verdict: worst(clauses.map((clause) => clause.verdict)),
      clauses,
    };
  });
  return { verdict: worst(workloads.map((one) => one.verdict)), workloads, nodes, network, cpuCredits };
}

function workloadOf(load: CarriedLoad, { workloads }: CapacityCluster): Workload {
  validateLoad(load);
  const found = workloads.find(({ workload }) => workload === load.workload);
  if (found === undefined)
    throw new RangeError(`${load.workload} declares what it carries, and the cluster has no such workload`);
  return found;
}

function replicaClauses(
  { promises }: CarriedLoad,
  { needed, replicas, scaling }: Settled,
  { maxReplicas }: Workload,
): ThroughputClause[] {
  const quotients = promises.map(
    ({ claim, unit, total, perReplica }) =>
      `${claim === undefined ? "" : `${claim}: `}${total} ${unit} ÷ ${perReplica} a replica = ${Math.ceil(Number((total / perReplica).toFixed(9)))}`,
  );
  return [
    {
      name: "replicas",
      verdict: needed <= maxReplicas ? "fits" : "doesNotFit",
      arithmetic: `${quotients.join("; ")}; the maximum is ${maxReplicas}`,
    },
    {
      name: "scaling",
      verdict: needed <= replicas ? "fits" : "doesNotFit",
      arithmetic: `${scaling}; needed are ${needed}`,
    },
  ];
}
