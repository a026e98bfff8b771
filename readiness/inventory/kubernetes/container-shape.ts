import { resources, keyRef, fieldRef, resourceFieldRef, seLinuxOptions, seccompProfile } from "./shared-shapes";
import { type Fields, as, block, flag, intOrString, integer, list, named, text, texts, withDefault } from "./shape";

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

export const containerFields: Fields = {
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
