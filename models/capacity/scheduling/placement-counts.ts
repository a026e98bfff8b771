import { explain } from "../verdict/explain";
import type { Fixed, Trial } from "./simulate";
import type { ClusterState } from "./state";
import { ZONE_LABEL } from "../types";
import type { Allocatable } from "../types";

/** Pods of one workload that found no node. */
export interface LeftOver {
  readonly workload: string;
  readonly count: number;
  /** In the scheduler's own words, as its event FailedScheduling says it. */
  readonly reason: string;
  /** It may stay pending without harm. */
  readonly expendable: boolean;
}
export interface Amounts {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly pods: number;
}
export interface NodeUse {
  readonly node: string;
  readonly pool: string | undefined;
  readonly zone: string | undefined;
  readonly pods: readonly { readonly workload: string; readonly count: number }[];
  readonly requested: Amounts;
  readonly allocatable: Allocatable;
}
export interface PoolUse {
  /** "" for nodes without a pool. */
  readonly pool: string;
  readonly nodes: number;
  readonly allocatable: Amounts;
  readonly requested: Amounts;
  /** Free after the placement. */
  readonly headroom: Amounts;
  /** The resource of which the largest share is taken, and that share from 0 to 1. */
  readonly tightest: { readonly resource: keyof Amounts; readonly share: number };
}

export function leftOverOf(trial: Trial, missing: readonly Fixed[]): LeftOver[] {
  const { state } = trial;
  const displaced = [...trial.displaced].flatMap(([index, nodes]) =>
    nodes.map((node) => ({ pods: state.podClass(index), node })),
  );
  const ofDaemonSets = new Map<string, string[]>();
  for (const { pods, node } of [...missing, ...displaced]) {
    ofDaemonSets.set(pods.workload, [
      ...(ofDaemonSets.get(pods.workload) ?? []),
      `${state.nodes.node(node).name}: ${explain(state, pods, node)}`,
    ]);
  }
  return [
    ...[...trial.leftOver].flatMap(([index, count]) => {
      const pods = state.podClass(index);
      return pods.daemon
        ? []
        : [{ workload: pods.workload, count, reason: explain(state, pods), expendable: pods.expendable }];
    }),
    ...[...ofDaemonSets].map(([workload, reasons]) => ({
      workload,
      count: reasons.length,
      reason: reasons.sort().join("; "),
      expendable: false,
    })),
  ].sort((a, b) => (a.workload < b.workload ? -1 : 1));
}

export function nodeUses(state: ClusterState): NodeUse[] {
  return state.nodes.nodes.map((node, at) => {
    const counts = new Map<string, number>();
    for (const index of state.runningOn(at)) {
      const { workload } = state.podClass(index);
      counts.set(workload, (counts.get(workload) ?? 0) + 1);
    }
    return {
      node: node.name,
      pool: node.pool,
      zone: node.labels[ZONE_LABEL],
      allocatable: node.allocatable,
      pods: [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([workload, count]) => ({ workload, count })),
      requested: {
        cpuMillis: node.allocatable.cpuMillis - (state.freeCpuMillis[at] ?? 0),
        memoryMiB: node.allocatable.memoryMiB - (state.freeMemoryMiB[at] ?? 0),
        pods: node.allocatable.pods - (state.freePods[at] ?? 0),
      },
    };
  });
}

export function poolUses(nodes: readonly NodeUse[]): PoolUse[] {
  const pools = new Map<string, NodeUse[]>();
  for (const use of nodes) {
    const uses = pools.get(use.pool ?? "");
    if (uses === undefined) pools.set(use.pool ?? "", [use]);
    else uses.push(use);
  }
  return [...pools]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([pool, uses]) => {
      const sum = (amounts: (use: NodeUse) => Amounts): Amounts =>
        uses.map(amounts).reduce(
          (a, b) => ({
            cpuMillis: a.cpuMillis + b.cpuMillis,
            memoryMiB: a.memoryMiB + b.memoryMiB,
            pods: a.pods + b.pods,
          }),
          { cpuMillis: 0, memoryMiB: 0, pods: 0 },
        );
      const [allocatable, requested] = [sum((use) => use.allocatable), sum((use) => use.requested)];
      return {
        pool,
        nodes: uses.length,
        allocatable,
        requested,
        headroom: minus(allocatable, requested),
        tightest: tightest(allocatable, requested),
      };
    });
}

const minus = (a: Amounts, b: Amounts): Amounts => ({
  cpuMillis: a.cpuMillis - b.cpuMillis,
  memoryMiB: a.memoryMiB - b.memoryMiB,
  pods: a.pods - b.pods,
});

function tightest(allocatable: Amounts, requested: Amounts): PoolUse["tightest"] {
  const resources = ["cpuMillis", "memoryMiB", "pods"] as const;
  return resources
    .map((resource) => ({
      resource,
      share: allocatable[resource] === 0 ? 1 : requested[resource] / allocatable[resource],
    }))
    .reduce((most, one) => (one.share > most.share ? one : most));
}
