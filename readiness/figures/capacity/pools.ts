import { instanceTypes } from "../../../catalog/instance-types";
import { nodeType } from "../../../catalog/nodes/node-types";
import { priceBook } from "../../../catalog/prices/price-book";
import {
  EVICTION_MEMORY_MIB,
  kubeReservedCpuMillis,
  podDiskMiB,
  type NodeSetup,
  type NodeType,
  type Pool,
  type Subnet,
} from "../../../models/capacity";
import { objectOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Cluster } from "../../inventory/facts/aws/clusters";
import type { Kubelet, NodeGroup } from "../../inventory/facts/aws/node-groups";

/** What the catalogue knows of instance types, with on-demand prices of the region where there are any: they rank the fixes. */
export function nodeTypesIn(region: string): NodeType[] {
  return [...instanceTypes().keys()].map((name): NodeType => {
    const usdPerHour = priceBook().byId.get(`ec2.${name}.on-demand`)?.usd;
    const price = region === "us-east-1" || region === "eu-west-1" ? usdPerHour?.[region] : undefined;
    return { ...nodeType(name), ...(typeof price === "number" ? { usdPerHour: price } : {}) };
  });
}

/** @returns the pool, or why it cannot be read */
export function poolOf(group: NodeGroup, prefixDelegation: boolean): Pool | { readonly unknown: string } {
  const { name, min, max } = group;
  if (name === undefined || min === undefined || max === undefined)
    return { unknown: `${group.label}: name, minimum or maximum is only known after deployment` };
  const untold = group.launchTemplate?.unknowns.find(({ path }) => path.startsWith("user_data"));
  if (untold !== undefined) return { unknown: `${group.label}: the kubelet settings are not known: ${untold.reason}` };
  return {
    name,
    instanceTypes: group.instanceTypes,
    minNodes: min,
    maxNodes: max,
    zones: group.zones,
    taints: group.taints,
    labels: {
      ...group.labels,
      "eks.amazonaws.com/nodegroup": name,
      ...(group.capacityType === undefined ? {} : { "eks.amazonaws.com/capacityType": group.capacityType }),
    },
    setup: setupOf(group, prefixDelegation),
    onZoneLoss: onZoneLoss(group),
  };
}

/** Types that a group must be able to choose from before it counts as finding instances in the zones that are left. */
const typesToFindRoom = 3;

/**
 * An Auto Scaling group over several zones starts the nodes of a failed zone in its others; with few types it may find none,
 * because everybody asks. Source: Amazon EC2 Auto Scaling user guide, "Instance distribution across Availability Zones", read 2026-11-21.
 */
const onZoneLoss = ({ zones, instanceTypes: types }: NodeGroup): "lost" | "replaced" =>
  zones.length > 1 && new Set(types).size >= typesToFindRoom ? "replaced" : "lost";

/** What the root disk of the group's nodes leaves to pods; empty where its size is not written. */
function diskRoom({ launchTemplate }: NodeGroup): Pick<NodeSetup, "ephemeralStorageMiB"> {
  const sizesGiB = (launchTemplate?.volumes ?? []).flatMap(({ sizeGiB }) => sizeGiB ?? []);
  return sizesGiB.length === 0 ? {} : { ephemeralStorageMiB: podDiskMiB(Math.min(...sizesGiB)) };
}

/**
 * The model counts 255 MiB and 11 MiB of kube-reserved a pod: the amount that is written is turned into that many pods, and
 * no more of them are counted on a node than memory is kept for, although EKS lets a managed node take 110.
 */
function slotsOf({ maxPods, reservedMemoryMiB }: Kubelet): Pick<NodeSetup, "maxPods" | "reservedForPods"> {
  const reservedForPods = reservedMemoryMiB === undefined ? undefined : (reservedMemoryMiB - 255) / 11;
  return {
    ...(maxPods === undefined ? {} : { maxPods: Math.min(maxPods, Math.floor(reservedForPods ?? maxPods)) }),
    ...(reservedForPods === undefined ? {} : { reservedForPods }),
  };
}

/** Prefixes without maxPods leave nodeadm's own value, which counts single addresses. */
function setupOf(group: NodeGroup, prefixDelegation: boolean): NodeSetup {
  const kubelet = group.launchTemplate?.kubelet;
  if (kubelet === undefined) return { prefixDelegation: false, ...diskRoom(group) };
  const vcpus = group.instanceTypes.flatMap((name) => instanceTypes().get(name)?.vcpu ?? []);
  const reservedByTypes = vcpus.length === 0 ? 0 : Math.max(...vcpus.map(kubeReservedCpuMillis));
  return {
    ...diskRoom(group),
    prefixDelegation: prefixDelegation && kubelet.maxPods !== undefined,
    ...slotsOf(kubelet),
    systemReserved: {
      cpuMillis: kubelet.reservedCpuMillis === undefined ? 0 : kubelet.reservedCpuMillis - reservedByTypes,
      memoryMiB: (kubelet.evictionMemoryMiB ?? EVICTION_MEMORY_MIB) - EVICTION_MEMORY_MIB,
    },
  };
}

/** Whether the VPC CNI hands out /28 prefixes. */
export function delegatesPrefixes(cluster: Cluster): boolean {
  const cni = cluster.addOns.find(({ name }) => name === "vpc-cni");
  return String(objectOf(cni?.configuration["env"])["ENABLE_PREFIX_DELEGATION"]) === "true";
}

/**
 * Addresses that EKS wants free in each subnet of a cluster, for the network interfaces of the control plane.
 * Source: Amazon EKS user guide, network-reqs ("at least six, we recommend at least 16"), read 2026-11-21.
 */
const keptForControlPlane = 16;

/** Subnets in which nodes start; one whose size is not known is left out, so that its zone has none. */
export function subnetsOf(cluster: Cluster, platform: Platform): Subnet[] {
  const used = new Set(cluster.nodeGroups.flatMap(({ subnets }) => subnets));
  return platform.networks
    .flatMap(({ subnets }) => subnets)
    .filter(({ resource }) => used.has(resource))
    .flatMap((subnet): Subnet[] => {
      const prefixLength = Number(subnet.cidr?.split("/")[1] ?? Number.NaN);
      return subnet.zone === undefined || Number.isNaN(prefixLength)
        ? []
        : [{ name: subnet.address, zone: subnet.zone, prefixLength, otherAddresses: keptForControlPlane }];
    });
}
