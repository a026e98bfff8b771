import { type Kind, metadata, withSpec } from "./kind";
import { labelSelector } from "./shared-shapes";
import { as, block, flag, intOrString, integer, list, named, text } from "./shape";

const scalingRules = block({
  ...named({ select_policy: text, stabilization_window_seconds: integer }),
  policy: as("policies", list(named({ period_seconds: integer, type: text, value: integer }))),
});
const metricTarget = block(named({ average_utilization: integer, average_value: text, type: text, value: text }));
const metricIdentifier = block(named({ name: text, selector: labelSelector }));
const objectReference = block(named({ api_version: text, kind: text, name: text }));

/** How many pods run, which go first, and how they run. */
export const scheduling: Readonly<Record<string, Kind>> = {
  horizontal_pod_autoscaler_v2: {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    fields: withSpec(
      block({
        ...named({
          max_replicas: integer,
          min_replicas: integer,
          scale_target_ref: objectReference,
          behavior: block(named({ scale_down: scalingRules, scale_up: scalingRules })),
        }),
        metric: as(
          "metrics",
          list(
            named({
              type: text,
              container_resource: block(named({ container: text, name: text, target: metricTarget })),
              external: block(named({ metric: metricIdentifier, target: metricTarget })),
              object: block(
                named({ described_object: objectReference, metric: metricIdentifier, target: metricTarget }),
              ),
              pods: block(named({ metric: metricIdentifier, target: metricTarget })),
              resource: block(named({ name: text, target: metricTarget })),
            }),
          ),
        ),
      }),
    ),
  },
  pod_disruption_budget: {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    fields: withSpec(
      block(
        named({
          max_unavailable: intOrString,
          min_available: intOrString,
          selector: labelSelector,
        }),
      ),
    ),
  },
  priority_class: {
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    fields: {
      ...metadata,
      ...named({ description: text, global_default: flag, preemption_policy: text, value: integer }),
    },
  },
  runtime_class: {
    apiVersion: "node.k8s.io/v1",
    kind: "RuntimeClass",
    fields: { ...metadata, ...named({ handler: text }) },
  },
};
