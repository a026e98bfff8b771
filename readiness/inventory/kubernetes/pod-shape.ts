import { arrayOf, isObject } from "../json";
import {
  type Fields,
  type Shape,
  as,
  block,
  convertFields,
  flag,
  intOrString,
  integer,
  integers,
  list,
  named,
  octalMode,
  text,
  textMap,
  texts,
  withDefault,
} from "./shape";

// Argument names and which blocks repeat: @cdktf/provider-kubernetes 12.1.1 (provider 2.38.0), index.d.ts of deployment-v1,
// stateful-set-v1, daemon-set-v1, job-v1 and cron-job-v1, read 2026-11-21. Kubernetes names: core/v1 of Kubernetes 1.36.

export const objectMeta = block(
  named({ annotations: textMap, generate_name: text, labels: textMap, name: text, namespace: text }),
);
export const labelSelector = block(
  named({ match_labels: textMap, match_expressions: list(named({ key: text, operator: text, values: texts })) }),
);
export const resources = block(named({ limits: textMap, requests: textMap }));

const keyRef = block(named({ key: text, name: text, optional: flag }));
const fieldRef = block(named({ api_version: text, field_path: text }));
const resourceFieldRef = block(named({ container_name: text, divisor: text, resource: text }));
const seLinuxOptions = block(named({ level: text, role: text, type: text, user: text }));
const seccompProfile = block(named({ localhost_profile: text, type: text }));

const httpGet = block({
  ...named({ host: text, path: text, port: intOrString, scheme: text }),
  http_header: as("httpHeaders", list(named({ name: text, value: text }))),
});
const tcpSocket = block(named({ port: intOrString }));
const exec = block(named({ command: texts }));
const lifecycleHandler = block(named({ exec, http_get: httpGet, tcp_socket: tcpSocket }));
const probe = block(
  named({
    failure_threshold: integer,
    initial_delay_seconds: integer,
    period_seconds: integer,
    success_threshold: integer,
    timeout_seconds: integer,
    exec,
    http_get: httpGet,
    tcp_socket: tcpSocket,
    grpc: block(named({ port: integer, service: text })),
  }),
);

// The provider writes these four whenever the block is there, whatever the configuration leaves out.
const containerSecurity = block({
  allow_privilege_escalation: withDefault("allowPrivilegeEscalation", flag, true),
  privileged: withDefault("privileged", flag, false),
  read_only_root_filesystem: withDefault("readOnlyRootFilesystem", flag, false),
  run_as_non_root: withDefault("runAsNonRoot", flag, false),
  ...named({
    run_as_group: integer,
    run_as_user: integer,
    capabilities: block(named({ add: texts, drop: texts })),
    se_linux_options: seLinuxOptions,
    seccomp_profile: seccompProfile,
  }),
});

const containerFields: Fields = {
  ...named({
    args: texts,
    command: texts,
    image: text,
    image_pull_policy: text,
    name: text,
    stdin: flag,
    stdin_once: flag,
    termination_message_path: text,
    termination_message_policy: text,
    tty: flag,
    working_dir: text,
    lifecycle: block(named({ post_start: lifecycleHandler, pre_stop: lifecycleHandler })),
    liveness_probe: probe,
    readiness_probe: probe,
    startup_probe: probe,
    resources,
    security_context: containerSecurity,
    env: list(
      named({
        name: text,
        value: text,
        value_from: block(
          named({
            config_map_key_ref: keyRef,
            field_ref: fieldRef,
            resource_field_ref: resourceFieldRef,
            secret_key_ref: keyRef,
          }),
        ),
      }),
    ),
    env_from: list(
      named({
        prefix: text,
        config_map_ref: block(named({ name: text, optional: flag })),
        secret_ref: block(named({ name: text, optional: flag })),
      }),
    ),
  }),
  port: as(
    "ports",
    list({
      ...named({ container_port: integer, host_port: integer, name: text, protocol: text }),
      host_ip: as("hostIP", text),
    }),
  ),
  volume_device: as("volumeDevices", list(named({ device_path: text, name: text }))),
  volume_mount: as(
    "volumeMounts",
    list(
      named({
        mount_path: text,
        mount_propagation: text,
        name: text,
        read_only: flag,
        sub_path: text,
        sub_path_expr: text,
      }),
    ),
  ),
};

const podSecurity = block({
  run_as_non_root: withDefault("runAsNonRoot", flag, false),
  ...named({
    fs_group: integer,
    fs_group_change_policy: text,
    run_as_group: integer,
    run_as_user: integer,
    supplemental_groups: integers,
    se_linux_options: seLinuxOptions,
    seccomp_profile: seccompProfile,
  }),
  sysctl: as("sysctls", list(named({ name: text, value: text }))),
  windows_options: as(
    "windowsOptions",
    block({
      ...named({ gmsa_credential_spec: text, gmsa_credential_spec_name: text, host_process: flag }),
      run_as_username: as("runAsUserName", text),
    }),
  ),
});

const keyToPath = list(named({ key: text, mode: octalMode, path: text }));
const downwardItems = list(
  named({ mode: octalMode, path: text, field_ref: fieldRef, resource_field_ref: resourceFieldRef }),
);
const projections: Fields = {
  ...named({
    secret: block(named({ name: text, optional: flag, items: keyToPath })),
    config_map: block(named({ name: text, optional: flag, items: keyToPath })),
  }),
  downward_api: as("downwardAPI", block(named({ items: downwardItems }))),
  ...named({ service_account_token: block(named({ audience: text, expiration_seconds: integer, path: text })) }),
};

/**
 * One block of Terraform may hold several sources; the provider sends each by itself, in the order of the table. Source: its
 * expandProjectedSources, read 2026-11-21.
 */
const projectedSources: Shape = (value, path, context) => {
  const order = Object.keys(projections);
  return arrayOf(value)
    .filter(isObject)
    .flatMap((source, index) =>
      Object.keys(source)
        .sort((left, right) => order.indexOf(left) - order.indexOf(right))
        .flatMap((name) =>
          arrayOf(source[name]).map((entry) =>
            convertFields({ [name]: entry }, projections, `${path}.${index}`, context),
          ),
        ),
    );
};

export const claimSpec = block(
  named({
    access_modes: texts,
    storage_class_name: text,
    volume_mode: text,
    volume_name: text,
    resources,
    selector: labelSelector,
  }),
);
export const claimTemplate = named({ metadata: objectMeta, spec: claimSpec });

// Volume sources of clouds other than AWS and of retired plugins are left out: a use of one is reported, not dropped.
const volumes = list({
  ...named({
    name: text,
    config_map: block(named({ default_mode: octalMode, name: text, optional: flag, items: keyToPath })),
    csi: block(
      named({
        driver: text,
        fs_type: text,
        read_only: flag,
        volume_attributes: textMap,
        node_publish_secret_ref: block(named({ name: text })),
      }),
    ),
    empty_dir: block(named({ medium: text, size_limit: text })),
    ephemeral: block(named({ volume_claim_template: block(claimTemplate) })),
    host_path: block(named({ path: text, type: text })),
    nfs: block(named({ path: text, read_only: flag, server: text })),
    persistent_volume_claim: block(named({ claim_name: text, read_only: flag })),
    projected: block(named({ default_mode: octalMode, sources: projectedSources })),
    secret: block(named({ default_mode: octalMode, optional: flag, secret_name: text, items: keyToPath })),
  }),
  aws_elastic_block_store: as(
    "awsElasticBlockStore",
    block({ ...named({ fs_type: text, partition: integer, read_only: flag }), volume_id: as("volumeID", text) }),
  ),
  downward_api: as("downwardAPI", block(named({ default_mode: octalMode, items: downwardItems }))),
});

const nodeSelectorTerm = named({
  match_expressions: list(named({ key: text, operator: text, values: texts })),
  match_fields: list(named({ key: text, operator: text, values: texts })),
});
const podAffinityTerm = named({
  namespaces: texts,
  topology_key: text,
  label_selector: labelSelector,
  namespace_selector: labelSelector,
});
const podAffinity = block(
  named({
    preferred_during_scheduling_ignored_during_execution: list(
      named({ weight: integer, pod_affinity_term: block(podAffinityTerm) }),
    ),
    required_during_scheduling_ignored_during_execution: list(podAffinityTerm),
  }),
);
const affinity = block(
  named({
    node_affinity: block(
      named({
        preferred_during_scheduling_ignored_during_execution: list(
          named({ weight: integer, preference: block(nodeSelectorTerm) }),
        ),
        required_during_scheduling_ignored_during_execution: block({
          node_selector_term: as("nodeSelectorTerms", list(nodeSelectorTerm)),
        }),
      }),
    ),
    pod_affinity: podAffinity,
    pod_anti_affinity: podAffinity,
  }),
);

const podSpecFields: Fields = {
  ...named({
    active_deadline_seconds: integer,
    dns_policy: text,
    enable_service_links: flag,
    host_network: flag,
    hostname: text,
    node_name: text,
    node_selector: textMap,
    priority_class_name: text,
    restart_policy: text,
    runtime_class_name: text,
    scheduler_name: text,
    service_account_name: text,
    share_process_namespace: flag,
    subdomain: text,
    termination_grace_period_seconds: integer,
    affinity,
    security_context: podSecurity,
    os: block(named({ name: text })),
    dns_config: block({
      ...named({ nameservers: texts, searches: texts }),
      option: as("options", list(named({ name: text, value: text }))),
    }),
    host_aliases: list(named({ hostnames: texts, ip: text })),
    image_pull_secrets: list(named({ name: text })),
  }),
  // Sent as true when not written, which overrides a service account that says false.
  automount_service_account_token: withDefault("automountServiceAccountToken", flag, true),
  host_ipc: as("hostIPC", flag),
  host_pid: as("hostPID", flag),
  container: as("containers", list(containerFields)),
  init_container: as("initContainers", list(containerFields)),
  readiness_gate: as("readinessGates", list(named({ condition_type: text }))),
  toleration: as(
    "tolerations",
    list(named({ effect: text, key: text, operator: text, toleration_seconds: integer, value: text })),
  ),
  topology_spread_constraint: as(
    "topologySpreadConstraints",
    list(
      named({
        match_label_keys: texts,
        max_skew: integer,
        min_domains: integer,
        node_affinity_policy: text,
        node_taints_policy: text,
        topology_key: text,
        when_unsatisfiable: text,
        label_selector: labelSelector,
      }),
    ),
  ),
  volume: as("volumes", volumes),
};

export const podTemplate = block(named({ metadata: objectMeta, spec: block(podSpecFields) }));
export const jobPodTemplate = block(
  named({
    metadata: objectMeta,
    spec: block({ ...podSpecFields, restart_policy: withDefault("restartPolicy", text, "Never") }),
  }),
);
