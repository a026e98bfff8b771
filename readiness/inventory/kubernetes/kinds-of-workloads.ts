import { type Kind, withSpec } from "./kind";
import { jobPodTemplate, podTemplate } from "./pod-shape";
import { labelSelector, objectMeta } from "./shared-shapes";
import { claimTemplate } from "./volume-shape";
import { as, block, flag, intOrString, integer, integers, list, named, text } from "./shape";

const rollingUpdate = block(named({ max_surge: intOrString, max_unavailable: intOrString }));
const strategy = block(named({ type: text, rolling_update: rollingUpdate }));

const jobFields = named({
  active_deadline_seconds: integer,
  backoff_limit: integer,
  backoff_limit_per_index: integer,
  completion_mode: text,
  completions: integer,
  manual_selector: flag,
  max_failed_indexes: integer,
  parallelism: integer,
  ttl_seconds_after_finished: integer,
  selector: labelSelector,
  template: jobPodTemplate,
  pod_failure_policy: block({
    rule: as(
      "rules",
      list({
        ...named({
          action: text,
          on_exit_codes: block(named({ container_name: text, operator: text, values: integers })),
        }),
        on_pod_condition: as("onPodConditions", list(named({ status: text, type: text }))),
      }),
    ),
  }),
});

/** What runs pods. */
export const workloads: Readonly<Record<string, Kind>> = {
  deployment: {
    apiVersion: "apps/v1",
    kind: "Deployment",
    fields: withSpec(
      block(
        named({
          min_ready_seconds: integer,
          paused: flag,
          progress_deadline_seconds: integer,
          replicas: integer,
          revision_history_limit: integer,
          selector: labelSelector,
          strategy,
          template: podTemplate,
        }),
      ),
    ),
  },
  stateful_set: {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    fields: withSpec(
      block({
        ...named({
          min_ready_seconds: integer,
          pod_management_policy: text,
          replicas: integer,
          revision_history_limit: integer,
          service_name: text,
          selector: labelSelector,
          template: podTemplate,
          persistent_volume_claim_retention_policy: block(named({ when_deleted: text, when_scaled: text })),
          update_strategy: block(named({ type: text, rolling_update: block(named({ partition: integer })) })),
        }),
        volume_claim_template: as("volumeClaimTemplates", list(claimTemplate)),
      }),
    ),
  },
  daemon_set: {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    fields: withSpec(
      block({
        ...named({
          min_ready_seconds: integer,
          revision_history_limit: integer,
          selector: labelSelector,
          template: podTemplate,
        }),
        strategy: as("updateStrategy", strategy),
      }),
    ),
  },
  job: { apiVersion: "batch/v1", kind: "Job", fields: withSpec(block(jobFields)) },
  cron_job: {
    apiVersion: "batch/v1",
    kind: "CronJob",
    fields: withSpec(
      block({
        ...named({
          concurrency_policy: text,
          failed_jobs_history_limit: integer,
          schedule: text,
          starting_deadline_seconds: integer,
          successful_jobs_history_limit: integer,
          suspend: flag,
          job_template: block(named({ metadata: objectMeta, spec: block(jobFields) })),
        }),
        timezone: as("timeZone", text),
      }),
    ),
  },
};
