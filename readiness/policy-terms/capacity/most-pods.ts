import { scaled } from "../../../models/capacity";
import type { Workload } from "../../inventory/facts/kubernetes/workload-graph";

/** Most pods of a workload at one time: the maximum and what a rollout adds; undefined where it is not known, and for a DaemonSet. */
export function mostPods(workload: Workload): number | undefined {
  if (workload.kind === "Job" || workload.kind === "CronJob") return 1;
  const replicas = workload.maximumReplicas;
  return replicas === undefined || workload.kind !== "Deployment" ? replicas : replicas + surge(workload, replicas);
}

const surge = ({ strategy, label }: Workload, replicas: number): number =>
  strategy.type === "Recreate" ? 0 : scaled(strategy.maxSurge ?? "25%", replicas, `surge of ${label}`);

/**
 * Pods that end while a rollout goes on. A Deployment waits for none of them to be gone, and a quota counts each until its
 * grace period is over (Kubernetes, pkg/quota/v1/evaluator/core/pods.go, QuotaV1Pod, read 2026-11-29). Meanwhile new pods
 * become available as quickly as minReadySeconds allows.
 */
export function endingPods(workload: Workload): number {
  const replicas = workload.maximumReplicas ?? 0;
  if (workload.kind !== "Deployment" || workload.strategy.type === "Recreate") return 0;
  const rounds = Math.ceil(workload.pod.graceSeconds / Math.max(1, workload.minReadySeconds));
  return Math.min(replicas, surge(workload, replicas) * rounds);
}
