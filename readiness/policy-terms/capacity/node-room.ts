import { daemonPods } from "../../../catalog/charts/add-ons";
import { instanceTypes } from "../../../catalog/instance-types";
import { nodeType } from "../../../catalog/nodes/node-types";
import {
  addressMaxPods,
  allocatableOf,
  effectiveRequests,
  EVICTION_MEMORY_MIB,
  kubeReservedMemoryMiB,
} from "../../../models/capacity";
import type { Platform } from "../../inventory/platform";
import type { NodeGroup } from "../../inventory/facts/aws/node-groups";
import type { Container } from "../../inventory/facts/kubernetes/containers";
import type { Workload } from "../../inventory/facts/kubernetes/workload-graph";
import { placesOf } from "./placement";

export interface Amount {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
}

const requestOf = ({ cpuRequestMillis, memoryRequestMiB }: Container) => ({
  requests: { cpuMillis: cpuRequestMillis ?? 0, memoryMiB: memoryRequestMiB ?? 0 },
});

/** What the scheduler reserves for one pod; WL-06 judges what is missing. */
export function podRequests(workload: Workload): Amount {
  const { cpuMillis, memoryMiB } = effectiveRequests({
    namespace: workload.namespace,
    labels: workload.podLabels,
    containers: workload.containers.map(requestOf),
    initContainers: workload.pod.initContainers.map((container) => ({
      ...requestOf(container),
      ...(container.sidecar ? { restartPolicy: "Always" as const } : {}),
    })),
  });
  return { cpuMillis, memoryMiB };
}

/**
 * What a node of the type offers to pods with the kubelet settings of the group's launch template.
 *
 * What the template does not set is nodeadm's: the ENI value of max pods, and kube-reserved computed from that value even
 * where max pods is set.
 * @returns undefined for a type that the catalogue does not hold, and for settings that are only known after deployment
 */
export function nodeAllocatable(group: NodeGroup, typeName: string): (Amount & { readonly pods: number }) | undefined {
  if (!instanceTypes().has(typeName)) return undefined;
  if (group.launchTemplate?.unknowns.some(({ path }) => path.includes("user_data"))) return undefined;
  const type = nodeType(typeName);
  const kubelet = group.launchTemplate?.kubelet;
  const reservedForPods = addressMaxPods(type);
  const byNodeadm = allocatableOf(type, { maxPods: kubelet?.maxPods ?? reservedForPods, reservedForPods });
  const usableMiB = byNodeadm.memoryMiB + kubeReservedMemoryMiB(reservedForPods) + EVICTION_MEMORY_MIB;
  return {
    cpuMillis:
      kubelet?.reservedCpuMillis === undefined ? byNodeadm.cpuMillis : type.vcpu * 1000 - kubelet.reservedCpuMillis,
    memoryMiB:
      usableMiB -
      (kubelet?.reservedMemoryMiB ?? kubeReservedMemoryMiB(reservedForPods)) -
      (kubelet?.evictionMemoryMiB ?? EVICTION_MEMORY_MIB),
    pods: byNodeadm.pods,
  };
}

/** What runs on every node of the group: what add-ons and charts put there, and our own DaemonSets that its taints let in. */
export function daemonRequests(group: NodeGroup, platform: Platform): Amount {
  // Those of charts are in the catalogue, whether or not the inventory could render the chart.
  const own = platform.workloads.filter(
    (workload) =>
      workload.kind === "DaemonSet" &&
      workload.origin !== "chart" &&
      placesOf(workload, platform).some((place) => place.group === group),
  );
  return [...daemonPods(), ...own.map(podRequests)].reduce<Amount>(
    (sum, next) => ({
      cpuMillis: sum.cpuMillis + next.cpuMillis,
      memoryMiB: sum.memoryMiB + next.memoryMiB,
    }),
    { cpuMillis: 0, memoryMiB: 0 },
  );
}
