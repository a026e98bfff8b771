import { isEmulated } from "../../config/environment";
import { label } from "../../contract";
import type { Platform } from "../inventory/platform";
import type { ObjectItem } from "../inventory/facts/kubernetes/object-item";
import type { Workload, WorkloadContainer } from "../inventory/facts/kubernetes/workload-graph";
import { notApplicable, type Verdict } from "../policy/verdict";

/** What the templates of a published chart fix: the values of our release cannot change it, so we choose the chart or not. */
const fixedByCharts = {
  probes: "the chart's template writes the probes of its containers",
  boot: "a chart declares no boot time",
  shutdown: "a chart declares no drain time",
  rollout: "the chart's template writes the update strategy, and only some charts have a value for it",
  jobs: "jobs of a chart are Helm hooks: Helm waits for them and removes them",
  initRequests:
    "the chart's template writes its init containers; their requests never exceed those of the pod at run time",
} as const;

export function fixedByChart(item: ObjectItem, clause: keyof typeof fixedByCharts): Verdict | undefined {
  return item.origin === "chart" ? notApplicable(fixedByCharts[clause]) : undefined;
}

/** Deployments of charts that run once by design: a second replica does nothing, or harm. */
const singletons: Readonly<Record<string, string>> = {
  velero: "Velero runs one server a cluster and has no leader election; backups are retried at the next schedule",
};

export function singletonByDesign(workload: Workload): Verdict | undefined {
  const reason = workload.origin === "chart" ? singletons[workload.name] : undefined;
  return reason === undefined ? undefined : notApplicable(reason);
}

/**
 * Workloads that the project writes itself. What a chart hard-codes no application team can fix; its security context is
 * judged by the pod security standard of its namespace.
 */
export const ownWorkloads = (platform: Platform): readonly Workload[] =>
  platform.workloads.filter(({ origin }) => origin !== "chart");

/** Containers of those workloads, init containers too. */
export const ownContainers = (platform: Platform): readonly WorkloadContainer[] =>
  platform.containers.filter(({ origin }) => origin !== "chart");

/** Workloads that run until they are stopped and have replicas. */
export const replicated = (platform: Platform): readonly Workload[] =>
  platform.workloads.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet");

/** Workloads that the project writes itself, Jobs apart. */
export const ownServices = (platform: Platform): readonly Workload[] =>
  platform.workloads.filter(({ kind, origin }) => origin !== "chart" && kind !== "Job" && kind !== "CronJob");

/** Tier of its application, else of its label: 1 is the most critical. Undefined: neither says it. */
export function tierOf(workload: Workload, platform: Platform): number | undefined {
  const namespace = platform.namespaces.find(
    ({ name, region }) => name === workload.namespace && region === workload.region,
  );
  const text = workload.labels[label.tier];
  return namespace?.objectives?.tier ?? (text !== undefined && /^\d$/.test(text) ? Number(text) : undefined);
}

/** Where the number of replicas is declared. */
export const replicasField = (workload: Workload): string => (workload.autoscaler ? "scale.min" : "replicas");

/** Everything but the emulated environment holds data that must be kept; a switch in the configuration does not decide it. */
export const mustProtectData = (platform: Platform): boolean => !isEmulated(platform.environment);
