import type { PodClass } from "./classes";
import { untoleratedPreferences } from "./selectors";
import type { ClusterState } from "./state";
import { HOSTNAME_LABEL } from "./types";

/**
 * The scores of the default scheduler's plugins, as far as they decide which nodes fill up first. Each plugin gives 0 to
 * 100, times its weight: LeastAllocated and BalancedAllocation 1, PodTopologySpread and InterPodAffinity 2, TaintToleration 3.
 * Source: pkg/scheduler/framework/plugins and apis/config/v1/default_plugins.go, Kubernetes 1.36.3, read 2026-11-21.
 */
export function schedulerScores(state: ClusterState, pods: PodClass, feasible: readonly number[]): number[] {
  const spread = spreading(pods, feasible);
  const company = companyOf(pods, feasible);
  const taints = preferences(state, pods, feasible);
  return feasible.map((node, at) =>
    allocation(state, pods, node) + 2 * (spread[at] ?? 0) + 2 * (company[at] ?? 0) + 3 * (taints[at] ?? 0));
}

export const share = (amount: number | undefined, of: number): number => (of === 0 ? 0 : (amount ?? 0) / of);

/** The mean free share of CPU and memory once the pod is there. */
export function leastAllocated(state: ClusterState, pods: PodClass, node: number): number {
  const size = state.nodes.node(node).allocatable;
  const cpu = share((state.freeCpuMillis[node] ?? 0) - pods.cpuMillis, size.cpuMillis);
  const memory = share((state.freeMemoryMiB[node] ?? 0) - pods.memoryMiB, size.memoryMiB);
  return least(cpu, memory);
}

const least = (cpu: number, memory: number): number => Math.trunc((Math.trunc(Math.max(0, cpu) * 100) + Math.trunc(Math.max(0, memory) * 100)) / 2);
const balance = (cpu: number, memory: number): number => Math.trunc((1 - Math.abs(cpu - memory) / 2) * 100);

/** LeastAllocated, and BalancedAllocation: by how much the pod brings the shares of CPU and memory nearer to each other. */
function allocation(state: ClusterState, pods: PodClass, node: number): number {
  const size = state.nodes.node(node).allocatable;
  const cpuBefore = share(state.freeCpuMillis[node], size.cpuMillis);
  const memoryBefore = share(state.freeMemoryMiB[node], size.memoryMiB);
  const cpu = cpuBefore - share(pods.cpuMillis, size.cpuMillis);
  const memory = memoryBefore - share(pods.memoryMiB, size.memoryMiB);
  return least(cpu, memory) + 50 + Math.trunc((50 + balance(cpu, memory) - balance(cpuBefore, memoryBefore)) / 2);
}

function spreading(pods: PodClass, feasible: readonly number[]): number[] {
  const rules = pods.softSpread;
  if (rules.length === 0) return [];
  const weights = rules.map(({ counter: { topology } }) => {
    const domains = new Set(feasible.map((node) => topology.domainOfNode[node] ?? -1).filter((domain) => domain >= 0));
    return Math.log((topology.key === HOSTNAME_LABEL ? feasible.length : domains.size) + 2);
  });
  const raw = feasible.map((node) => Math.round(rules.reduce((sum, { counter, maxSkew }, at) =>
    sum + ((counter.topology.domainOfNode[node] ?? -1) < 0 ? 0 : counter.at(node) * (weights[at] ?? 0) + maxSkew - 1), 0)));
  const [least, most] = [Math.min(...raw), Math.max(...raw)];
  return raw.map((score) => (most === 0 ? 100 : Math.trunc((100 * (most + least - score)) / most)));
}

/** Required affinity of pods that run draws those that it means (hardPodAffinityWeight 1). */
function companyOf(pods: PodClass, feasible: readonly number[]): number[] {
  const drawing = pods.drawnBy.filter((counter) => !counter.empty);
  if (drawing.length === 0) return [];
  const raw = feasible.map((node) => drawing.reduce((sum, counter) => sum + counter.at(node), 0));
  const [least, most] = [Math.min(...raw), Math.max(...raw)];
  return raw.map((score) => (most === least ? 0 : Math.trunc((100 * (score - least)) / (most - least))));
}

function preferences(state: ClusterState, pods: PodClass, feasible: readonly number[]): number[] {
  const tainted = (node: number): boolean => (state.nodes.node(node).taints ?? []).length > 0;
  if (!feasible.some(tainted)) return [];
  const raw = feasible.map((node) => untoleratedPreferences(pods.pod.tolerations ?? [], state.nodes.node(node).taints ?? []));
  const most = Math.max(...raw);
  return most === 0 ? [] : raw.map((count) => 100 - Math.trunc((100 * count) / most));
}
