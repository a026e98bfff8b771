/**
 * A tournament tree over the nodes of one group: the node with the best score that has the room, without a look at each.
 * Every inner node knows the best score and the most room below it, so whole branches are passed over at once.
 */
export class NodeTree {
  private readonly leaves: number;
  private readonly best: Float64Array;
  private readonly cpuMillis: Float64Array;
  private readonly memoryMiB: Float64Array;
  private readonly pods: Float64Array;
  /** Inner nodes and leaves visited so far: the measure of work. */
  visits = 0;

  constructor(size: number) {
    this.leaves = 2 ** Math.ceil(Math.log2(Math.max(1, size)));
    this.best = new Float64Array(2 * this.leaves).fill(-Infinity);
    this.cpuMillis = new Float64Array(2 * this.leaves).fill(-1);
    this.memoryMiB = new Float64Array(2 * this.leaves).fill(-1);
    this.pods = new Float64Array(2 * this.leaves);
  }

  get bestScore(): number {
    return this.best[1] ?? -Infinity;
  }

  set(leaf: number, score: number, cpuMillis: number, memoryMiB: number, pods: number): void {
    let at = this.leaves + leaf;
    this.best[at] = score;
    this.cpuMillis[at] = cpuMillis;
    this.memoryMiB[at] = memoryMiB;
    this.pods[at] = pods;
    for (at >>= 1; at >= 1; at >>= 1) {
      for (const values of [this.best, this.cpuMillis, this.memoryMiB, this.pods]) {
        values[at] = Math.max(values[2 * at] ?? 0, values[2 * at + 1] ?? 0);
      }
    }
  }

  score(leaf: number): number {
    return this.best[this.leaves + leaf] ?? -Infinity;
  }

  /** The leaf with the highest score above the bound that has the room and is accepted; -1 when there is none. */
  search(cpuMillis: number, memoryMiB: number, bound: number, accepts: (leaf: number) => boolean): number {
    return this.below(1, cpuMillis, memoryMiB, bound, accepts);
  }

  private below(
    at: number,
    cpuMillis: number,
    memoryMiB: number,
    bound: number,
    accepts: (leaf: number) => boolean,
  ): number {
    this.visits++;
    const full =
      (this.pods[at] ?? 0) < 1 ||
      (cpuMillis > 0 && cpuMillis > (this.cpuMillis[at] ?? 0)) ||
      (memoryMiB > 0 && memoryMiB > (this.memoryMiB[at] ?? 0));
    if (full || (this.best[at] ?? -Infinity) <= bound) return -1;
    if (at >= this.leaves) return accepts(at - this.leaves) ? at - this.leaves : -1;
    const left = 2 * at;
    const first = (this.best[left] ?? 0) >= (this.best[left + 1] ?? 0) ? left : left + 1;
    const found = this.below(first, cpuMillis, memoryMiB, bound, accepts);
    const other = this.below(first ^ 1, cpuMillis, memoryMiB, found < 0 ? bound : this.score(found), accepts);
    return other >= 0 ? other : found;
  }
}
