import type { CapacityCluster, NodeType, NodeUse, Verdict } from "../capacity";
import { type CarriedLoad, fullReplicas } from "./declaration";

/** What the declared loads take of a node, held against what it sustains. */
export interface NodeLoad {
  readonly node: string;
  readonly pool: string;
  /** The type of the pool that sustains least. */
  readonly instanceType: string;
  readonly used: number;
  /** Undefined: not known. */
  readonly sustained: number | undefined;
  readonly verdict: Verdict;
  readonly arithmetic: string;
}

/** A load with the replicas that share it. */
export interface SharedLoad {
  readonly load: CarriedLoad;
  readonly replicas: number;
}

interface Part {
  readonly amount: number;
  readonly arithmetic: string;
}

const shown = (value: number): string => String(Math.round(value * 1000) / 1000);
/** `namespace/Kind/name` without the kind. */
const nameOf = (workload: string): string =>
  workload
    .split("/")
    .filter((_, index, parts) => parts.length < 3 || index !== 1)
    .join("/");

const cpuOf = ({ load, replicas }: SharedLoad, count: number): Part => {
  const share = Math.min(1, fullReplicas(load) / Math.max(1, replicas));
  return {
    amount: load.cpuMillis * share * count,
    arithmetic: `${count} ${nameOf(load.workload)} × ${load.cpuMillis}m × ${shown(share)} load`,
  };
};

const gigabitsOf = ({ load, replicas }: SharedLoad, count: number): Part => ({
  amount: (((load.megabytesPerSecond ?? 0) * 8) / 1000 / Math.max(1, replicas)) * count,
  arithmetic: `${count} ${nameOf(load.workload)} × ${shown(load.megabytesPerSecond ?? 0)} MB/s × 8 ÷ 1000 ÷ ${replicas} replicas`,
});

interface Question {
  readonly unit: string;
  readonly partOf: (shared: SharedLoad, count: number) => Part;
  readonly sustainedBy: (type: NodeType) => number | undefined;
  readonly limit: (type: NodeType, used: number) => string;
}

/** Sustained CPU in thousandths of a core; without credits all of it. */
const sustainedCpuMillis = ({ vcpu, credits }: NodeType): number =>
  credits === undefined ? vcpu * 1000 : vcpu * 1000 * credits.baselinePerVcpu;

/** How long a full balance (one day's credits) lasts above the baseline: a credit is one vCPU for one minute. */
export function minutesOfBurst(type: NodeType, usedCpuMillis: number): number {
  const above = usedCpuMillis - sustainedCpuMillis(type);
  return type.credits === undefined || above <= 0 ? Infinity : (type.credits.earnedPerHour * 24 * 1000) / above;
}

const cpuCredits: Question = {
  unit: "m",
  partOf: cpuOf,
  sustainedBy: sustainedCpuMillis,
  limit: (type, used) => {
    const sustained = `${type.name} sustains ${shown(sustainedCpuMillis(type))}m`;
    return used <= sustainedCpuMillis(type)
      ? sustained
      : type.credits === undefined
        ? `${type.name} has no more than ${type.vcpu * 1000}m`
        : `${sustained}, and a full credit balance lasts ${shown(minutesOfBurst(type, used))} min`;
  },
};
const network: Question = {
  unit: " Gbit/s",
  partOf: gigabitsOf,
  sustainedBy: ({ networkBaselineGbps }) => networkBaselineGbps,
  limit: ({ name, networkBaselineGbps }) =>
    networkBaselineGbps === undefined
      ? `the network baseline of ${name} is not known`
      : `the baseline of ${name} is ${shown(networkBaselineGbps)} Gbit/s`,
};

function judgeNode(
  use: NodeUse,
  shared: readonly SharedLoad[],
  cluster: CapacityCluster,
  question: Question,
): NodeLoad[] {
  const pool = cluster.pools.find(({ name }) => name === use.pool);
  const types = (pool?.instanceTypes ?? []).flatMap((name) => cluster.types.find((type) => type.name === name) ?? []);
  const [first, ...others] = types;
  if (pool === undefined || first === undefined) return [];
  const weakest = others.reduce(
    (least, type) => ((question.sustainedBy(type) ?? -1) < (question.sustainedBy(least) ?? -1) ? type : least),
    first,
  );
  const parts = shared
    .flatMap((one) => {
      const count = use.pods.find(({ workload }) => workload === one.load.workload)?.count ?? 0;
      return count === 0 ? [] : [question.partOf(one, count)];
    })
    .filter(({ amount }) => amount > 0);
  if (parts.length === 0) return [];
  const used = parts.reduce((sum, { amount }) => sum + amount, 0);
  const sustained = question.sustainedBy(weakest);
  return [
    {
      node: use.node,
      pool: pool.name,
      instanceType: weakest.name,
      used,
      sustained,
      verdict: sustained === undefined ? "unknown" : used <= sustained + 1e-9 ? "fits" : "doesNotFit",
      arithmetic: `busiest node ${use.node}: ${parts.map(({ arithmetic }) => arithmetic).join(" + ")} = ${shown(used)}${question.unit}; ${question.limit(weakest, used)}`,
    },
  ];
}

/** The busiest node of each kind: that with the largest share of what it sustains, one that is not known before all others. */
function busiest(
  nodes: readonly NodeUse[],
  shared: readonly SharedLoad[],
  cluster: CapacityCluster,
  question: Question,
): NodeLoad | undefined {
  const share = ({ used, sustained }: NodeLoad): number => (sustained === undefined ? Infinity : used / sustained);
  return nodes
    .flatMap((node) => judgeNode(node, shared, cluster, question))
    .sort((a, b) => share(b) - share(a) || (a.node < b.node ? -1 : 1))[0];
}

export const busiestNodes = (
  nodes: readonly NodeUse[],
  shared: readonly SharedLoad[],
  cluster: CapacityCluster,
): { readonly network: NodeLoad | undefined; readonly cpuCredits: NodeLoad | undefined } => ({
  network: busiest(nodes, shared, cluster, network),
  cpuCredits: busiest(nodes, shared, cluster, cpuCredits),
});
