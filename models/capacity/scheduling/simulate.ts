import { chooserFor } from "./node-selection";
import type { Chooser } from "./node-selection";
import { dependsOnOthers } from "./classes";
import type { PodClass } from "./classes";
import type { Order } from "./orders";
import { preempt } from "./preempt";
import { seededRandom } from "./random";
import { ClusterState } from "./state";
import type { NodeIndex } from "./topology";

/** Work that may still be done, in node visits; shared by all orders of one packing. */
export interface Budget {
  visitsLeft: number;
}

export interface Trial {
  readonly order: Order;
  readonly state: ClusterState;
  /** Pods without a node, by the position of their class. */
  readonly leftOver: ReadonlyMap<number, number>;
  /** The nodes of pods of DaemonSets that were preempted, by the position of their class. */
  readonly displaced: ReadonlyMap<number, readonly number[]>;
  /** False when the budget ran out: what is left over then proves nothing. */
  readonly complete: boolean;
}

/** Pods that are on their nodes before the queue starts: those of DaemonSets. Pods of higher priority may preempt them. */
export interface Fixed {
  readonly pods: PodClass;
  readonly node: number;
}

/** Runs the scheduler's queue once: each pod in turn, then the ones left over again until nothing moves any more. */
export function simulate(
  nodes: NodeIndex,
  classes: readonly PodClass[],
  fixed: readonly Fixed[],
  order: Order,
  budget: Budget,
): Trial {
  return new Queue(nodes, classes, fixed, order, budget).run();
}

class Queue {
  private readonly state: ClusterState;
  private readonly chooser: Chooser;
  private readonly leftOver = new Map<number, number>();
  private readonly displaced = new Map<number, number[]>();
  /** Classes for which no node was found since room last grew. */
  private readonly hopeless = new Set<number>();
  private visitsCharged = 0;

  constructor(
    nodes: NodeIndex,
    classes: readonly PodClass[],
    fixed: readonly Fixed[],
    private readonly order: Order,
    private readonly budget: Budget,
  ) {
    this.state = new ClusterState(nodes, classes);
    for (const { pods, node } of fixed) this.state.place(pods, node);
    this.chooser = chooserFor(this.state, order.preference, seededRandom(order.seed));
  }

  run(): Trial {
    for (const index of this.order.pods) {
      const pods = this.state.podClass(index);
      if (this.hopeless.has(index) || !this.attempt(pods)) this.leave(pods);
      if (this.exhausted()) return this.trial(false);
    }
    while (this.retry()) if (this.exhausted()) return this.trial(false);
    return this.trial(true);
  }

  private trial(complete: boolean): Trial {
    return { order: this.order, state: this.state, leftOver: this.leftOver, displaced: this.displaced, complete };
  }

  private exhausted(): boolean {
    this.budget.visitsLeft -= this.chooser.visits + 1 - this.visitsCharged;
    this.visitsCharged = this.chooser.visits;
    return this.budget.visitsLeft < 0;
  }

  private leave(pods: PodClass): void {
    this.leftOver.set(pods.index, (this.leftOver.get(pods.index) ?? 0) + 1);
  }

  private attempt(pods: PodClass): boolean {
    if (pods.daemon) return this.comesBack(pods);
    const node = this.chooser.choose(pods);
    if (node >= 0) {
      this.put(pods, node);
      return true;
    }
    return this.preempts(pods);
  }

  /** A displaced pod of a DaemonSet is made again for its own node. */
  private comesBack(pods: PodClass): boolean {
    const homes = this.displaced.get(pods.index) ?? [];
    for (const node of homes) {
      const fits = this.state.fits(pods, node);
      if (!fits && !this.preempts(pods, [node])) continue;
      if (fits) this.put(pods, node);
      homes.splice(homes.indexOf(node), 1);
      return true;
    }
    return false;
  }

  private preempts(pods: PodClass, nodes?: readonly number[]): boolean {
    const preempted = preempt(this.state, pods, nodes);
    if (preempted === undefined) {
      // Room only shrinks until something is evicted; rules between pods can turn at any placement.
      if (!dependsOnOthers(pods)) this.hopeless.add(pods.index);
      return false;
    }
    this.budget.visitsLeft -= this.state.nodes.nodes.length;
    for (const victim of preempted.victims) this.displace(victim, preempted.node);
    this.hopeless.clear();
    this.put(pods, preempted.node);
    return true;
  }

  private displace(victim: PodClass, node: number): void {
    this.leave(victim);
    if (victim.daemon) this.displaced.set(victim.index, [...(this.displaced.get(victim.index) ?? []), node]);
  }

  private put(pods: PodClass, node: number): void {
    this.state.place(pods, node);
    this.chooser.changed(node);
  }

  /** One more attempt for what is left over, class by class; whether anything was placed. */
  private retry(): boolean {
    let placed = false;
    const waiting = [...this.leftOver.keys()]
      .map((index) => this.state.podClass(index))
      .sort((a, b) => b.priority - a.priority || a.index - b.index);
    for (const pods of waiting) {
      if (this.hopeless.has(pods.index)) continue;
      for (let left = this.leftOver.get(pods.index) ?? 0; left > 0 && this.attempt(pods); left--) {
        placed = true;
        this.take(pods);
      }
      if (this.exhausted()) return true;
    }
    return placed;
  }

  private take(pods: PodClass): void {
    const left = (this.leftOver.get(pods.index) ?? 0) - 1;
    if (left > 0) this.leftOver.set(pods.index, left);
    else this.leftOver.delete(pods.index);
  }
}
