import { dependsOnOthers } from "../scheduling/classes";
import type { PodClass } from "../scheduling/classes";
import type { ClusterState } from "../scheduling/state";
import type { NodeGroup } from "../scheduling/topology";

type Load = { cpuMillis: number; memoryMiB: number; pods: number };

function loadOf(classes: Iterable<PodClass>): Load {
  const load = { cpuMillis: 0, memoryMiB: 0, pods: 0 };
  for (const { cpuMillis, memoryMiB, count } of classes) {
    load.cpuMillis += cpuMillis * count;
    load.memoryMiB += memoryMiB * count;
    load.pods += count;
  }
  return load;
}

/** Free room of the fullest member: within a group only DaemonSets can differ. */
function leastFree(state: ClusterState, group: NodeGroup): Load {
  const least = (free: Float64Array): number =>
    group.members.reduce((min, node) => Math.min(min, free[node] ?? 0), Infinity);
  return { cpuMillis: least(state.freeCpuMillis), memoryMiB: least(state.freeMemoryMiB), pods: least(state.freePods) };
}

/**
 * Whether every order and every choice of the scheduler places all pods: a pod finds no node only if each of its nodes
 * is too full, and all other pods together cannot make so many nodes too full. Counted separately for CPU, memory and
 * slots, as if each could be spent on its own, so the answer "true" is safe. Rules between pods are not covered.
 */
export function fitsInAnyOrder(state: ClusterState, classes: readonly PodClass[]): boolean {
  const simple = (pods: PodClass): boolean =>
    !dependsOnOthers(pods) && pods.storageMiB === 0 && pods.extended.length === 0 && pods.volumes === 0;
  const wanted = classes.filter(({ count }) => count > 0);
  if (!wanted.every(simple)) return false;
  const total = loadOf(wanted);
  const free = state.nodes.groups.map((group) => leastFree(state, group));
  return wanted.every((pods) => {
    const others = {
      cpuMillis: total.cpuMillis - pods.cpuMillis,
      memoryMiB: total.memoryMiB - pods.memoryMiB,
      pods: total.pods - 1,
    };
    const groups = pods.groups.flatMap((index) => {
      const group = state.nodes.groups[index];
      const room = free[index];
      return group === undefined || room === undefined ? [] : [{ nodes: group.members.length, room }];
    });
    const nodes = groups.reduce((sum, group) => sum + group.nodes, 0);
    const blocked =
      blockable(
        others.cpuMillis,
        pods.cpuMillis === 0 ? [] : groups.map(({ room, nodes: of }) => [room.cpuMillis - pods.cpuMillis, of]),
      ) +
      blockable(
        others.memoryMiB,
        pods.memoryMiB === 0 ? [] : groups.map(({ room, nodes: of }) => [room.memoryMiB - pods.memoryMiB, of]),
      ) +
      blockable(
        others.pods,
        groups.map(({ room, nodes: of }) => [room.pods, of]),
      );
    return blocked < nodes;
  });
}

/** How many nodes so much load can make too full, the cheapest first; cost is the load that one node still bears. */
function blockable(load: number, groups: readonly (readonly [cost: number, nodes: number])[]): number {
  let left = load;
  let blocked = 0;
  for (const [cost, nodes] of [...groups].sort(([a], [b]) => a - b)) {
    const here = cost <= 0 ? nodes : Math.min(nodes, Math.floor(left / cost));
    blocked += here;
    left -= here * Math.max(0, cost);
    if (here < nodes) break;
  }
  return blocked;
}

/** Sets of nodes to sum over; more are not worth the time. */
const MOST_SETS = 64;

/**
 * A proof that no placement exists: the pods that can only run on some nodes request more than those nodes have.
 * @returns the proof in words, or undefined when the sums allow it
 */
export function proofOfExcess(state: ClusterState, classes: readonly PodClass[]): string | undefined {
  const wanted = classes.filter(({ count, expendable }) => count > 0 && !expendable);
  const homeless = wanted.find(({ groups }) => groups.length === 0);
  if (homeless !== undefined) return `no node can ever hold a pod of ${homeless.workload}`;
  const sets = new Map(wanted.map((pods) => [pods.groups.join(), pods.groups]));
  const all = state.nodes.groups.map(({ index }) => index);
  for (const set of [all, ...[...sets.values()].slice(0, MOST_SETS)]) {
    const allowed = new Set(set);
    const load = loadOf(wanted.filter(({ groups }) => groups.every((index) => allowed.has(index))));
    const room = roomOf(state, set);
    const excess = (["cpuMillis", "memoryMiB", "pods"] as const).find((resource) => load[resource] > room[resource]);
    if (excess !== undefined) {
      const nodes = set.reduce((sum, index) => sum + (state.nodes.groups[index]?.members.length ?? 0), 0);
      return `the pods that only these ${nodes} nodes can hold want ${amount(load[excess])} ${UNIT[excess]}, and the nodes have ${amount(room[excess])}`;
    }
  }
  return undefined;
}

const UNIT = { cpuMillis: "millicores", memoryMiB: "MiB of memory", pods: "pod slots" } as const;
const amount = (value: number): string => String(Math.round(value));

function roomOf(state: ClusterState, set: readonly number[]): Load {
  const room = { cpuMillis: 0, memoryMiB: 0, pods: 0 };
  for (const node of set.flatMap((index) => state.nodes.groups[index]?.members ?? [])) {
    room.cpuMillis += state.freeCpuMillis[node] ?? 0;
    room.memoryMiB += state.freeMemoryMiB[node] ?? 0;
    room.pods += state.freePods[node] ?? 0;
  }
  return room;
}
