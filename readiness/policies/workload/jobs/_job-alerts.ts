import { objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";

/** An alert on failed jobs, and what brings it to its cluster. */
export interface JobAlert {
  readonly resource: Resource;
  readonly severity: string | undefined;
  /** How long a job has to have failed. @default undefined - at once */
  readonly delay: string | undefined;
}

/** kube-state-metrics' gauge that is 1 while the job has failed, compared so that nothing else fires. */
const failedJobs = /^kube_job_failed\{([^}]*)\}\s*(?:==\s*1|>\s*0)$/;
const matcher = /([a-z_]+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g;

/** Alerts that fire when this job, or a job of this schedule, has failed. */
export function alertsOn(job: Workload, { objects }: Platform): readonly JobAlert[] {
  const labels: Readonly<Record<string, string>> = {
    condition: "true",
    namespace: job.namespace,
    job_name: job.kind === "CronJob" ? `${job.name}-29000000` : job.name,
  };
  return objects
    .filter(({ object, region }) => object.kind === "PrometheusRule" && region === job.region)
    .flatMap(({ object, resource }) =>
      objectsOf(objectOf(object["spec"])["groups"])
        .flatMap(({ rules }) => objectsOf(rules))
        .filter(({ alert, expr }) => alert !== undefined && selects(textOf(expr) ?? "", labels))
        .map((rule) => ({
          resource,
          severity: textOf(objectOf(rule["labels"])["severity"]),
          delay: textOf(rule["for"]),
        })),
    );
}

function selects(expression: string, labels: Readonly<Record<string, string>>): boolean {
  const [, matchers] = failedJobs.exec(expression.trim()) ?? [];
  return (
    matchers !== undefined &&
    [...matchers.matchAll(matcher)].every(([, name = "", operator = "", value = ""]) =>
      matches(labels[name] ?? "", operator, value),
    )
  );
}

/** Prometheus anchors its expressions at both ends. */
function matches(label: string, operator: string, value: string): boolean {
  const found = operator.includes("~") ? new RegExp(`^(?:${value})$`).test(label) : label === value;
  return operator.startsWith("!") ? !found : found;
}
