import { scaled } from "../../models/capacity";
import type { Workload } from "../inventory/views/kubernetes-types";

/** Most pods of a workload at one time: the maximum and what a rollout adds; undefined where it is not known, and for a DaemonSet. */
export function mostPods(workload: Workload): number | undefined {
  if (workload.kind === "Job" || workload.kind === "CronJob") return 1;
  const replicas = workload.maximumReplicas;
  if (replicas === undefined || workload.kind !== "Deployment") return replicas;
  return (
    replicas +
    (workload.strategy.type === "Recreate"
      ? 0
      : scaled(workload.strategy.maxSurge ?? "25%", replicas, `surge of ${workload.label}`))
  );
}
