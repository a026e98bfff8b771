import type { Preference } from "./choose";
import { dependsOnOthers } from "./classes";
import type { PodClass } from "./classes";
import { seededRandom, shuffle } from "./random";
import type { NodeIndex } from "./topology";

/** One way in which the scheduler may meet the pods. */
export interface Order {
  readonly name: string;
  readonly preference: Preference;
  readonly seed: number;
  /** Pods as positions of their classes, in the order of their first attempt. */
  readonly pods: Int32Array;
}

const AS_SCHEDULER: Preference = { style: "spread", noise: 0 };
/** As much as one further scoring plugin of the scheduler can add. */
const OTHER_PREFERENCES: Preference = { style: "spread", noise: 100 };

function expand(classes: readonly PodClass[]): Int32Array {
  const pods = new Int32Array(classes.reduce((sum, { count }) => sum + count, 0));
  let at = 0;
  for (const { index, count } of classes) {
    pods.fill(index, at, at + count);
    at += count;
  }
  return pods;
}

/** The share of an average node that a pod takes, by the resource of which it takes most. */
function dominantShare(pods: PodClass, nodes: NodeIndex): number {
  const mean = (amount: (node: NodeIndex["nodes"][number]) => number): number =>
    Math.max(1, nodes.groups.reduce((sum, group) => sum + amount(group.sample) * group.members.length, 0) / Math.max(1, nodes.nodes.length));
  return Math.max(pods.cpuMillis / mean((node) => node.allocatable.cpuMillis), pods.memoryMiB / mean((node) => node.allocatable.memoryMiB));
}

/**
 * The orders to try, the most telling first: as named, smallest first (room is broken up before the large pods come),
 * those with rules last (others have taken their nodes), largest first, then shuffled ones; every fourth of these with random preferences among nodes where pods have preferences of their own, and, where priorities
 * differ, every third without the queue's sorting by priority, as when pods of low priority have come first.
 */
export function* orders(classes: readonly PodClass[], nodes: NodeIndex, count: number, seed: number): Generator<Order> {
  const byPriority = (pods: Int32Array): Int32Array =>
    Int32Array.from([...pods].sort((a, b) => (classes[b]?.priority ?? 0) - (classes[a]?.priority ?? 0)));
  const prioritised = new Set(classes.map(({ priority }) => priority)).size > 1;
  const preferring = classes.some(({ pod }) => pod.preferences === true);
  const queue = (pods: Int32Array): Int32Array => (prioritised ? byPriority(pods) : pods);
  const shares = new Map(classes.map((pods) => [pods, dominantShare(pods, nodes)]));
  const bySize = (sign: 1 | -1): PodClass[] =>
    [...classes].sort((a, b) => sign * ((shares.get(a) ?? 0) - (shares.get(b) ?? 0)) || a.index - b.index);
  const free = (pods: PodClass): number => (dependsOnOthers(pods) ? 0 : pods.groups.length);
  const choosyLast = [...classes].sort((a, b) => free(b) - free(a) || a.index - b.index);
  const fixed: [string, readonly PodClass[]][] = [["as named", classes], ["smallest first", bySize(1)], ["choosiest last", choosyLast], ["largest first", bySize(-1)]];
  for (const [name, sorted] of fixed.slice(0, count)) yield { name, preference: AS_SCHEDULER, seed, pods: queue(expand(sorted)) };
  for (let at = fixed.length; at < count; at++) {
    const own = seed + at;
    const pods = shuffle(expand(classes), seededRandom(own));
    const unsorted = prioritised && at % 3 === 0;
    const preference = preferring && at % 4 === 0 ? OTHER_PREFERENCES : AS_SCHEDULER;
    yield { name: `shuffled ${at - fixed.length + 1}`, preference, seed: own, pods: unsorted ? pods : queue(pods) };
  }
}

/** A tight packing, to tell "no room" from "room that the scheduler's spreading breaks up". */
export function tightOrder(classes: readonly PodClass[], nodes: NodeIndex, seed: number): Order {
  const sorted = [...classes].sort((a, b) => b.priority - a.priority || a.groups.length - b.groups.length ||
    dominantShare(b, nodes) - dominantShare(a, nodes) || a.index - b.index);
  return { name: "tight", preference: { style: "pack", noise: 0 }, seed, pods: expand(sorted) };
}
