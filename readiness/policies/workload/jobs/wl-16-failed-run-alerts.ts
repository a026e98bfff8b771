import { label } from "../../../../contract";
import type { Platform } from "../../../inventory/platform";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { holds } from "../../../policy/comparison";
import { change, manifest, remove, resource, set, together, unset, type JsonObject } from "../../../policy/mutation";
import { asObject } from "../../../policy/json";
import { policy } from "../../../policy/policy";
import type { Verdict } from "../../../policy/verdict";
import { alertsOn } from "./_job-alerts";

const isStep = (job: Workload): boolean => job.labels[label.step] !== undefined;
const runs = ({ workloads }: Platform): readonly Workload[] =>
  workloads.filter((one) => (one.kind === "Job" && isStep(one)) || one.kind === "CronJob");

/** Rules of migrations: those of seeds come second. */
const rule = (path: string): string => `spec.groups.0.rules.0.${path}`;
const alerts = manifest("PrometheusRule");
const expression =
  (from: string | RegExp, to: string) =>
  (object: JsonObject): void => {
    const [first] = asObject(object["spec"])["groups"] as JsonObject[];
    for (const one of (first?.["rules"] ?? []) as JsonObject[]) one["expr"] = String(one["expr"]).replace(from, to);
  };

export default policy({
  id: "WL-16",
  severity: "error",
  title: "A failed migration, seed or scheduled run raises an alert",
  because: "without an alert, users are the first to notice a stopped release or a missed run",
  remedy: "make the job with RunToCompletion in an ApplicationStack, which watches it with failedRunAlert",
  proves: ["FG-05"],
  subjects: runs,
  check: (job, platform) => {
    const found = alertsOn(job, platform);
    if (found.length === 0)
      return holds(false, `an alert fires when ${job.label} has failed`, "none does", { field: "jobs" });
    const first = found.some(({ resource: from }) => platform.after(job.resource).includes(from));
    const urgent = found.some(({ severity, delay }) => severity === "critical" && delay === undefined);
    const verdicts: Verdict[] = [
      holds(first, `the alert on ${job.label} is there before it runs`, first ? "it is" : "nothing orders them"),
    ];
    return isStep(job)
      ? [
          ...verdicts,
          holds(urgent, `the alert on ${job.label} is critical, and at once`, urgent ? "it is" : "it is not", {
            field: "jobs",
          }),
        ]
      : verdicts;
  },
  mutants: [
    remove("no rules", alerts),
    remove(
      "rules that nothing brings",
      resource("helm_release", (_block, id) => id.startsWith("job-alerts")),
    ),
    change("of another application", alerts, expression(/namespace="[^"]*"/, 'namespace="shop"')),
    change("of another metric", alerts, expression("kube_job_failed", "kube_job_complete")),
    change("of jobs that have not failed", alerts, expression("== 1", "== 0")),
    change("recorded, not alerted", alerts, unset(rule("alert"))),
    change("after an hour", alerts, set(rule("for"), "1h")),
    together(
      "nothing of a job waits for it",
      ...["kubernetes_job_v1", "kubernetes_service_account_v1"].map((type) =>
        change("", resource(type), unset("depends_on")),
      ),
    ),
  ],
  boundary: {
    holds: change("by expression", alerts, expression(/job_name="([^"]*)"/, 'job_name=~"$1|other"')),
    breaks: change("all but one", alerts, expression(/job_name="seed"/, 'job_name="seeds"')),
  },
});
