import { poolAddresses, typesOf } from "./cluster";
import type { CapacityCluster, Pool, Subnet } from "./cluster";
import type { Packing } from "../scheduling/pack";
import type { NodeUse } from "../scheduling/placement-counts";
import type { NodeType } from "../types";

/** Addresses of the subnets of one zone, at the end of a packing. */
export interface AddressUse {
  readonly zone: string;
  readonly subnets: readonly string[];
  /** Of the subnets, less the five that AWS keeps in each and those declared as taken. */
  readonly available: number;
  readonly needed: number;
  readonly nodes: number;
  readonly fits: boolean;
}

const PER_PREFIX = 16;
/** AWS keeps the first four addresses and the last one of each subnet. */
const KEPT_BY_AWS = 5;

/**
 * Addresses that the VPC CNI takes for one node with so many pods that have an address of their own.
 * Without prefixes it keeps one interface in reserve (WARM_ENI_TARGET=1) and fills each interface; with prefixes it keeps
 * one /28 in reserve (WARM_PREFIX_TARGET=1). Source: aws/amazon-vpc-cni-k8s docs, eni-and-ip-target.md and prefix-and-ip-target.md.
 */
export function nodeAddresses(type: NodeType, pods: number, prefixDelegation = false): number {
  const slots = type.ipv4PerENI - 1;
  if (slots <= 0) return type.maxENI;
  if (!prefixDelegation) return Math.min(type.maxENI, Math.ceil(pods / slots) + 1) * type.ipv4PerENI;
  const prefixes = Math.min(type.maxENI * slots, Math.ceil(pods / PER_PREFIX) + 1);
  return prefixes * PER_PREFIX + Math.ceil(prefixes / slots);
}

/** @throws RangeError for a prefix length outside 16 to 28 */
export function subnetAddresses({ name, prefixLength, otherAddresses = 0 }: Subnet): number {
  if (!Number.isInteger(prefixLength) || prefixLength < 16 || prefixLength > 28)
    throw new RangeError(`subnet ${name}: prefix length ${prefixLength}; AWS takes /16 to /28`);
  return Math.max(0, 2 ** (32 - prefixLength) - KEPT_BY_AWS - otherAddresses);
}

/** How the addresses of each zone suffice for the nodes and pods of a packing; empty when no subnets are given. */
export function addressUse(cluster: CapacityCluster, packing: Packing): AddressUse[] {
  const { subnets } = cluster;
  if (subnets === undefined) return [];
  const onHost = hostNetworkWorkloads(cluster);
  const zones = [
    ...new Set([...subnets.map(({ zone }) => zone), ...packing.nodes.flatMap(({ zone }) => zone ?? [])]),
  ].sort();
  return zones.map((zone) => {
    const own = subnets.filter((subnet) => subnet.zone === zone);
    const nodes = packing.nodes.filter((node) => node.zone === zone);
    const available = own.reduce((sum, subnet) => sum + subnetAddresses(subnet), 0);
    const needed = nodes.reduce((sum, node) => sum + neededBy(cluster, node, onHost), 0);
    return {
      zone,
      subnets: own.map(({ name }) => name).sort(),
      available,
      needed,
      nodes: nodes.length,
      fits: needed <= available,
    };
  });
}

function neededBy(cluster: CapacityCluster, node: NodeUse, onHost: ReadonlySet<string>): number {
  const pool = cluster.pools.find(({ name }) => name === node.pool);
  if (pool === undefined) return 0;
  const pods = addressedPods(node, onHost);
  return Math.max(
    ...typesOf(pool, cluster.types).map((type) => nodeAddresses(type, pods, pool.setup?.prefixDelegation)),
  );
}

const addressedPods = (node: NodeUse, onHost: ReadonlySet<string>): number =>
  node.pods.reduce((sum, { workload, count }) => sum + (onHost.has(workload) ? 0 : count), 0);

const hostNetworkWorkloads = (cluster: CapacityCluster): ReadonlySet<string> =>
  new Set(
    [...cluster.workloads, ...(cluster.daemonSets ?? [])]
      .filter(({ pod }) => pod.hostNetwork === true)
      .map(({ workload }) => workload),
  );

/** Pools whose max pods promise more slots than their interfaces have addresses: such pods stay in ContainerCreating. */
export function slotsWithoutAddress(
  cluster: CapacityCluster,
): { readonly pool: string; readonly pods: number; readonly addresses: number }[] {
  const onHost = (cluster.daemonSets ?? []).filter(({ pod }) => pod.hostNetwork === true).length;
  return cluster.pools.flatMap((pool: Pool) => {
    const pods = pool.setup?.maxPods;
    const addresses = poolAddresses(pool, cluster.types);
    return pods !== undefined && pods - Math.max(2, onHost) > addresses ? [{ pool: pool.name, pods, addresses }] : [];
  });
}
