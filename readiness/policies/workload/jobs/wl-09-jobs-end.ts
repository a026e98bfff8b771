import { oneOf } from "../../../policy/comparison";
import { add, addManifest, type JsonObject } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { manifest } from "../../../policy/target";
import { notApplicable } from "../../../policy/verdict";
import { fixedByChart } from "../../../policy-terms/scope";
import { written } from "../../../policy-terms/required-value";

export default policy({
  id: "WL-09",
  severity: "warning",
  title: "Jobs have a deadline and are cleaned up; CronJobs forbid concurrent runs",
  because: "a hung job holds its requests, finished jobs accumulate, and two runs of one schedule change the same data",
  remedy:
    "set activeDeadlineSeconds and backoffLimit, and ttlSecondsAfterFinished unless Terraform manages the Job; for a schedule also both history limits, startingDeadlineSeconds and concurrencyPolicy Forbid or Replace",
  proves: [],
  beyond:
    "the restore tests, migrations and validation runs that the reports owe are jobs, and a job that hangs hides that none of them ran",
  equivalents: ["kube-score cronjob-has-deadline", "kube-score cronjob-concurrencypolicy"],
  subjects: (platform) => platform.workloads.filter(({ kind }) => kind === "Job" || kind === "CronJob"),
  check: (workload) => {
    const { job } = workload;
    const chart = fixedByChart(workload, "jobs");
    if (chart) return chart;
    if (!job) return notApplicable("it is no job");
    const ends = [
      written(workload, job.activeDeadlineSeconds, "activeDeadlineSeconds", "seconds after which a run is ended"),
      written(workload, job.backoffLimit, "backoffLimit", "retries of a failed run"),
    ];
    // One that Terraform manages stays until the next release: DE-31.
    if (workload.kind === "Job" && workload.address.startsWith("kubernetes_job")) return ends;
    if (workload.kind === "Job")
      return [
        ...ends,
        written(workload, job.ttlSeconds, "ttlSecondsAfterFinished", "seconds that a finished job stays"),
      ];
    return [
      ...ends,
      written(
        workload,
        job.startingDeadlineSeconds,
        "startingDeadlineSeconds",
        "seconds within which a missed run still starts",
      ),
      written(workload, job.successfulHistory, "successfulJobsHistoryLimit", "successful runs that are kept"),
      written(workload, job.failedHistory, "failedJobsHistoryLimit", "failed runs that are kept"),
      oneOf(
        ["Forbid", "Replace"],
        job.concurrencyPolicy ?? "Allow",
        "what happens when a run is due while another runs",
      ),
    ];
  },
  mutants: [
    withSchedule("a run without a deadline", {}, { active_deadline_seconds: null }),
    withSchedule("a run that is retried as often as Kubernetes likes", {}, { backoff_limit: null }),
    withSchedule("two runs at once", { concurrency_policy: "Allow" }, {}),
    withSchedule("Kubernetes' own concurrency", { concurrency_policy: null }, {}),
    withSchedule("a missed run may start at any time", { starting_deadline_seconds: null }, {}),
    withSchedule("no limit of failed runs", { failed_jobs_history_limit: null }, {}),
    withSchedule("no limit of successful runs", { successful_jobs_history_limit: null }, {}),
    addManifest("a finished job is never removed", manifest("ServiceMonitor"), {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "nightly", namespace: "storefront" },
      spec: {
        activeDeadlineSeconds: 600,
        backoffLimit: 2,
        template: {
          metadata: { labels: { job: "nightly" } },
          spec: { restartPolicy: "Never", containers: [{ name: "main", image: "nightly" }] },
        },
      },
    }),
  ],
  boundary: {
    holds: withSchedule("a schedule with all its limits, at most one run", { concurrency_policy: "Forbid" }, {}),
    breaks: withSchedule("the same schedule, runs side by side", { concurrency_policy: "Allow" }, {}),
  },
});

function pod(): JsonObject {
  return {
    metadata: { labels: { job: "nightly" } },
    spec: { restart_policy: "Never", container: [{ name: "main", image: "nightly" }] },
  };
}

function withSchedule(name: string, schedule: JsonObject, job: JsonObject) {
  return add(name, /^storefront-/, "kubernetes_cron_job_v1", "nightly", {
    metadata: { name: "nightly", namespace: "storefront" },
    spec: {
      schedule: "0 3 * * *",
      concurrency_policy: "Forbid",
      starting_deadline_seconds: 600,
      successful_jobs_history_limit: 3,
      failed_jobs_history_limit: 3,
      ...schedule,
      job_template: { metadata: {}, spec: { active_deadline_seconds: 600, backoff_limit: 2, ...job, template: pod() } },
    },
  });
}
