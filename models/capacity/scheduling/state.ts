import { REASON, laterPermanentReason, permanentReason } from "./classes";
import type { PodClass } from "./classes";
import type { MatchCounter, SpreadCounter } from "./counters";
import type { NodeIndex } from "./topology";
import type { HostPort } from "../types";

/** What runs where, and what is left: the scheduler's filters over it. */
export class ClusterState {
  readonly freeCpuMillis: Float64Array;
  readonly freeMemoryMiB: Float64Array;
  readonly freePods: Float64Array;
  readonly sizeCpuMillis: Float64Array;
  readonly sizeMemoryMiB: Float64Array;
  private readonly freeStorageMiB: Float64Array;
  private readonly freeVolumes: Float64Array;
  private readonly freeExtended = new Map<string, Float64Array>();
  private readonly ports = new Map<number, HostPort[]>();
  /** For each node the classes of its pods, one entry a pod, in the order of their start. */
  private readonly running: number[][];
  private lowestPriority = Infinity;

  constructor(
    readonly nodes: NodeIndex,
    readonly classes: readonly PodClass[],
  ) {
    const { sizes } = nodes;
    this.sizeCpuMillis = sizes.cpuMillis;
    this.sizeMemoryMiB = sizes.memoryMiB;
    this.freeCpuMillis = sizes.cpuMillis.slice();
    this.freeMemoryMiB = sizes.memoryMiB.slice();
    this.freePods = sizes.pods.slice();
    this.freeStorageMiB = sizes.storageMiB.slice();
    this.freeVolumes = sizes.volumes.slice();
    for (const pods of classes) {
      for (const [name] of pods.extended) {
        if (!this.freeExtended.has(name))
          this.freeExtended.set(
            name,
            Float64Array.from(nodes.nodes, ({ allocatable }) => allocatable.extended?.[name] ?? 0),
          );
      }
    }
    this.running = nodes.nodes.map(() => []);
    for (const counter of countersOf(classes)) counter.clear();
  }

  podClass(index: number): PodClass {
    const pods = this.classes[index];
    if (pods === undefined) throw new RangeError(`no pod class ${index} of ${this.classes.length}`);
    return pods;
  }

  /** Whether a pod of at most this priority may be running: preemption is pointless otherwise. */
  hasBelow(priority: number): boolean {
    return this.lowestPriority < priority;
  }

  /** The classes of the pods on the node, one entry a pod, the longest running first. */
  runningOn(node: number): readonly number[] {
    return [...(this.running[node] ?? [])];
  }

  /** For pods that were taken off only to see what would be: as if they had never gone. */
  startedInOrder(node: number, classes: readonly number[]): void {
    this.running[node] = [...classes];
  }

  place(pods: PodClass, node: number): void {
    this.change(pods, node, 1);
    this.running[node]?.push(pods.index);
    this.lowestPriority = Math.min(this.lowestPriority, pods.priority);
    if (pods.ports.length > 0) this.ports.set(node, [...(this.ports.get(node) ?? []), ...pods.ports]);
  }

  remove(pods: PodClass, node: number): void {
    const list = this.running[node] ?? [];
    const at = list.lastIndexOf(pods.index);
    if (at < 0) throw new RangeError(`no pod of ${pods.workload} on node ${this.nodes.node(node).name}`);
    list.splice(at, 1);
    this.change(pods, node, -1);
    if (pods.ports.length > 0)
      this.ports.set(
        node,
        list.flatMap((index) => this.podClass(index).ports),
      );
  }

  private change(pods: PodClass, node: number, sign: 1 | -1): void {
    take(this.freeCpuMillis, node, sign * pods.cpuMillis);
    take(this.freeMemoryMiB, node, sign * pods.memoryMiB);
    take(this.freePods, node, sign);
    if (pods.storageMiB > 0) take(this.freeStorageMiB, node, sign * pods.storageMiB);
    if (pods.volumes > 0) take(this.freeVolumes, node, sign * pods.volumes);
    for (const [name, amount] of pods.extended) {
      const free = this.freeExtended.get(name);
      if (free !== undefined) take(free, node, sign * amount);
    }
    for (const counter of pods.raises) counter.add(node, sign);
  }

  /** Every filter that can change, for a node of a group in pods.groups; perNode as for agrees. */
  fits(pods: PodClass, node: number, perNode?: boolean): boolean {
    return (
      this.hasRoom(pods, node) &&
      (pods.ports.length === 0 || this.portsFree(pods, node)) &&
      this.agrees(pods, node, perNode)
    );
  }

  private hasRoom(pods: PodClass, node: number): boolean {
    return (
      lacksNone(this.freePods, node, 1) &&
      lacksNone(this.freeCpuMillis, node, pods.cpuMillis) &&
      lacksNone(this.freeMemoryMiB, node, pods.memoryMiB) &&
      lacksNone(this.freeStorageMiB, node, pods.storageMiB) &&
      lacksNone(this.freeVolumes, node, pods.volumes) &&
      pods.extended.every(([name, amount]) => (this.freeExtended.get(name)?.[node] ?? 0) >= amount)
    );
  }

  private portsFree(pods: PodClass, node: number): boolean {
    const taken = this.ports.get(node);
    return taken === undefined || !pods.ports.some((port) => taken.some((other) => samePort(port, other)));
  }

  /** The rules between pods: those of one kind of topology (hostnames or shared domains), or all of them. */
  agrees(pods: PodClass, node: number, perNode: boolean | undefined): boolean {
    return this.disagreement(pods, node, perNode) === undefined;
  }

  private disagreement(pods: PodClass, node: number, perNode: boolean | undefined): string | undefined {
    for (const { counter, self, maxSkew, minDomains } of pods.spread) {
      if (perNode !== undefined && counter.topology.perNode !== perNode) continue;
      if (counter.at(node) + self - counter.minimum(minDomains) > maxSkew) return REASON.spread;
    }
    if (perNode !== false && pods.affinity.length > 0 && !this.affine(pods, node)) return REASON.affinity;
    for (const counter of pods.antiAffinity) {
      if ((perNode === undefined || counter.topology.perNode === perNode) && counter.at(node) > 0)
        return REASON.antiAffinity;
    }
    for (const counter of pods.keptAwayBy) {
      if ((perNode === undefined || counter.topology.perNode === perNode) && counter.at(node) > 0)
        return REASON.existingAntiAffinity;
    }
    return undefined;
  }

  /** The first pod of a series that wants its own company may start anywhere that has the topologies. */
  private affine(pods: PodClass, node: number): boolean {
    if (pods.affinity.some((counter) => (counter.topology.domainOfNode[node] ?? -1) < 0)) return false;
    if (pods.affinity.every((counter) => counter.at(node) > 0)) return true;
    return pods.affinityToSelf && pods.affinity.every((counter) => counter.empty);
  }

  /** Why the node does not take the pod now: the first filter that refuses, in the scheduler's order. Empty: it does. */
  reasons(pods: PodClass, node: number): string[] {
    const group = this.nodes.groups[this.nodes.groupOf[node] ?? 0];
    if (group === undefined) return [];
    const never = permanentReason(pods, group);
    if (never !== undefined) return [never];
    if (pods.ports.length > 0 && !this.portsFree(pods, node)) return [REASON.ports];
    const lacking = this.lacking(pods, node);
    if (lacking.length > 0) return lacking;
    if ((this.freeVolumes[node] ?? 0) < pods.volumes) return [REASON.volumeLimit];
    const later = laterPermanentReason(pods, group) ?? this.disagreement(pods, node, undefined);
    return later === undefined ? [] : [later];
  }

  private lacking(pods: PodClass, node: number): string[] {
    return [
      ...((this.freePods[node] ?? 0) < 1 ? [REASON.slots] : []),
      ...(lacksNone(this.freeCpuMillis, node, pods.cpuMillis) ? [] : ["Insufficient cpu"]),
      ...(lacksNone(this.freeMemoryMiB, node, pods.memoryMiB) ? [] : ["Insufficient memory"]),
      ...(lacksNone(this.freeStorageMiB, node, pods.storageMiB) ? [] : ["Insufficient ephemeral-storage"]),
      ...pods.extended
        .filter(([name, amount]) => (this.freeExtended.get(name)?.[node] ?? 0) < amount)
        .map(([name]) => `Insufficient ${name}`),
    ];
  }
}

/** Every counter of the classes once; the states of one packing share them. */
const known = new WeakMap<readonly PodClass[], ReadonlySet<MatchCounter | SpreadCounter>>();
function countersOf(classes: readonly PodClass[]): ReadonlySet<MatchCounter | SpreadCounter> {
  const found =
    known.get(classes) ??
    new Set(
      classes.flatMap((pods) => [
        ...pods.raises,
        ...pods.antiAffinity,
        ...pods.affinity,
        ...pods.keptAwayBy,
        ...pods.drawnBy,
        ...[...pods.spread, ...pods.softSpread].map(({ counter }) => counter),
      ]),
    );
  known.set(classes, found);
  return found;
}

const take = (free: Float64Array, node: number, amount: number): void => {
  free[node] = (free[node] ?? 0) - amount;
};
const lacksNone = (free: Float64Array, node: number, amount: number): boolean =>
  amount === 0 || amount <= (free[node] ?? 0);

const WILDCARD = "0.0.0.0";
function samePort(a: HostPort, b: HostPort): boolean {
  if (a.port !== b.port || (a.protocol ?? "TCP") !== (b.protocol ?? "TCP")) return false;
  const [x, y] = [a.hostIP ?? WILDCARD, b.hostIP ?? WILDCARD];
  return x === y || x === WILDCARD || y === WILDCARD;
}
