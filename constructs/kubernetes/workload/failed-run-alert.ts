import type { Manifest } from "../manifests";

/** A job to watch: one that gates releases, or one that a schedule starts. */
export interface WatchedJob {
  readonly name: string;
  readonly kind: "migration" | "seed" | "scheduled";
  /** Jobs made of a suspended CronJob by a promotion, so that their names end in a number too. @default false */
  readonly afterPromotion?: boolean;
}

/** How the alerts are labelled and linked. */
export interface JobAlertContext {
  readonly owner: string;
  readonly dashboardUrl: string;
  runbookUrl(alert: string): string;
}

/**
 * Alerts while a job of an application has failed: its release has stopped, or a scheduled run did not do its work.
 *
 * kube-state-metrics counts a job as failed when its retries or its deadline are used up, until the job is deleted or
 * replaced (kube-state-metrics, docs/metrics/workload/job-metrics.md, `kube_job_failed`, read 2026-11-21).
 */
export function failedRunAlert(
  metadata: Manifest["metadata"],
  namespace: string,
  jobs: readonly WatchedJob[],
  context: JobAlertContext,
): Manifest {
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata,
    spec: { groups: [{ name: `${namespace}.jobs`, rules: jobs.map((job) => ruleOf(namespace, job, context)) }] },
  };
}

function ruleOf(namespace: string, { name, kind, afterPromotion }: WatchedJob, context: JobAlertContext) {
  const scheduled = kind === "scheduled";
  const alert = scheduled ? "ScheduledRunFailed" : "ReleaseStopped";
  return {
    alert,
    // The CronJob controller appends a number to the name of each of its jobs.
    expr: `kube_job_failed{condition="true",namespace="${namespace}",job_name${scheduled || afterPromotion === true ? `=~"${name}-[0-9]+"` : `="${name}"`}} == 1`,
    labels: {
      severity: scheduled ? "warning" : "critical",
      priority: scheduled ? "P3" : "P1",
      owner: context.owner,
      application: namespace,
      component: name,
    },
    annotations: {
      summary: scheduled
        ? `The scheduled run {{ $labels.job_name }} of ${namespace} failed`
        : `The ${kind} ${name} of ${namespace} failed, and its release has stopped`,
      description: `Read why with: kubectl --namespace ${namespace} logs job/{{ $labels.job_name }}. ${
        scheduled
          ? "The next run is tried as scheduled; what this one should have done is not done."
          : "The pods of the former release still serve. Fix the cause and deploy again: the Job is created anew."
      }`,
      runbook_url: context.runbookUrl(alert),
      dashboard_url: context.dashboardUrl,
    },
  };
}
