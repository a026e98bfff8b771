import { type Kind, admission } from "./kinds-of-admission";
import { claimSpec, claimTemplate, jobPodTemplate, labelSelector, objectMeta, podTemplate } from "./pod-shape";
import {
  type Fields,
  type Shape,
  as,
  block,
  flag,
  intOrString,
  integer,
  integers,
  list,
  named,
  text,
  textMap,
  texts,
  withDefault,
} from "./shape";

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

const ruleFields = {
  ...named({ api_groups: texts, resource_names: texts, resources: texts, verbs: texts }),
  non_resource_urls: as("nonResourceURLs", texts),
};
const roleRef = block(named({ api_group: text, kind: text, name: text }));
const subjects = as("subjects", list(named({ api_group: text, kind: text, name: text, namespace: text })));
const rules = as("rules", list(ruleFields));

const peers = list(
  named({
    ip_block: block(named({ cidr: text, except: texts })),
    namespace_selector: labelSelector,
    pod_selector: labelSelector,
  }),
);
const policyPorts = list(named({ end_port: integer, port: intOrString, protocol: text }));

const scalingRules = block({
  ...named({ select_policy: text, stabilization_window_seconds: integer }),
  policy: as("policies", list(named({ period_seconds: integer, type: text, value: integer }))),
});
const metricTarget = block(named({ average_utilization: integer, average_value: text, type: text, value: text }));
const metricIdentifier = block(named({ name: text, selector: labelSelector }));
const objectReference = block(named({ api_version: text, kind: text, name: text }));

const backend = block(
  named({
    resource: block(named({ api_group: text, kind: text, name: text })),
    service: block(named({ name: text, port: block(named({ name: text, number: integer })) })),
  }),
);

const metadata = { metadata: as("metadata", objectMeta) };
const withSpec = (shape: Shape): Fields => ({ ...metadata, spec: as("spec", shape) });

const apps: Readonly<Record<string, Kind>> = {
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

const core: Readonly<Record<string, Kind>> = {
  namespace: { apiVersion: "v1", kind: "Namespace", fields: metadata },
  config_map: {
    apiVersion: "v1",
    kind: "ConfigMap",
    fields: { ...metadata, ...named({ binary_data: textMap, data: textMap, immutable: flag }) },
  },
  // Terraform holds plain text and the provider encodes it; stringData lets the API server do that.
  secret: {
    apiVersion: "v1",
    kind: "Secret",
    fields: {
      ...metadata,
      ...named({ immutable: flag, type: text }),
      data: as("stringData", textMap),
      data_wo: as("stringData", textMap),
      binary_data: as("data", textMap),
      binary_data_wo: as("data", textMap),
    },
  },
  service_account: {
    apiVersion: "v1",
    kind: "ServiceAccount",
    fields: {
      ...metadata,
      automount_service_account_token: withDefault("automountServiceAccountToken", flag, true),
      image_pull_secret: as("imagePullSecrets", list(named({ name: text }))),
      secret: as("secrets", list(named({ name: text }))),
    },
  },
  service: {
    apiVersion: "v1",
    kind: "Service",
    fields: withSpec(
      block({
        ...named({
          allocate_load_balancer_node_ports: flag,
          external_name: text,
          external_traffic_policy: text,
          health_check_node_port: integer,
          internal_traffic_policy: text,
          ip_families: texts,
          ip_family_policy: text,
          load_balancer_class: text,
          load_balancer_source_ranges: texts,
          publish_not_ready_addresses: flag,
          selector: textMap,
          session_affinity: text,
          type: text,
        }),
        cluster_ip: as("clusterIP", text),
        cluster_ips: as("clusterIPs", texts),
        external_ips: as("externalIPs", texts),
        load_balancer_ip: as("loadBalancerIP", text),
        port: as(
          "ports",
          list(
            named({
              app_protocol: text,
              name: text,
              node_port: integer,
              port: integer,
              protocol: text,
              target_port: intOrString,
            }),
          ),
        ),
        session_affinity_config: as(
          "sessionAffinityConfig",
          block({ client_ip: as("clientIP", block(named({ timeout_seconds: integer }))) }),
        ),
      }),
    ),
  },
  persistent_volume_claim: { apiVersion: "v1", kind: "PersistentVolumeClaim", fields: withSpec(claimSpec) },
  resource_quota: {
    apiVersion: "v1",
    kind: "ResourceQuota",
    fields: withSpec(
      block({
        ...named({ hard: textMap, scopes: texts }),
        scope_selector: as(
          "scopeSelector",
          block({
            match_expression: as("matchExpressions", list(named({ operator: text, scope_name: text, values: texts }))),
          }),
        ),
      }),
    ),
  },
  limit_range: {
    apiVersion: "v1",
    kind: "LimitRange",
    fields: withSpec(
      block({
        limit: as(
          "limits",
          list(
            named({
              default: textMap,
              default_request: textMap,
              max: textMap,
              max_limit_request_ratio: textMap,
              min: textMap,
              type: text,
            }),
          ),
        ),
      }),
    ),
  },
};

const policy: Readonly<Record<string, Kind>> = {
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
  network_policy: {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    fields: withSpec(
      block(
        named({
          policy_types: texts,
          pod_selector: labelSelector,
          egress: list(named({ ports: policyPorts, to: peers })),
          ingress: list(named({ ports: policyPorts, from: peers })),
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
  role: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", fields: { ...metadata, rule: rules } },
  role_binding: {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    fields: { ...metadata, role_ref: as("roleRef", roleRef), subject: subjects },
  },
  cluster_role: {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    fields: {
      ...metadata,
      rule: rules,
      aggregation_rule: as(
        "aggregationRule",
        block(
          named({
            cluster_role_selectors: list(
              named({
                match_labels: textMap,
                match_expressions: list(named({ key: text, operator: text, values: texts })),
              }),
            ),
          }),
        ),
      ),
    },
  },
  cluster_role_binding: {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    fields: { ...metadata, role_ref: as("roleRef", roleRef), subject: subjects },
  },
};

const platform: Readonly<Record<string, Kind>> = {
  storage_class: {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    fields: {
      ...metadata,
      ...named({
        allow_volume_expansion: flag,
        mount_options: texts,
        parameters: textMap,
        reclaim_policy: text,
        volume_binding_mode: text,
      }),
      storage_provisioner: as("provisioner", text),
      allowed_topologies: as(
        "allowedTopologies",
        list(named({ match_label_expressions: list(named({ key: text, values: texts })) })),
      ),
    },
  },
  csi_driver: {
    apiVersion: "storage.k8s.io/v1",
    kind: "CSIDriver",
    fields: withSpec(block(named({ attach_required: flag, pod_info_on_mount: flag, volume_lifecycle_modes: texts }))),
  },
  ingress_class: {
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    fields: withSpec(
      block(
        named({
          controller: text,
          parameters: block(named({ api_group: text, kind: text, name: text, namespace: text, scope: text })),
        }),
      ),
    ),
  },
  ingress: {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    fields: withSpec(
      block({
        ...named({
          ingress_class_name: text,
          default_backend: backend,
          tls: list(named({ hosts: texts, secret_name: text })),
        }),
        rule: as(
          "rules",
          list(
            named({
              host: text,
              // The API requires pathType; the provider fills it in.
              http: block({
                path: as(
                  "paths",
                  list({
                    ...named({ path: text, backend }),
                    path_type: withDefault("pathType", text, "ImplementationSpecific"),
                  }),
                ),
              }),
            }),
          ),
        ),
      }),
    ),
  },
  runtime_class: {
    apiVersion: "node.k8s.io/v1",
    kind: "RuntimeClass",
    fields: { ...metadata, ...named({ handler: text }) },
  },
};

const kinds: Readonly<Record<string, Kind>> = { ...apps, ...core, ...policy, ...platform, ...admission };

/** The kind that a resource type stands for; types with and without the suffix `_v1` have the same arguments. */
export function kindOf(resourceType: string): Kind | undefined {
  const name = resourceType.replace(/^kubernetes_/, "");
  return resourceType.startsWith("kubernetes_") ? kinds[name.replace(/_v1$/, "")] : undefined;
}

/** Every resource type that can be converted, sorted. */
export const convertibleTypes: readonly string[] = Object.keys(kinds)
  .map((name) => `kubernetes_${/_v\d$/.test(name) ? name : `${name}_v1`}`)
  .sort();
