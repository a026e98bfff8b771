import type { PodClass } from "./classes";
import type { ClusterState } from "./state";
import type { Topology } from "./topology";
import { HOSTNAME_LABEL } from "../types";

export const share = (amount: number, of: number): number => (of === 0 ? 0 : amount / of);
const least = (cpu: number, memory: number): number =>
  Math.trunc((Math.trunc(Math.max(0, cpu) * 100) + Math.trunc(Math.max(0, memory) * 100)) / 2);
const balance = (cpu: number, memory: number): number => Math.trunc((1 - Math.abs(cpu - memory) / 2) * 100);

/**
 * The scores of the default scheduler's plugins, as far as they decide which nodes fill up first. Each plugin gives 0 to
 * 100, times its weight: LeastAllocated and BalancedAllocation 1, PodTopologySpread and InterPodAffinity 2, TaintToleration 3.
 * Plain loops over buffers that are used again: most of a packing's time goes here.
 * Source: pkg/scheduler/framework/plugins and apis/config/v1/default_plugins.go, Kubernetes 1.36.3, read 2026-11-21.
 */
export class Scorer {
  /** Scores of the nodes that were asked for last, in their order. */
  readonly scores: Float64Array;
  private readonly raw: Float64Array;

  constructor(private readonly state: ClusterState) {
    this.scores = new Float64Array(state.nodes.nodes.length);
    this.raw = new Float64Array(state.nodes.nodes.length);
  }

  /** As the default scheduler, for the first `count` nodes of the list. */
  spread(pods: PodClass, nodes: Int32Array, count: number): void {
    for (let at = 0; at < count; at++) this.scores[at] = this.allocation(pods, nodes[at] ?? 0);
    this.spreading(pods, nodes, count);
    this.company(pods, nodes, count);
    this.dislikes(pods, nodes, count);
  }

  /** The fullest node first. */
  pack(pods: PodClass, nodes: Int32Array, count: number): void {
    const { freeCpuMillis, freeMemoryMiB, sizeCpuMillis, sizeMemoryMiB } = this.state;
    for (let at = 0; at < count; at++) {
      const node = nodes[at] ?? 0;
      this.scores[at] = -least(
        share((freeCpuMillis[node] ?? 0) - pods.cpuMillis, sizeCpuMillis[node] ?? 0),
        share((freeMemoryMiB[node] ?? 0) - pods.memoryMiB, sizeMemoryMiB[node] ?? 0),
      );
    }
  }

  /** LeastAllocated, and BalancedAllocation: by how much the pod brings the shares of CPU and memory nearer to each other. */
  private allocation(pods: PodClass, node: number): number {
    const { freeCpuMillis, freeMemoryMiB, sizeCpuMillis, sizeMemoryMiB } = this.state;
    const [cpuSize, memorySize] = [sizeCpuMillis[node] ?? 0, sizeMemoryMiB[node] ?? 0];
    const cpuBefore = share(freeCpuMillis[node] ?? 0, cpuSize);
    const memoryBefore = share(freeMemoryMiB[node] ?? 0, memorySize);
    const cpu = cpuBefore - share(pods.cpuMillis, cpuSize);
    const memory = memoryBefore - share(pods.memoryMiB, memorySize);
    return least(cpu, memory) + 50 + Math.trunc((50 + balance(cpu, memory) - balance(cpuBefore, memoryBefore)) / 2);
  }

  private spreading(pods: PodClass, nodes: Int32Array, count: number): void {
    if (pods.softSpread.length === 0) return;
    const { raw, scores } = this;
    raw.fill(0, 0, count);
    for (const { counter, maxSkew } of pods.softSpread) {
      const { domainOfNode } = counter.topology;
      const weight = Math.log(domainsAmong(nodes, count, counter.topology) + 2);
      for (let at = 0; at < count; at++) {
        const node = nodes[at] ?? 0;
        if ((domainOfNode[node] ?? -1) >= 0) raw[at] = (raw[at] ?? 0) + counter.at(node) * weight + maxSkew - 1;
      }
    }
    for (let at = 0; at < count; at++) raw[at] = Math.round(raw[at] ?? 0);
    const [low, most] = [this.lowest(count), this.highest(count)];
    for (let at = 0; at < count; at++)
      scores[at] =
        (scores[at] ?? 0) + 2 * (most === 0 ? 100 : Math.trunc((100 * (most + low - (raw[at] ?? 0))) / most));
  }

  /** Required affinity of pods that run draws those that it means (hardPodAffinityWeight 1). */
  private company(pods: PodClass, nodes: Int32Array, count: number): void {
    if (pods.drawnBy.every((counter) => counter.empty)) return;
    const { raw, scores } = this;
    raw.fill(0, 0, count);
    for (const counter of pods.drawnBy) {
      for (let at = 0; at < count; at++) raw[at] = (raw[at] ?? 0) + counter.at(nodes[at] ?? 0);
    }
    const [low, most] = [this.lowest(count), this.highest(count)];
    if (most === low) return;
    for (let at = 0; at < count; at++)
      scores[at] = (scores[at] ?? 0) + 2 * Math.trunc((100 * ((raw[at] ?? 0) - low)) / (most - low));
  }

  /** PreferNoSchedule taints that the pod does not tolerate. */
  private dislikes(pods: PodClass, nodes: Int32Array, count: number): void {
    if (pods.dislikes.length === 0) return;
    const { raw, scores } = this;
    const { groupOf } = this.state.nodes;
    for (let at = 0; at < count; at++) raw[at] = pods.dislikes[groupOf[nodes[at] ?? 0] ?? 0] ?? 0;
    const most = this.highest(count);
    if (most === 0) return;
    for (let at = 0; at < count; at++)
      scores[at] = (scores[at] ?? 0) + 3 * (100 - Math.trunc((100 * (raw[at] ?? 0)) / most));
  }

  private lowest(count: number): number {
    let low = Infinity;
    for (let at = 0; at < count; at++) low = Math.min(low, this.raw[at] ?? 0);
    return low;
  }

  private highest(count: number): number {
    let most = -Infinity;
    for (let at = 0; at < count; at++) most = Math.max(most, this.raw[at] ?? 0);
    return most;
  }
}

function domainsAmong(nodes: Int32Array, count: number, { key, domainOfNode, values }: Topology): number {
  if (key === HOSTNAME_LABEL) return count;
  const seen = new Uint8Array(values.length);
  let domains = 0;
  for (let at = 0; at < count; at++) {
    const domain = domainOfNode[nodes[at] ?? 0] ?? -1;
    if (domain < 0 || seen[domain] === 1) continue;
    seen[domain] = 1;
    domains++;
  }
  return domains;
}
