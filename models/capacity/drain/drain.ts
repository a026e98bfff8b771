import { BudgetLedger } from "./budgets";
import type { DisruptionBudget } from "./budgets";
import { nodesOf, scaled, usableZones } from "../nodes/cluster";
import type { CapacityCluster, Pool, Workload } from "../nodes/cluster";
import { BatchDrain } from "./drain-batch";
import type { Deadlock, RunningPod } from "./drain-batch";
import { steadyState } from "../verdict/steady";
import type { SteadyState } from "../verdict/steady";
import type { ClusterNode } from "../types";

export interface DrainInput {
  /** What runs where at the start. @default the steady state of the cluster - a drain is planned for a calm hour */
  readonly start?: SteadyState;
  readonly cluster: CapacityCluster;
  readonly budgets: readonly DisruptionBudget[];
  /** Nodes replaced at the same time in each pool: a number or a percentage of its nodes. @default 1 - as for EKS node groups */
  readonly parallel?: number | string;
  /** From the request of a node until it is Ready. @default 120 */
  readonly nodeLaunchSeconds?: number;
  /** How long the evictions of one node may take. @default 900 - EKS ends the update with PodEvictionFailure after 15 minutes */
  readonly evictionTimeoutSeconds?: number;
  /** New nodes start before old ones are emptied. @default true - the DEFAULT update strategy of EKS node groups */
  readonly surge?: boolean;
  /** Before the nodes, in a Kubernetes upgrade: control plane and add-ons. @default 0 - a replacement of the nodes only */
  readonly beforeNodesSeconds?: number;
  /** Bound of the work, in events. @default 200000 */
  readonly maxEvents?: number;
}
export interface DrainStep {
  readonly pool: string;
  readonly nodes: readonly string[];
  readonly seconds: number;
}
export interface DrainResult {
  /** ends: every node was replaced and every pod is Ready. unknown: the start is not known, or the budget of work ran out. */
  readonly outcome: "ends" | "deadlock" | "unknown";
  readonly because: string;
  /** Time from the start, also of what was done before a deadlock. */
  readonly seconds: number;
  readonly steps: readonly DrainStep[];
  readonly deadlock: Deadlock | undefined;
}
export type { Deadlock } from "./drain-batch";

/**
 * Replaces every node, pool by pool, with all workloads at their minimum on the nodes that the autoscaler keeps then: a batch
 * of new nodes starts, the old ones are cordoned, their pods evicted as the budgets allow, and evicted pods start elsewhere.
 * Source of the phases: Amazon EKS user guide, managed-node-update-behavior, read 2026-11-21.
 */
export function drainAllNodes(input: DrainInput): DrainResult {
  const start = input.start ?? steadyState(input.cluster);
  const before = input.beforeNodesSeconds ?? 0;
  if (start.packing === undefined || start.verdict !== "fits") {
    return {
      outcome: "unknown",
      because: `pods are pending before the first node is drained: ${start.because}`,
      seconds: 0,
      steps: [],
      deadlock: undefined,
    };
  }
  const workloads = new Map(input.cluster.workloads.map((one) => [one.workload, one]));
  const rolling = new RollingReplacement(
    input,
    workloads,
    start.packing.nodes.flatMap(({ node, pods }) =>
      pods.flatMap(({ workload, count }): RunningPod[] => {
        const known = workloads.get(workload);
        return known === undefined ? [] : Array.from({ length: count }, () => ({ workload: known, node }));
      }),
    ),
  );
  for (const { pool, nodes } of start.pools) rolling.expect(pool, nodes);
  return rolling.run(before);
}

type Stop = Pick<DrainResult, "outcome" | "because" | "deadlock">;

class RollingReplacement {
  private readonly counts = new Map<string, number>();
  private readonly steps: DrainStep[] = [];
  private waiting: readonly Workload[] = [];
  private waitingBecause: string | undefined;
  private events: number;

  constructor(
    private readonly input: DrainInput,
    private readonly workloads: ReadonlyMap<string, Workload>,
    private pods: readonly RunningPod[],
  ) {
    this.events = input.maxEvents ?? 200_000;
  }

  expect(pool: string, nodes: number): void {
    this.counts.set(pool, nodes);
  }

  run(beforeSeconds: number): DrainResult {
    const pools = [...this.input.cluster.pools].sort((a, b) => (a.name < b.name ? -1 : 1));
    const old = new Map(pools.map((pool) => [pool, this.nodes(pool, pool.name)]));
    const current = new Map([...old.values()].flat().map((node) => [node.name, node]));
    for (const [pool, nodes] of old) {
      const fresh = this.nodes({ ...pool, name: `${pool.name}-new` }, pool.name);
      const parallel = Math.max(1, scaled(this.input.parallel ?? 1, nodes.length, "parallel"));
      for (let from = 0; from < nodes.length; from += parallel) {
        const stopped = this.batch(
          pool,
          current,
          nodes.slice(from, from + parallel),
          fresh.slice(from, from + parallel),
        );
        if (stopped !== undefined) return this.end(stopped, beforeSeconds);
      }
    }
    if (this.waiting.length > 0) {
      // The last nodes start after the last batch: what waits may start there.
      const stopped = this.batch(pools[0], current, [], []);
      const [homeless] = this.waiting;
      if (homeless !== undefined) return this.end(stopped ?? this.homeless(homeless), beforeSeconds);
    }
    const seconds = beforeSeconds + this.elapsed();
    return {
      outcome: "ends",
      because: `${current.size} nodes replaced in ${this.steps.length} steps and ${seconds} s`,
      seconds,
      steps: this.steps,
      deadlock: undefined,
    };
  }

  private end(stopped: Stop, beforeSeconds: number): DrainResult {
    return { ...stopped, seconds: beforeSeconds + this.elapsed(), steps: this.steps };
  }

  private homeless({ workload }: Workload): Stop {
    const because = `every node is replaced, but a pod of ${workload} finds no node: ${this.waitingBecause ?? "no reason is known"}`;
    return { outcome: "deadlock", because, deadlock: { kind: "noRoom", node: "", workload, because } };
  }

  private elapsed(): number {
    return this.steps.reduce((sum, { seconds }) => sum + seconds, 0);
  }

  /** New nodes belong to the same pool, under names of their own. */
  private nodes(pool: Pool, belongsTo: string): ClusterNode[] {
    const { cluster } = this.input;
    return nodesOf(pool, this.counts.get(belongsTo) ?? 0, usableZones(pool, cluster.subnets), cluster.types).map(
      (node) => ({ ...node, pool: belongsTo, labels: { ...node.labels, "eks.amazonaws.com/nodegroup": belongsTo } }),
    );
  }

  private batch(
    pool: Pool | undefined,
    current: Map<string, ClusterNode>,
    old: readonly ClusterNode[],
    fresh: readonly ClusterNode[],
  ): Stop | undefined {
    for (const node of fresh) current.set(node.name, node);
    for (const node of old) current.set(node.name, { ...node, unschedulable: true });
    const ledger = new BudgetLedger(this.input.budgets, [...this.workloads.values()]);
    const surge = this.input.surge !== false;
    const launch = this.input.nodeLaunchSeconds ?? 120;
    const drain = new BatchDrain(
      {
        nodes: [...current.values()],
        cluster: this.input.cluster,
        draining: new Set(old.map(({ name }) => name)),
        late: surge ? new Set() : new Set(fresh.map(({ name }) => name)),
        ledger,
        launchSeconds: launch,
        timeoutSeconds: this.input.evictionTimeoutSeconds ?? 900,
        maxEvents: this.events,
      },
      this.pods,
      this.waiting,
    );
    const result = drain.run();
    this.events -= result.events;
    this.pods = result.pods;
    this.waiting = result.waiting;
    for (const node of old) current.delete(node.name);
    this.waitingBecause = result.waitingBecause;
    this.steps.push({
      pool: pool?.name ?? "",
      nodes: old.map(({ name }) => name),
      seconds: result.seconds + (surge && fresh.length > 0 ? launch : 0),
    });
    if (result.deadlock !== undefined)
      return { outcome: "deadlock", because: result.deadlock.because, deadlock: result.deadlock };
    if (this.events <= 0)
      return {
        outcome: "unknown",
        because: `the budget of work ran out while pool ${pool?.name ?? ""} was drained; raise maxEvents`,
        deadlock: undefined,
      };
    return undefined;
  }
}
