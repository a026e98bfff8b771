import type { PodClass } from "./classes";
import { NodeTree } from "./node-tree";
import { Scorer, share } from "./scores";
import type { ClusterState } from "./state";
import { ALL_NODES_UP_TO, scoresEveryNode } from "./topology";
import type { NodeGroup } from "./topology";

/** How a node is chosen among those that pass the filters. */
export interface Preference {
  /** "spread": the emptiest node, as the default scheduler. "pack": the fullest one. */
  readonly style: "spread" | "pack";
  /** Random addition to each score (0 to 100 a plugin), in place of preferences that are not modelled. 0: only ties are random. */
  readonly noise: number;
}

export interface Chooser {
  /** The node for a pod, or -1 when no node passes all filters. */
  choose(pods: PodClass): number;
  /** To be called after each placement and removal. */
  changed(node: number): void;
  readonly visits: number;
}

export function chooserFor(state: ClusterState, preference: Preference, random: () => number): Chooser {
  return scoresEveryNode(state.nodes)
    ? new ScanningChooser(state, preference, random)
    : new TreeChooser(state, preference, random);
}

/** Whether the rules about zones and the like leave any node of the group open. */
function groupOpen(state: ClusterState, pods: PodClass, group: NodeGroup): boolean {
  return state.agrees(pods, group.members[0] ?? 0, false);
}

function groupsFor(state: ClusterState, pods: PodClass): NodeGroup[] {
  const open: NodeGroup[] = [];
  for (const index of pods.groups) {
    const group = state.nodes.groups[index];
    if (group !== undefined && groupOpen(state, pods, group)) open.push(group);
  }
  return open;
}

/** Every node is scored as the default scheduler does it. */
class ScanningChooser implements Chooser {
  visits = 0;
  private readonly scorer: Scorer;
  private readonly found: Int32Array;

  constructor(
    private readonly state: ClusterState,
    private readonly preference: Preference,
    private readonly random: () => number,
  ) {
    this.scorer = new Scorer(state);
    this.found = new Int32Array(state.nodes.nodes.length);
  }

  /**
   * Writes down as many nodes that pass as the scheduler looks for at least, from a random start in each group.
   * @returns how many
   */
  private feasible(pods: PodClass): number {
    const { state, found } = this;
    const every = scoresEveryNode(state.nodes);
    let count = 0;
    for (const index of pods.groups) {
      const group = state.nodes.groups[index];
      if (group === undefined || !groupOpen(state, pods, group)) continue;
      const { members } = group;
      const start = every ? 0 : Math.floor(this.random() * members.length);
      for (let at = 0; at < members.length && count < ALL_NODES_UP_TO; at++) {
        const node = members[(start + at) % members.length] ?? 0;
        this.visits++;
        // What is not of one node is answered for the whole group.
        if (state.fits(pods, node, true)) found[count++] = node;
      }
    }
    return count;
  }

  choose(pods: PodClass): number {
    const { found, scorer, random } = this;
    const count = this.feasible(pods);
    if (count <= 1) return count === 0 ? -1 : (found[0] ?? -1);
    if (this.preference.style === "pack") scorer.pack(pods, found, count);
    else scorer.spread(pods, found, count);
    let best = -1;
    let bestScore = -Infinity;
    const jitter = Math.max(0.5, this.preference.noise);
    for (let at = 0; at < count; at++) {
      const score = (scorer.scores[at] ?? 0) + random() * jitter;
      if (score <= bestScore) continue;
      bestScore = score;
      best = found[at] ?? -1;
    }
    return best;
  }

  changed(): void {
    // Every score is computed afresh.
  }
}

/** The LeastAllocated score by a tree for each group: within a group the order does not depend on the pod. */
class TreeChooser implements Chooser {
  private readonly trees: readonly NodeTree[];
  private readonly leafOf: Int32Array;
  private leafVisits = 0;
  private readonly scanning: ScanningChooser;

  constructor(
    private readonly state: ClusterState,
    private readonly preference: Preference,
    private readonly random: () => number,
  ) {
    this.scanning = new ScanningChooser(state, preference, random);
    this.leafOf = new Int32Array(state.nodes.nodes.length);
    this.trees = state.nodes.groups.map((group) => {
      group.members.forEach((node, leaf) => {
        this.leafOf[node] = leaf;
      });
      return new NodeTree(group.members.length);
    });
    for (let node = 0; node < this.leafOf.length; node++) this.changed(node);
  }

  get visits(): number {
    return this.leafVisits + this.scanning.visits + this.trees.reduce((sum, tree) => sum + tree.visits, 0);
  }

  choose(pods: PodClass): number {
    // Where pods draw each other, the emptiest node is not the preferred one.
    if (pods.drawnBy.length > 0) return this.scanning.choose(pods);
    let best = -1;
    let bestScore = -Infinity;
    for (const group of groupsFor(this.state, pods)) {
      const tree = this.trees[group.index];
      const { allocatable } = group.sample;
      if (tree === undefined) continue;
      const price = 50 * (share(pods.cpuMillis, allocatable.cpuMillis) + share(pods.memoryMiB, allocatable.memoryMiB));
      const cost = this.preference.style === "pack" ? -price : price;
      if (tree.bestScore - cost <= bestScore) continue;
      const leaf = tree.search(pods.cpuMillis, pods.memoryMiB, bestScore + cost, (at) => {
        this.leafVisits++;
        return this.state.fits(pods, group.members[at] ?? -1);
      });
      if (leaf >= 0) [best, bestScore] = [group.members[leaf] ?? -1, tree.score(leaf) - cost];
    }
    return best;
  }

  changed(node: number): void {
    const { state } = this;
    const size = state.nodes.node(node).allocatable;
    const [cpu, memory] = [state.freeCpuMillis[node] ?? 0, state.freeMemoryMiB[node] ?? 0];
    const least = 50 * (share(cpu, size.cpuMillis) + share(memory, size.memoryMiB));
    const score =
      (this.preference.style === "pack" ? -least : least) + this.random() * Math.max(1, this.preference.noise);
    this.trees[state.nodes.groupOf[node] ?? 0]?.set(
      this.leafOf[node] ?? 0,
      score,
      cpu,
      memory,
      state.freePods[node] ?? 0,
    );
  }
}
