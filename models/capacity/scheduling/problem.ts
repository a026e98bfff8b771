import { compileClass, permanentReason } from "./classes";
import type { PodClass } from "./classes";
import { linkCounters } from "./pod-rules";
import type { NamespaceLabels } from "./pod-rules";
import type { Fixed } from "./simulate";
import { ClusterState } from "./state";
import { NodeIndex } from "./topology";
import type { ClusterNode, ContainerRequests, DaemonSet, PodSet, PodTemplate } from "../types";

/** A packing, compiled: nodes in groups, pods in classes, DaemonSet pods on their nodes. */
export interface Problem {
  readonly nodes: NodeIndex;
  /** All classes, those of DaemonSets last. */
  readonly classes: readonly PodClass[];
  /** The classes that the queue places. */
  readonly queued: readonly PodClass[];
  readonly fixed: readonly Fixed[];
  /** DaemonSet pods without room on a node that they should run on. */
  readonly missing: readonly Fixed[];
}

/** What the DaemonSet controller adds to each of its pods. Source: AddOrUpdateDaemonPodTolerations, Kubernetes 1.36. */
const DAEMON_TOLERATIONS = [
  { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute" },
  { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute" },
  { key: "node.kubernetes.io/disk-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/memory-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/pid-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" },
] as const;

type Daemon = PodSet & { readonly daemon: true };
const daemonsKnown = new WeakMap<DaemonSet, Daemon>();

function daemonOf(set: DaemonSet): Daemon {
  const known = daemonsKnown.get(set) ?? {
    ...set,
    count: 0,
    daemon: true,
    pod: { ...set.pod, tolerations: [...(set.pod.tolerations ?? []), ...DAEMON_TOLERATIONS] },
  };
  daemonsKnown.set(set, known);
  return known;
}

const byWorkload = (a: { workload: string }, b: { workload: string }): number =>
  a.workload < b.workload ? -1 : a.workload > b.workload ? 1 : 0;

/** @throws RangeError for a count, size or skew that no cluster can have, naming it */
export function compile(
  nodes: readonly ClusterNode[],
  pods: readonly (PodSet & { readonly expendable?: boolean })[],
  daemonSets: readonly DaemonSet[],
  namespaces: NamespaceLabels,
): Problem {
  check(nodes, pods, daemonSets);
  const daemons = [...daemonSets].sort(byWorkload).map(daemonOf);
  const index = new NodeIndex(
    nodes,
    [...pods, ...daemons].map(({ pod }) => pod),
  );
  const queued = [...pods].sort(byWorkload).map((set, at) => compileClass(at, set, index));
  const daemonClasses = daemons.map((set, at) => compileClass(queued.length + at, set, index));
  const classes = [...queued, ...daemonClasses];
  linkCounters(classes, index, namespaces);
  return { nodes: index, classes, queued, ...settle(index, classes, daemonClasses) };
}

/** DaemonSet pods come with the node, before any other pod; the most important first. */
function settle(
  index: NodeIndex,
  classes: readonly PodClass[],
  daemons: readonly PodClass[],
): Pick<Problem, "fixed" | "missing"> {
  const state = new ClusterState(index, classes);
  const fixed: Fixed[] = [];
  const missing: Fixed[] = [];
  for (const pods of [...daemons].sort((a, b) => b.priority - a.priority || a.index - b.index)) {
    for (const group of index.groups.filter((candidate) => permanentReason(pods, candidate) === undefined)) {
      for (const node of group.members) {
        if (pods.groups.includes(group.index) && state.fits(pods, node)) {
          state.place(pods, node);
          fixed.push({ pods, node });
        } else missing.push({ pods, node });
      }
    }
  }
  return { fixed, missing };
}

function check(nodes: readonly ClusterNode[], pods: readonly PodSet[], daemonSets: readonly DaemonSet[]): void {
  for (const { name, allocatable } of nodes) {
    for (const [resource, amount] of Object.entries(allocatable)) {
      if (typeof amount === "number" && !(amount >= 0))
        throw new RangeError(`node ${name}: allocatable ${resource} is ${amount}; it must be a number from 0`);
    }
  }
  const seen = new Set<string>();
  for (const { workload, pod } of [...pods, ...daemonSets]) {
    if (seen.has(workload))
      throw new RangeError(`workload ${workload} is given twice; add the counts, or give each its own name`);
    seen.add(workload);
    const impossible = podProblem(pod);
    if (impossible !== undefined) throw new RangeError(`workload ${workload}: ${impossible}`);
  }
  for (const { workload, count } of pods) {
    if (!Number.isSafeInteger(count) || count < 0)
      throw new RangeError(`workload ${workload}: count is ${count}; it must be an integer from 0`);
  }
}

/** What of the pod no API server takes; undefined when all of it can be judged. */
export function podProblem(pod: PodTemplate): string | undefined {
  const parts: readonly ContainerRequests[] = [
    ...pod.containers,
    ...(pod.initContainers ?? []),
    { requests: pod.overhead ?? {} },
    { requests: pod.podRequests ?? {} },
  ];
  for (const { requests } of parts) {
    for (const [resource, amount] of [...Object.entries(requests), ...Object.entries(requests.extended ?? {})]) {
      if (typeof amount === "number" && !(amount >= 0 && amount < Infinity)) {
        return `request ${resource} is ${amount}; it must be a number from 0`;
      }
    }
  }
  for (const { maxSkew, minDomains, topologyKey } of pod.topologySpread ?? []) {
    if (!Number.isSafeInteger(maxSkew) || maxSkew < 1)
      return `maxSkew over ${topologyKey} is ${maxSkew}; the API server takes integers from 1`;
    if (minDomains !== undefined && (!Number.isSafeInteger(minDomains) || minDomains < 1)) {
      return `minDomains over ${topologyKey} is ${minDomains}; the API server takes integers from 1`;
    }
  }
  return undefined;
}
