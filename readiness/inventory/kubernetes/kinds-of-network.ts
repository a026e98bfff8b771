import { type Kind, withSpec } from "./kind";
import { labelSelector } from "./shared-shapes";
import { as, block, flag, intOrString, integer, list, named, text, textMap, texts, withDefault } from "./shape";

const peers = list(
  named({
    ip_block: block(named({ cidr: text, except: texts })),
    namespace_selector: labelSelector,
    pod_selector: labelSelector,
  }),
);
const policyPorts = list(named({ end_port: integer, port: intOrString, protocol: text }));

const backend = block(
  named({
    resource: block(named({ api_group: text, kind: text, name: text })),
    service: block(named({ name: text, port: block(named({ name: text, number: integer })) })),
  }),
);

/** How connections reach pods, and which may. */
export const network: Readonly<Record<string, Kind>> = {
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
};
