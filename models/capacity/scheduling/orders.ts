import type { Preference } from "./node-selection";
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
    Math.max(
      1,
      nodes.groups.reduce((sum, group) => sum + amount(group.sample) * group.members.length, 0) /
        Math.max(1, nodes.nodes.length),
    );
  return Math.max(
    pods.cpuMillis / mean((node) => node.allocatable.cpuMillis),
    pods.memoryMiB / mean((node) => node.allocatable.memoryMiB),
  );
}

/**
 * The orders to try, the most decisive first: as named, smallest first (room is broken up before the large pods come),
 * those with rules last (others have taken their nodes), largest first; then at random. Pods of one workload mostly come
 * together, and it is such orders that break up the room: every second random order shuffles whole workloads, the others
 * single pods. Where priorities differ, half of them leave out the queue's sorting by priority, as when pods of low
 * priority have come first; where pods have preferences that are not modelled, every fourth chooses nodes at random.
 */
export function* orders(classes: readonly PodClass[], nodes: NodeIndex, count: number, seed: number): Generator<Order> {
  const prioritised = new Set(classes.map(({ priority }) => priority)).size > 1;
  const queue = (pods: Int32Array): Int32Array => (prioritised ? byPriority(classes, pods) : pods);
  const fixed = fixedOrders(classes, nodes).slice(0, count);
  for (const [name, sorted] of fixed) yield { name, preference: AS_SCHEDULER, seed, pods: queue(expand(sorted)) };
  const preferring = classes.some(({ pod }) => pod.preferences === true);
  for (let at = fixed.length; at < count; at++) {
    const own = seed + at;
    const random = seededRandom(own);
    const pods = at % 2 === 0 ? expand(shuffledClasses(classes, random)) : shuffle(expand(classes), random);
    const preference = preferring && at % 4 === 3 ? OTHER_PREFERENCES : AS_SCHEDULER;
    yield { name: `shuffled ${at - fixed.length + 1}`, preference, seed: own, pods: at % 4 < 2 ? pods : queue(pods) };
  }
}

const byPriority = (classes: readonly PodClass[], pods: Int32Array): Int32Array =>
  Int32Array.from([...pods].sort((a, b) => (classes[b]?.priority ?? 0) - (classes[a]?.priority ?? 0)));

function shuffledClasses(classes: readonly PodClass[], random: () => number): PodClass[] {
  return [
    ...shuffle(
      Int32Array.from(classes, (_, at) => at),
      random,
    ),
  ].flatMap((at) => classes[at] ?? []);
}

function fixedOrders(classes: readonly PodClass[], nodes: NodeIndex): [string, readonly PodClass[]][] {
  const shares = new Map(classes.map((pods) => [pods, dominantShare(pods, nodes)]));
  const bySize = (sign: 1 | -1): PodClass[] =>
    [...classes].sort((a, b) => sign * ((shares.get(a) ?? 0) - (shares.get(b) ?? 0)) || a.index - b.index);
  const free = (pods: PodClass): number => (dependsOnOthers(pods) ? 0 : pods.groups.length);
  const choosyLast = [...classes].sort((a, b) => free(b) - free(a) || a.index - b.index);
  return [
    ["as named", classes],
    ["smallest first", bySize(1)],
    ["choosiest last", choosyLast],
    ["largest first", bySize(-1)],
  ];
}

/** A tight packing, to distinguish "no room" from "room that the scheduler's spreading breaks up". */
export function tightOrder(classes: readonly PodClass[], nodes: NodeIndex, seed: number): Order {
  const sorted = [...classes].sort(
    (a, b) =>
      b.priority - a.priority ||
      a.groups.length - b.groups.length ||
      dominantShare(b, nodes) - dominantShare(a, nodes) ||
      a.index - b.index,
  );
  return { name: "tight", preference: { style: "pack", noise: 0 }, seed, pods: expand(sorted) };
}
