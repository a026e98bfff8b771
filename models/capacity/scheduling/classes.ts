import type { MatchCounter, SpreadCounter } from "./counters";
import { effectiveRequests } from "../nodes/requests";
import { namedNodes, selectsNode, toleratesNode, untoleratedPreferences } from "./selectors";
import type { NodeGroup, NodeIndex } from "./topology";
import { ZONE_LABEL } from "../types";
import type { ClusterNode, HostPort, PodSet, PodTemplate, Taint } from "../types";

/** What the scheduler says of a node, in its own words (Kubernetes 1.36.3, pkg/scheduler/framework/plugins). */
export const REASON = {
  cordoned: "node(s) were unschedulable",
  /** A node that the pod's node affinity does not name, where it names nodes. */
  notNamed: "node(s) didn't satisfy plugin(s) [NodeAffinity]",
  taint: "node(s) had untolerated taint(s)",
  nodeAffinity: "node(s) didn't match Pod's node affinity/selector",
  ports: "node(s) didn't have free ports for the requested pod ports",
  slots: "Too many pods",
  volumeLimit: "node(s) exceed max volume count",
  volumeZone: "node(s) didn't match PersistentVolume's node affinity",
  volumeBinding: "node(s) didn't find available persistent volumes to bind",
  spread: "node(s) didn't match pod topology spread constraints",
  spreadLabel: "node(s) didn't match pod topology spread constraints (missing required label)",
  affinity: "node(s) didn't match pod affinity rules",
  antiAffinity: "node(s) didn't match pod anti-affinity rules",
  existingAntiAffinity: "node(s) didn't satisfy existing pods anti-affinity rules",
} as const;

export interface SpreadRule {
  readonly counter: SpreadCounter;
  readonly maxSkew: number;
  readonly minDomains: number;
  /** 1 when the pod matches its own selector. */
  readonly self: 0 | 1;
}

export interface SoftSpread {
  readonly counter: SpreadCounter;
  readonly maxSkew: number;
}

/** Pods that are interchangeable, with every rule about them compiled to counters and numbers. */
export interface PodClass {
  readonly index: number;
  readonly workload: string;
  readonly pod: PodTemplate;
  readonly count: number;
  readonly expendable: boolean;
  /** Of a DaemonSet: each of its pods belongs to one node and can run nowhere else. */
  readonly daemon: boolean;
  readonly priority: number;
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly storageMiB: number;
  readonly extended: readonly (readonly [string, number])[];
  readonly volumes: number;
  readonly ports: readonly HostPort[];
  /** Groups whose nodes can hold it by what never changes: taints, node affinity, zones, size of the empty node. */
  readonly groups: readonly number[];
  /** For each group the PreferNoSchedule taints that it does not tolerate; empty when there are none anywhere. */
  readonly dislikes: readonly number[];
  readonly spread: SpreadRule[];
  /** One counter for each required term, of the pods that match all terms. */
  readonly affinity: MatchCounter[];
  affinityToSelf: boolean;
  readonly antiAffinity: MatchCounter[];
  /** Terms of other pods that keep this pod away. */
  readonly keptAwayBy: MatchCounter[];
  /** Required affinity of other pods that means this one: the scheduler then likes to put them together. */
  readonly drawnBy: MatchCounter[];
  /** Spreading that is only preferred: declared, or the scheduler's own for pods that declare none. */
  readonly softSpread: SoftSpread[];
  /** Counters that a pod of this class raises where it runs. */
  readonly raises: (MatchCounter | SpreadCounter)[];
}

/** A class whose placement can depend on where other pods run, beside the room that they take. */
export const dependsOnOthers = (pods: PodClass): boolean =>
  pods.spread.length + pods.affinity.length + pods.antiAffinity.length + pods.keptAwayBy.length + pods.ports.length > 0;

/** Why no node of this group can ever hold the pod; undefined when one can. */
export function permanentReason(pods: Pick<PodClass, "pod">, group: NodeGroup): string | undefined {
  const { sample } = group;
  if (namedNodes(pods.pod)?.has(sample.name) === false) return REASON.notNamed;
  if (sample.unschedulable === true && !toleratesNode(pods.pod.tolerations ?? [], [UNSCHEDULABLE]))
    return REASON.cordoned;
  if (!toleratesNode(pods.pod.tolerations ?? [], sample.taints ?? [])) return REASON.taint;
  if (!selectsNode(pods.pod, sample.labels, sample.name)) return REASON.nodeAffinity;
  return undefined;
}
const UNSCHEDULABLE = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" } as const;

/** The taints of a node with the one that cordoning adds. */
export const taintsOf = (node: ClusterNode): readonly Taint[] =>
  node.unschedulable === true ? [...(node.taints ?? []), UNSCHEDULABLE] : (node.taints ?? []);

/** The filters that the scheduler evaluates after ports and resources, but that do not change either. */
export function laterPermanentReason(pods: Pick<PodClass, "pod">, group: NodeGroup): string | undefined {
  const zone = group.sample.labels[ZONE_LABEL];
  const misplaced = (pods.pod.volumes ?? []).find(
    (volume) => volume.zones !== undefined && (zone === undefined || !volume.zones.includes(zone)),
  );
  if (misplaced !== undefined) return misplaced.unbound === true ? REASON.volumeBinding : REASON.volumeZone;
  const hard = (pods.pod.topologySpread ?? []).filter((constraint) => constraint.whenUnsatisfiable === "DoNotSchedule");
  return hard.some((constraint) => group.sample.labels[constraint.topologyKey] === undefined)
    ? REASON.spreadLabel
    : undefined;
}

function largerThanNode(pods: Omit<PodClass, "groups" | "dislikes">, group: NodeGroup): boolean {
  const size = group.sample.allocatable;
  return (
    size.pods < 1 ||
    pods.cpuMillis > size.cpuMillis ||
    pods.memoryMiB > size.memoryMiB ||
    pods.storageMiB > (size.ephemeralStorageMiB ?? Infinity) ||
    pods.volumes > (size.attachableVolumes ?? Infinity) ||
    pods.extended.some(([name, amount]) => amount > (size.extended?.[name] ?? 0))
  );
}

/** Numbers and permanent rules of one set of pods; the counters are added by linkCounters. */
export function compileClass(
  index: number,
  set: PodSet & { readonly expendable?: boolean; readonly daemon?: boolean },
  nodes: NodeIndex,
): PodClass {
  const requests = effectiveRequests(set.pod);
  const compiled = {
    index,
    workload: set.workload,
    pod: set.pod,
    count: set.count,
    expendable: set.expendable ?? false,
    daemon: set.daemon ?? false,
    priority: set.pod.priority ?? 0,
    cpuMillis: requests.cpuMillis,
    memoryMiB: requests.memoryMiB,
    storageMiB: requests.ephemeralStorageMiB,
    extended: Object.entries(requests.extended).filter(([, amount]) => amount > 0),
    volumes: (set.pod.volumes ?? []).length,
    ports: set.pod.hostPorts ?? [],
    spread: [],
    affinity: [],
    affinityToSelf: false,
    antiAffinity: [],
    keptAwayBy: [],
    drawnBy: [],
    softSpread: [],
    raises: [],
  };
  const groups = nodes.groups.filter(
    (group) =>
      permanentReason(compiled, group) === undefined &&
      laterPermanentReason(compiled, group) === undefined &&
      !largerThanNode(compiled, group),
  );
  const dislikes = nodes.groups.map(({ sample }) =>
    untoleratedPreferences(set.pod.tolerations ?? [], sample.taints ?? []),
  );
  return {
    ...compiled,
    groups: groups.map((group) => group.index),
    dislikes: dislikes.some((count) => count > 0) ? dislikes : [],
  };
}
