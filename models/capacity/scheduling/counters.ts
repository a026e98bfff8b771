import type { NodeGroup, Topology } from "./topology";

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

/** The domains that count for a spread constraint: those of the nodes that it considers at all. */
export class SpreadDomains {
  /** The domain of each node; -1: the node does not count. */
  readonly domainOfNode: Int32Array;
  /** How many there are. */
  readonly size: number;

  /** @param counts whether the nodes of a group are considered (inclusion policies, all topology keys present) */
  constructor(
    readonly topology: Topology,
    groups: readonly NodeGroup[],
    counts: (group: NodeGroup) => boolean,
  ) {
    this.domainOfNode = new Int32Array(topology.domainOfNode.length).fill(-1);
    const seen = new Set<number>();
    for (const group of groups.filter(counts)) {
      for (const node of group.members) {
        const domain = topology.domainOfNode[node] ?? -1;
        this.domainOfNode[node] = domain;
        if (domain >= 0) seen.add(domain);
      }
    }
    this.size = seen.size;
  }
}

/**
 * As MatchCounter, over the domains that count for one spread constraint, with the smallest count kept at hand.
 * The smallest count is read from a histogram of the counts: each change costs O(1).
 */
export class SpreadCounter {
  readonly topology: Topology;
  private readonly counts: Int32Array;
  private histogram = new Map<number, number>();
  private smallest = 0;

  constructor(private readonly domains: SpreadDomains) {
    this.topology = domains.topology;
    this.counts = new Int32Array(this.topology.values.length);
    this.clear();
  }

  add(node: number, delta: number): void {
    const domain = this.domains.domainOfNode[node] ?? -1;
    if (domain < 0) return;
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
    return this.domains.size < minDomains ? 0 : this.smallest;
  }

  clear(): void {
    this.counts.fill(0);
    this.histogram = new Map([[0, this.domains.size]]);
    this.smallest = 0;
  }
}
