import type { Allocatable, NodeType } from "../types";

/** How the kubelet of a node is set up. */
export interface NodeSetup {
  /** VPC CNI prefix delegation (/28 prefixes). @default false - the CNI's default */
  readonly prefixDelegation?: boolean;
  /** maxPods of the kubelet. @default what the addresses give, capped with prefix delegation at 110 (up to 30 vCPU) or 250 */
  readonly maxPods?: number;
  /**
   * The max pods from which kube-reserved is computed. @default maxPods - as nodeadm does for its own value
   * (kubelet.config.maxPods set directly leaves kube-reserved at the ENI value: give that value here)
   */
  readonly reservedForPods?: number;
  /**
   * Share of the type's memory that kernel and firmware keep, in percent. EC2 states the memory of the machine, the kubelet
   * counts what the kernel leaves. @default 7.5 - Karpenter's VM_MEMORY_OVERHEAD_PERCENT default, on the safe side
   */
  readonly memoryOverheadPercent?: number;
  /** @default 0 - nodeadm sets no system-reserved */
  readonly systemReserved?: { readonly cpuMillis: number; readonly memoryMiB: number };
  /** What pods may write to the node's own disk. @default unlimited - the disk is not known */
  readonly ephemeralStorageMiB?: number;
}

/** kubelet's hard eviction threshold memory.available. Source: awslabs/amazon-eks-ami nodeadm kubelet/config.go, read 2026-11-21. */
export const EVICTION_MEMORY_MIB = 100;
/** Attachments that a Nitro instance shares among volumes and interfaces. Source: EC2 user guide, volume limits for Nitro instances. */
const NITRO_ATTACHMENTS = 28;
const ROOT_VOLUME = 1;
const ADDRESSES_PER_PREFIX = 16;
const HOST_NETWORK_ALLOWANCE = 2;

/** Pods that the addresses of the interfaces allow: ENI × (IPv4 − 1) [× 16 with prefixes] + 2. Source: nodeadm eni_max_pods.go. */
export function addressMaxPods(type: NodeType, prefixDelegation = false): number {
  return podAddresses(type, prefixDelegation) + HOST_NETWORK_ALLOWANCE;
}

/** Addresses for pods that do not use the host's network. */
export function podAddresses(type: NodeType, prefixDelegation = false): number {
  return type.maxENI * (type.ipv4PerENI - 1) * (prefixDelegation ? ADDRESSES_PER_PREFIX : 1);
}

/** The recommended cap: 110 up to 30 vCPU, 250 above. Source: AWS max-pods-calculator. */
export const recommendedMaxPodsCap = (vcpu: number): number => (vcpu > 30 ? 250 : 110);

/** The kubelet keeps a tenth of the disk free (nodefs.available) and 1 GiB for itself; the system and its images take about 5 GiB. */
const PODS_SHARE_OF_DISK = 0.9;
const SYSTEM_DISK_MIB = 6 * 1024;

/** What a root disk leaves to pods, in MiB. */
export const podDiskMiB = (diskGiB: number): number =>
  Math.max(0, Math.floor(diskGiB * 1024 * PODS_SHARE_OF_DISK - SYSTEM_DISK_MIB));

export function maxPodsOf(type: NodeType, setup: NodeSetup = {}): number {
  if (setup.maxPods !== undefined) return setup.maxPods;
  const byAddress = addressMaxPods(type, setup.prefixDelegation);
  return setup.prefixDelegation === true ? Math.min(byAddress, recommendedMaxPodsCap(type.vcpu)) : byAddress;
}

/** 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the others, each part rounded down. Source: nodeadm. */
export function kubeReservedCpuMillis(vcpu: number): number {
  const total = vcpu * 1000;
  const tiers = [
    [0, 1000, 600],
    [1000, 2000, 100],
    [2000, 4000, 50],
    [4000, Infinity, 25],
  ] as const;
  return tiers.reduce(
    (sum, [from, to, tenThousandths]) =>
      sum + Math.floor((Math.max(0, Math.min(total, to) - from) * tenThousandths) / 10000),
    0,
  );
}

/** 11 MiB a pod and 255 MiB. Source: nodeadm. */
export const kubeReservedMemoryMiB = (maxPods: number): number => 11 * maxPods + 255;

const allocatableCpuMillis = (type: NodeType, { systemReserved }: NodeSetup): number =>
  Math.max(0, type.vcpu * 1000 - kubeReservedCpuMillis(type.vcpu) - (systemReserved?.cpuMillis ?? 0));

function allocatableMemoryMiB(type: NodeType, setup: NodeSetup, maxPods: number): number {
  const usableMiB = Math.floor(type.memoryMiB * (1 - (setup.memoryOverheadPercent ?? 7.5) / 100));
  const reservedMiB = kubeReservedMemoryMiB(setup.reservedForPods ?? maxPods) + (setup.systemReserved?.memoryMiB ?? 0);
  return Math.max(0, usableMiB - reservedMiB - EVICTION_MEMORY_MIB);
}

/** What pods can request on a node of this type; amounts never below 0. */
export function allocatableOf(type: NodeType, setup: NodeSetup = {}): Allocatable {
  const maxPods = maxPodsOf(type, setup);
  return {
    cpuMillis: allocatableCpuMillis(type, setup),
    memoryMiB: allocatableMemoryMiB(type, setup, maxPods),
    pods: maxPods,
    attachableVolumes: type.attachableVolumes ?? Math.max(0, NITRO_ATTACHMENTS - ROOT_VOLUME - type.maxENI),
    ...(setup.ephemeralStorageMiB === undefined ? {} : { ephemeralStorageMiB: Math.max(0, setup.ephemeralStorageMiB) }),
    ...(type.extended === undefined ? {} : { extended: type.extended }),
  };
}

export interface ExpectedPods {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly count: number;
}
export interface MaxPodsChoice {
  readonly maxPods: number;
  readonly allocatable: Allocatable;
  /** Memory that expected pods can really use with this value, in MiB. */
  readonly usefulMemoryMiB: number;
  /** What stops a further pod. */
  readonly limitedBy: "pods" | "cpu" | "memory";
}

/**
 * The max-pods value with which pods of the expected sizes can use the most memory: each slot more costs 11 MiB of
 * kube-reserved, each slot fewer may leave memory that no pod can reach. Of equal values the smallest.
 * @param perNode what DaemonSets take on every node
 * @throws RangeError when no pod is expected, or the expected pods request no memory at all
 */
export function bestMaxPods(
  type: NodeType,
  expected: readonly ExpectedPods[],
  perNode: readonly ExpectedPods[] = [],
  setup: NodeSetup = {},
): MaxPodsChoice {
  const mean = meanPod(expected);
  if (mean.memoryMiB <= 0)
    throw new RangeError(
      "bestMaxPods: the expected pods request 0 MiB; give the sizes of at least one pod with a memory request",
    );
  const daemons = perNode.reduce((sum, pod) => addPods(sum, pod), { cpuMillis: 0, memoryMiB: 0, count: 0 });
  const most = maxPodsOf(type, {
    ...setup,
    maxPods: Math.min(addressMaxPods(type, setup.prefixDelegation), recommendedMaxPodsCap(type.vcpu)),
  });
  const roomFor = {
    cpu:
      mean.cpuMillis === 0
        ? Infinity
        : Math.max(0, allocatableCpuMillis(type, setup) - daemons.cpuMillis) / mean.cpuMillis,
    mean,
    daemons,
  };
  let best: Useful | undefined;
  for (let maxPods = Math.min(most, daemons.count + 1); maxPods <= most; maxPods++) {
    const choice = usefulWith(maxPods, allocatableMemoryMiB(type, setup, maxPods), roomFor);
    if (best === undefined || choice.usefulMemoryMiB > best.usefulMemoryMiB) best = choice;
  }
  if (best === undefined)
    throw new RangeError(`bestMaxPods: ${type.name} has no pod slot (${type.maxENI} ENI × ${type.ipv4PerENI} IPv4)`);
  return { ...best, allocatable: allocatableOf(type, { ...setup, maxPods: best.maxPods }) };
}

type Useful = Omit<MaxPodsChoice, "allocatable">;

function usefulWith(
  maxPods: number,
  memoryMiB: number,
  { cpu, mean, daemons }: { readonly cpu: number; readonly mean: ExpectedPods; readonly daemons: ExpectedPods },
): Useful {
  const slots = Math.max(0, maxPods - daemons.count);
  const memory = Math.max(0, memoryMiB - daemons.memoryMiB) / mean.memoryMiB;
  const pods = Math.min(slots, Math.floor(cpu), Math.floor(memory));
  return {
    maxPods,
    usefulMemoryMiB: pods * mean.memoryMiB,
    limitedBy: slots <= Math.min(cpu, memory) ? "pods" : cpu < memory ? "cpu" : "memory",
  };
}

const addPods = (sum: ExpectedPods, pod: ExpectedPods): ExpectedPods => ({
  cpuMillis: sum.cpuMillis + pod.cpuMillis * pod.count,
  memoryMiB: sum.memoryMiB + pod.memoryMiB * pod.count,
  count: sum.count + pod.count,
});

function meanPod(expected: readonly ExpectedPods[]): ExpectedPods {
  const total = expected.reduce(addPods, { cpuMillis: 0, memoryMiB: 0, count: 0 });
  if (total.count <= 0)
    throw new RangeError("bestMaxPods: no pods are expected; give at least one size with a count above 0");
  return { cpuMillis: total.cpuMillis / total.count, memoryMiB: total.memoryMiB / total.count, count: 1 };
}
