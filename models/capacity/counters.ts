import type { Topology } from "./topology";

/** How many pods that match a term run in each domain of a topology. */
export class MatchCounter {
  private readonly counts = new Map<number, number>();
  private total = 0;
  constructor(readonly topology: Topology) {}

  add(node: number, delta: number): void {
    const domain = this.topology.domainOfNode[node] ?? -1;
    if (domain < 0) return;
    this.total += delta;
    this.counts.set(domain, (this.counts.get(domain) ?? 0) + delta);
  }
  at(node: number): number {
    return this.counts.get(this.topology.domainOfNode[node] ?? -1) ?? 0;
  }
  get empty(): boolean {
    return this.total === 0;
  }
  clear(): void {
    this.counts.clear();
    this.total = 0;
  }
}

/**
 * As MatchCounter, over the domains that count for one spread constraint, with the smallest count kept at hand.
 * The smallest count is read from a histogram of the counts: each change costs O(1).
 */
export class SpreadCounter {
  private readonly counts: Int32Array;
  private readonly isDomain: Uint8Array;
  private readonly domains: number;
  private histogram = new Map<number, number>();
  private smallest = 0;

  /** @param countsOn whether a node of this group is considered at all (inclusion policies, all topology keys present) */
  constructor(readonly topology: Topology, private readonly groupOf: Int32Array, private readonly countsOn: readonly boolean[]) {
    this.counts = new Int32Array(topology.values.length);
    this.isDomain = new Uint8Array(topology.values.length);
    topology.domainOfNode.forEach((domain, node) => {
      if (domain >= 0 && this.counted(node)) this.isDomain[domain] = 1;
    });
    this.domains = this.isDomain.reduce((sum, one) => sum + one, 0);
    this.clear();
  }

  private counted(node: number): boolean {
    return this.countsOn[this.groupOf[node] ?? -1] === true;
  }

  add(node: number, delta: number): void {
    const domain = this.topology.domainOfNode[node] ?? -1;
    if (domain < 0 || !this.counted(node)) return;
    const before = this.counts[domain] ?? 0;
    const after = before + delta;
    this.counts[domain] = after;
    const left = (this.histogram.get(before) ?? 0) - 1;
    this.histogram.set(before, left);
    this.histogram.set(after, (this.histogram.get(after) ?? 0) + 1);
    if (after < this.smallest) this.smallest = after;
    else if (before === this.smallest && left === 0) this.smallest = after;
  }

  at(node: number): number {
    return this.counts[this.topology.domainOfNode[node] ?? -1] ?? 0;
  }

  /** The global minimum, which is 0 while there are fewer domains than minDomains. */
  minimum(minDomains: number): number {
    return this.domains < minDomains ? 0 : this.smallest;
  }

  clear(): void {
    this.counts.fill(0);
    this.histogram = new Map([[0, this.domains]]);
    this.smallest = 0;
  }
}
