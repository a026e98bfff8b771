import { allocatableOf, podAddresses } from "./allocatable";
import type { NodeSetup } from "./allocatable";
import type { NamespaceLabels } from "../scheduling/pod-rules";
import { HOSTNAME_LABEL, ZONE_LABEL } from "../types";
import type { Allocatable, ClusterNode, DaemonSet, Labels, NodeType, PodSet, PodTemplate, Taint } from "../types";

/** A node group. Its nodes are spread evenly over its zones, as an Auto Scaling group does. */
export interface Pool {
  readonly name: string;
  /** Names in CapacityCluster.types. With several, every node is taken to be as small as the smallest in each resource. */
  readonly instanceTypes: readonly string[];
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly zones: readonly string[];
  readonly labels?: Labels;
  readonly taints?: readonly Taint[];
  readonly setup?: NodeSetup;
  /**
   * What happens to the nodes of a zone that fails. "lost": nothing replaces them; "replaced": the group starts as many in
   * its other zones. @default "lost" - in a zone failure everybody asks the other zones for instances
   */
  readonly onZoneLoss?: "lost" | "replaced";
}

/** A Deployment, StatefulSet or the like, or Jobs of one kind (minReplicas 0, maxReplicas: as many pods as may run together). */
export interface Workload {
  /** For example "shop/Deployment/api"; unique in the cluster. */
  readonly workload: string;
  readonly pod: PodTemplate;
  /** HPA minimum, or the fixed number of replicas. */
  readonly minReplicas: number;
  /** HPA maximum, or the fixed number of replicas. */
  readonly maxReplicas: number;
  /** Pods beyond the replicas during a rollout: a number, or a share such as "25%" (rounded up, as for maxSurge). @default 0 */
  readonly surge?: number | string;
  /** It may stay pending without harm. @default false */
  readonly expendable?: boolean;
  /** From eviction to the end of the process, at most. @default 30 - as in the API */
  readonly terminationGraceSeconds?: number;
  /** From the choice of a node to Ready: image, start, probes. @default 30 */
  readonly readySeconds?: number;
  /**
   * When the controller starts the next pod: "atOnce" (Deployment), "afterTermination" (StatefulSet, whose pods keep their
   * names), "never" (a bare pod). @default "atOnce"
   */
  readonly replacement?: "atOnce" | "afterTermination" | "never";
}

export interface Subnet {
  readonly name: string;
  readonly zone: string;
  /** 16 to 28, as AWS allows. */
  readonly prefixLength: number;
  /** Addresses taken by anything but nodes and pods: load balancers, endpoints, the control plane. @default 0 */
  readonly otherAddresses?: number;
}

export interface CapacityCluster {
  /** Every known instance type; those beside the pools' own are tried as a fix. */
  readonly types: readonly NodeType[];
  readonly pools: readonly Pool[];
  readonly workloads: readonly Workload[];
  readonly daemonSets?: readonly DaemonSet[];
  /** Subnets of the nodes. @default not judged */
  readonly subnets?: readonly Subnet[];
  readonly namespaces?: NamespaceLabels;
}

/**
 * An absolute number, or a percentage of the replicas rounded up. Source: GetScaledValueFromIntOrPercent, apimachinery.
 * @throws RangeError for anything else, and for negative values
 */
export function scaled(value: number | string, replicas: number, what: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  const percent = typeof value === "string" ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  if (percent === undefined)
    throw new RangeError(
      `${what} is ${JSON.stringify(value)}; it must be an integer from 0, or a percentage such as "25%"`,
    );
  return Math.ceil((Number(percent) * replicas) / 100);
}

/** Pods of the workload at its maximum while it is rolled out. */
export const peakPods = (workload: Workload): number =>
  workload.maxReplicas + scaled(workload.surge ?? 0, workload.maxReplicas, `surge of ${workload.workload}`);

export const podSetsAt = (
  workloads: readonly Workload[],
  pods: (workload: Workload) => number,
): (PodSet & { expendable: boolean })[] =>
  workloads.map((one) => ({
    workload: one.workload,
    pod: one.pod,
    count: pods(one),
    expendable: one.expendable ?? false,
  }));

/** Instance types that pools name and the catalogue lacks, sorted. */
export function unknownTypes(cluster: CapacityCluster): string[] {
  const known = new Set(cluster.types.map(({ name }) => name));
  return [...new Set(cluster.pools.flatMap((pool) => pool.instanceTypes))].filter((name) => !known.has(name)).sort();
}

/** Nodes beyond which Kubernetes itself gives no promise, five times over. Source: Kubernetes, "Considerations for large clusters", read 2026-11-21. */
const MOST_NODES = 25_000;

/**
 * Why the cluster cannot be judged at all; undefined when it can.
 * @throws RangeError for a number of nodes or replicas that nothing can have
 */
export function unjudged(cluster: CapacityCluster): string | undefined {
  const whole = (amount: number, what: string): void => {
    if (!Number.isSafeInteger(amount) || amount < 0)
      throw new RangeError(`${what} is ${amount}; it must be an integer from 0`);
  };
  for (const { name, minNodes, maxNodes } of cluster.pools) {
    whole(minNodes, `minNodes of pool ${name}`);
    whole(maxNodes, `maxNodes of pool ${name}`);
  }
  for (const { workload, minReplicas, maxReplicas } of cluster.workloads) {
    whole(minReplicas, `minReplicas of ${workload}`);
    whole(maxReplicas, `maxReplicas of ${workload}`);
  }
  const unknown = unknownTypes(cluster);
  if (unknown.length > 0)
    return `the facts of instance type ${unknown.join(", ")} are not known; add them to the catalogue`;
  const nodes = cluster.pools.reduce((sum, { minNodes, maxNodes }) => sum + Math.max(minNodes, maxNodes), 0);
  return nodes > MOST_NODES
    ? `the pools have ${nodes} nodes at their maximum, and a Kubernetes cluster is built for 5000; lower maxNodes`
    : undefined;
}

/** @throws RangeError when a type is unknown or the pool names none */
export function typesOf(pool: Pool, types: readonly NodeType[]): NodeType[] {
  if (pool.instanceTypes.length === 0)
    throw new RangeError(`pool ${pool.name} names no instance type; name at least one`);
  return pool.instanceTypes.map((name) => {
    const type = types.find((one) => one.name === name);
    if (type === undefined)
      throw new RangeError(
        `pool ${pool.name}: instance type ${name} is unknown; add its facts to the catalogue, or use one of ${types
          .map((one) => one.name)
          .sort()
          .join(", ")}`,
      );
    return type;
  });
}

/** What every node of the pool has at least, whichever of its types it is. */
export function poolAllocatable(pool: Pool, types: readonly NodeType[]): Allocatable {
  const sizes = typesOf(pool, types).map((type) => allocatableOf(type, pool.setup));
  const least = (amount: (size: Allocatable) => number): number => Math.min(...sizes.map(amount));
  const extended = Object.keys(sizes[0]?.extended ?? {}).sort();
  return {
    cpuMillis: least((size) => size.cpuMillis),
    memoryMiB: least((size) => size.memoryMiB),
    pods: least((size) => size.pods),
    attachableVolumes: least((size) => size.attachableVolumes ?? Infinity),
    ...(pool.setup?.ephemeralStorageMiB === undefined
      ? {}
      : { ephemeralStorageMiB: least((size) => size.ephemeralStorageMiB ?? Infinity) }),
    ...(extended.length === 0
      ? {}
      : { extended: Object.fromEntries(extended.map((name) => [name, least((size) => size.extended?.[name] ?? 0)])) }),
  };
}

/** Addresses for pods that every node of the pool has at least. */
export const poolAddresses = (pool: Pool, types: readonly NodeType[]): number =>
  Math.min(...typesOf(pool, types).map((type) => podAddresses(type, pool.setup?.prefixDelegation)));

/** Zones of the pool in which nodes can start: with subnets given, those that have one. */
export function usableZones(pool: Pool, subnets: readonly Subnet[] | undefined): string[] {
  const zones = [...new Set(pool.zones)].sort();
  return subnets === undefined ? zones : zones.filter((zone) => subnets.some((subnet) => subnet.zone === zone));
}

/** So many nodes of the pool, spread evenly over the zones (none without a zone). */
export function nodesOf(
  pool: Pool,
  count: number,
  zones: readonly string[],
  types: readonly NodeType[],
): ClusterNode[] {
  if (zones.length === 0 || count === 0) return [];
  const own = typesOf(pool, types);
  const allocatable = poolAllocatable(pool, types);
  return Array.from({ length: count }, (_, at) => {
    const zone = zones[at % zones.length] ?? "";
    const name = `${pool.name}-${zone}-${String(Math.floor(at / zones.length) + 1).padStart(4, "0")}`;
    const single: Labels = own.length === 1 ? { "node.kubernetes.io/instance-type": own[0]?.name ?? "" } : {};
    return {
      name,
      pool: pool.name,
      allocatable,
      taints: pool.taints ?? [],
      labels: {
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": own[0]?.architecture ?? "amd64",
        "eks.amazonaws.com/nodegroup": pool.name,
        ...single,
        ...pool.labels,
        [HOSTNAME_LABEL]: name,
        [ZONE_LABEL]: zone,
      },
    };
  });
}

/** The pools at their maximum, whole or after the loss of a zone. */
export function nodesAtMaximum(cluster: CapacityCluster, lostZone?: string): ClusterNode[] {
  return cluster.pools.flatMap((pool) => {
    const zones = usableZones(pool, cluster.subnets);
    const left = zones.filter((zone) => zone !== lostZone);
    if (pool.onZoneLoss === "replaced") return nodesOf(pool, pool.maxNodes, left, cluster.types);
    return nodesOf(pool, pool.maxNodes, zones, cluster.types).filter((node) => node.labels[ZONE_LABEL] !== lostZone);
  });
}

/**
 * The secondary region while it carries the primary's peak: its own nodes; each workload as the secondary declares it, at the
 * larger maximum of both; the primary's others as they are, their volumes restored in whichever zone there is room.
 */
export function carryingPeakOf(primary: CapacityCluster, secondary: CapacityCluster): CapacityCluster {
  const there = new Map(secondary.workloads.map((one) => [one.workload, one]));
  const moved = primary.workloads.map((one): Workload => {
    const own = there.get(one.workload);
    if (own !== undefined) return { ...own, maxReplicas: Math.max(own.maxReplicas, one.maxReplicas) };
    return { ...one, pod: { ...one.pod, volumes: (one.pod.volumes ?? []).map(({ name }) => ({ name })) } };
  });
  const names = new Set(primary.workloads.map((one) => one.workload));
  return {
    ...secondary,
    workloads: [...moved, ...secondary.workloads.filter((one) => !names.has(one.workload))],
    namespaces: { ...primary.namespaces, ...secondary.namespaces },
  };
}
