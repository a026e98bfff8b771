import { affinity } from "./affinity-shape";
import { containerFields } from "./container-shape";
import { objectMeta, labelSelector, seLinuxOptions, seccompProfile } from "./shared-shapes";
import { volumes } from "./volume-shape";
import {
  type Fields,
  as,
  block,
  flag,
  integer,
  integers,
  list,
  named,
  text,
  textMap,
  texts,
  withDefault,
} from "./shape";

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
