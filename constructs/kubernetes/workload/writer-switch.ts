import { annotation, label } from "../../../contract";
import type { Component, Job } from "../../../config/application/schema";

/**
 * The switch of a region between standby and writer.
 *
 * A replica refuses writes, so what writes is stopped in the standby and started by the promotion:
 * - migrations and seeds are suspended CronJobs, from which the promotion makes one Job each;
 * - schedules are suspended, Deployments have no replicas, ScaledObjects are paused at 0.
 *
 * The label names what the promotion starts: it lists these objects by it. The annotation holds the replicas that a
 * Deployment then gets. Terraform ignores the fields that the promotion changes: an apply afterwards stops nothing.
 */
export const WRITER_ONLY = label.writerOnly;
/** Replicas of a stopped workload after the promotion; its autoscaler then changes them. */
export const REPLICAS_AS_WRITER = annotation.replicasAsWriter;
/** Kept by KEDA at this number of pods while it is there (kedacore/keda-docs, scaling-deployments, pause autoscaling, read 2026-11-29). */
export const PAUSED_REPLICAS = "autoscaling.keda.sh/paused-replicas";
/** A suspended CronJob needs a schedule; nothing starts by it. */
export const NEVER_BY_ITSELF = "0 0 1 1 *";

const reachesStore = ({ talksTo }: Component | Job): boolean =>
  talksTo?.some((dependency) => "postgres" in dependency || "redis" in dependency) ?? false;

/** Whether it may run only where stores accept writes: jobs and workers that reach one. Services answer reads in the standby. */
export const runsAsWriterOnly = (part: Component | Job): boolean =>
  reachesStore(part) && part.kind !== "service" && part.kind !== "controller";

export const writerOnlyLabels = (part: Component | Job): Record<string, string> =>
  runsAsWriterOnly(part) ? { [WRITER_ONLY]: "true" } : {};
