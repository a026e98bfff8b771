import type { Platform } from "../inventory/platform";
import type { Workload, WorkloadContainer } from "../inventory/views/kubernetes-types";

/**
 * Workloads of applications: what the platform's own typed resources and manifests make.
 *
 * Pods of charts are judged where a rule speaks of them; what a chart hard-codes can't be mended by an application's team,
 * and its security context is judged by the pod security standard of its namespace.
 */
export const ownWorkloads = (platform: Platform): readonly Workload[] => platform.workloads.filter((workload) => workload.origin !== "chart");

/** Containers of those workloads, init containers too. */
export const ownContainers = (platform: Platform): readonly WorkloadContainer[] => platform.containers.filter((container) => container.origin !== "chart");
