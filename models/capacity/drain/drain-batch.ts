import type { BudgetLedger } from "./budgets";
import type { CapacityCluster, Workload } from "../nodes/cluster";
import { chooserFor } from "../scheduling/node-selection";
import type { PodClass } from "../scheduling/classes";
import { explain } from "../verdict/explain";
import { compile } from "../scheduling/problem";
import { seededRandom } from "../scheduling/random";
import { ClusterState } from "../scheduling/state";
import type { ClusterNode } from "../types";

export interface RunningPod {
  readonly workload: Workload;
  readonly node: string;
}

/** What keeps a node from being emptied. */
export interface Deadlock {
  readonly kind: "budget" | "noRoom" | "timeout" | "barePod";
  readonly node: string;
  readonly workload: string;
  /** Names the budget or the scheduler's reason, with the figures. */
  readonly because: string;
}
export interface BatchInput {
  /** Every node of the moment; the drained ones are cordoned. */
  readonly nodes: readonly ClusterNode[];
  readonly cluster: CapacityCluster;
  readonly draining: ReadonlySet<string>;
  /** Nodes that start only when the drained ones are empty. */
  readonly late: ReadonlySet<string>;
  readonly ledger: BudgetLedger;
  readonly launchSeconds: number;
  readonly timeoutSeconds: number;
  readonly maxEvents: number;
}
export interface BatchResult {
  readonly seconds: number;
  readonly events: number;
  readonly pods: readonly RunningPod[];
  readonly waiting: readonly Workload[];
  /** Why the first of them waits, in the scheduler's words. */
  readonly waitingBecause: string | undefined;
  readonly deadlock: Deadlock | undefined;
}

interface Pod {
  readonly workload: Workload;
  readonly pods: PodClass;
  node: number;
  phase: "ready" | "starting" | "terminating" | "pending";
  until: number;
}

const graceOf = (workload: Workload): number => workload.terminationGraceSeconds ?? 30;
const readyOf = (workload: Workload): number => workload.readySeconds ?? 30;

/** One batch of nodes that is emptied, event by event. */
export class BatchDrain {
  private readonly state: ClusterState;
  private readonly choose: (pods: PodClass) => number;
  private readonly changed: (node: number) => void;
  private pods: Pod[];
  private now = 0;
  private events = 0;

  constructor(
    private readonly input: BatchInput,
    running: readonly RunningPod[],
    waiting: readonly Workload[],
  ) {
    const { cluster, nodes } = input;
    const existing = nodes.filter(({ name }) => !input.late.has(name));
    const problem = compile(
      existing,
      cluster.workloads.map((one) => ({ workload: one.workload, pod: one.pod, count: one.minReplicas })),
      cluster.daemonSets ?? [],
      cluster.namespaces ?? {},
    );
    this.state = new ClusterState(problem.nodes, problem.classes);
    for (const { pods, node } of problem.fixed) this.state.place(pods, node);
    const classes = new Map(problem.queued.map((pods) => [pods.workload, pods]));
    const positions = new Map(problem.nodes.nodes.map(({ name }, at) => [name, at]));
    const podOf = (workload: Workload, node: number): Pod => {
      const pods = classes.get(workload.workload);
      if (pods === undefined) throw new RangeError(`workload ${workload.workload} is not in the cluster`);
      return { workload, pods, node, phase: node < 0 ? "pending" : "ready", until: Infinity };
    };
    this.pods = [
      ...running.map(({ workload, node }) => podOf(workload, positions.get(node) ?? -1)),
      ...waiting.map((workload) => podOf(workload, -1)),
    ];
    for (const { pods, node, phase, workload } of this.pods) {
      if (phase !== "ready") continue;
      this.state.place(pods, node);
      input.ledger.change(workload.workload, 1);
    }
    const chooser = chooserFor(this.state, { style: "spread", noise: 0 }, seededRandom(1));
    this.choose = (pods) => chooser.choose(pods);
    this.changed = (node) => chooser.changed(node);
  }

  run(): BatchResult {
    for (;;) {
      this.schedulePending();
      const bare = this.evictAllowed();
      if (bare !== undefined) return this.result(bare);
      const next = Math.min(...this.pods.map(({ until }) => until));
      const left = this.onDrained();
      if (next === Infinity) return this.result(left === undefined ? undefined : this.deadlock(left));
      if (next > this.input.timeoutSeconds && left !== undefined && left.phase === "ready")
        return this.result(this.timeout(left));
      this.now = next;
      this.settle();
      if (this.events > this.input.maxEvents) return this.result(undefined);
    }
  }

  private result(deadlock: Deadlock | undefined): BatchResult {
    const late = this.input.late.size > 0 ? this.input.launchSeconds : 0;
    const placed = this.pods.filter(({ phase }) => phase !== "pending");
    const pending = this.pods.filter(({ phase }) => phase === "pending");
    const [first] = pending;
    return {
      seconds: this.now + late,
      events: this.events,
      deadlock,
      pods: placed.map(({ workload, node }) => ({ workload, node: this.state.nodes.node(node).name })),
      waiting: pending.map(({ workload }) => workload),
      waitingBecause: first === undefined ? undefined : explain(this.state, first.pods),
    };
  }

  private isDrained(node: number): boolean {
    return node >= 0 && this.input.draining.has(this.state.nodes.node(node).name);
  }

  private onDrained(): Pod | undefined {
    return this.pods.find(({ node }) => this.isDrained(node));
  }

  private schedulePending(): void {
    for (const pod of this.pods) {
      if (pod.phase !== "pending") continue;
      this.events++;
      const node = this.choose(pod.pods);
      if (node < 0) continue;
      this.state.place(pod.pods, node);
      this.changed(node);
      Object.assign(pod, { node, phase: "starting", until: this.now + readyOf(pod.workload) });
    }
  }

  /** Evicts what the budgets allow; a bare pod stops the drain. Pods that are not Ready may go at once when their budget is met. */
  private evictAllowed(): Deadlock | undefined {
    for (const pod of this.pods.filter(({ node, phase }) => phase === "ready" && this.isDrained(node))) {
      this.events++;
      const { workload } = pod;
      if (workload.replacement === "never")
        return this.stop("barePod", pod, "it has no controller: a drain refuses to delete it without force");
      if (this.input.ledger.refusal(workload.workload) !== undefined) continue;
      this.input.ledger.change(workload.workload, -1);
      Object.assign(pod, { phase: "terminating", until: this.now + graceOf(workload) });
      if (workload.replacement !== "afterTermination") this.replace(pod);
    }
    this.schedulePending();
    return undefined;
  }

  private replace(pod: Pod): void {
    this.pods.push({ workload: pod.workload, pods: pod.pods, node: -1, phase: "pending", until: Infinity });
  }

  /** Ends what ends now: processes that stop, pods that become Ready. */
  private settle(): void {
    for (const pod of this.pods.filter(({ until }) => until <= this.now)) {
      this.events++;
      if (pod.phase === "starting") {
        this.input.ledger.change(pod.workload.workload, 1);
        Object.assign(pod, { phase: "ready", until: Infinity });
      } else {
        this.state.remove(pod.pods, pod.node);
        this.changed(pod.node);
        if (pod.workload.replacement === "afterTermination") this.replace(pod);
        this.pods = this.pods.filter((other) => other !== pod);
      }
    }
  }

  private stop(kind: Deadlock["kind"], pod: Pod, why: string): Deadlock {
    const node = this.state.nodes.node(pod.node).name;
    return {
      kind,
      node,
      workload: pod.workload.workload,
      because: `node ${node} cannot be drained, because a pod of ${pod.workload.workload} stays: ${why}`,
    };
  }

  /** Nothing moves any more: a budget waits for pods that have no room, or allows nothing from the start. */
  private deadlock(left: Pod): Deadlock {
    const refusal = this.input.ledger.refusal(left.workload.workload) ?? "its eviction is refused";
    const homeless = this.pods.find(
      ({ phase, workload }) => phase === "pending" && workload.workload === left.workload.workload,
    );
    if (homeless === undefined) return this.stop("budget", left, refusal);
    return this.stop(
      "noRoom",
      left,
      `${refusal}, and its replacement finds no node: ${explain(this.state, homeless.pods)}`,
    );
  }

  private timeout(left: Pod): Deadlock {
    const refusal = this.input.ledger.refusal(left.workload.workload) ?? "its replacement is not Ready";
    return this.stop(
      "timeout",
      left,
      `evictions may take ${this.input.timeoutSeconds} s, and after ${this.now} s ${refusal}`,
    );
  }
}
