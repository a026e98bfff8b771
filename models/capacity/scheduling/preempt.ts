import type { PodClass } from "./classes";
import type { ClusterState } from "./state";

/** At most so many nodes are tried, as in the scheduler (10 % of the nodes, at least 100). */
const candidatesOf = (nodes: number): number => Math.max(100, Math.floor(nodes / 10));

interface Candidate {
  readonly node: number;
  readonly victims: readonly PodClass[];
}

/** Every node that can hold the pod by what never changes. */
const nodesFor = (state: ClusterState, pods: PodClass): readonly number[] =>
  pods.groups.flatMap((index) => state.nodes.groups[index]?.members ?? []);

/**
 * Evicts pods of lower priority so that the pod fits a node, as the scheduler's DefaultPreemption: on each node all lower
 * ones are taken off, as many as possible put back (highest priority first), and the node chosen whose victims have the
 * lowest top priority, then the lowest sum, then the smallest number. Disruption budgets only rank there, so they are left out.
 * @param nodes where it may run. @default every node of its groups - a pod of a DaemonSet has only its own
 * @returns the node and the victims, already removed; undefined when no node helps
 */
export function preempt(
  state: ClusterState,
  pods: PodClass,
  nodes: readonly number[] = nodesFor(state, pods),
): Candidate | undefined {
  if (pods.pod.preemptionPolicy === "Never" || !state.hasBelow(pods.priority)) return undefined;
  let best: Candidate | undefined;
  let found = 0;
  for (const node of nodes) {
    const victims = victimsOn(state, pods, node);
    if (victims === undefined) continue;
    if (best === undefined || compareVictims(victims, best.victims) < 0) best = { node, victims };
    if (++found >= candidatesOf(state.nodes.nodes.length)) break;
  }
  for (const victim of best?.victims ?? []) state.remove(victim, best?.node ?? 0);
  return best;
}

/** The pods of lower priority that would have to go; undefined when there are none, or it would not help. State is unchanged. */
function victimsOn(state: ClusterState, pods: PodClass, node: number): PodClass[] | undefined {
  const lower = lowerPriority(state, pods, node);
  if (lower.length === 0) return undefined;
  const before = state.runningOn(node);
  for (const victim of lower) state.remove(victim, node);
  const helps = state.fits(pods, node);
  const victims: PodClass[] = [];
  for (const victim of lower) {
    state.place(victim, node);
    if (!helps || state.fits(pods, node)) continue;
    state.remove(victim, node);
    victims.push(victim);
  }
  for (const victim of victims) state.place(victim, node);
  state.startedInOrder(node, before);
  return helps ? victims : undefined;
}

/** The pods on the node of lower priority, the most important first: of equal priority the one that has run longest. */
export function lowerPriority(state: ClusterState, pods: PodClass, node: number): PodClass[] {
  return state
    .runningOn(node)
    .map((index) => state.podClass(index))
    .filter((other) => other.priority < pods.priority)
    .sort((a, b) => b.priority - a.priority);
}

/** What the scheduler adds to each priority, so that a further victim always counts: the largest 32-bit integer and one. */
const ABOVE_ANY_NEGATIVE = 2 ** 31;

function compareVictims(a: readonly PodClass[], b: readonly PodClass[]): number {
  const top = (victims: readonly PodClass[]): number =>
    victims.reduce((most, { priority }) => Math.max(most, priority), -Infinity);
  const sum = (victims: readonly PodClass[]): number =>
    victims.reduce((total, { priority }) => total + priority + ABOVE_ANY_NEGATIVE, 0);
  return top(a) - top(b) || sum(a) - sum(b) || a.length - b.length;
}
