import { chart } from "../model/definition";
import { MONITORING_NAMESPACE, monitoringNodes, monitoringTolerations } from "../model/monitoring-placement";
import { resources, restrictedContainer } from "../model/pod-placement";
import lock from "./lock.json";

/** Asks addresses from outside of their applications: those of the own region and of the other one. */
export const blackboxExporter = chart<Record<string, never>>({
  key: "prometheus-blackbox-exporter",
  chart: "prometheus-blackbox-exporter",
  repository: "https://prometheus-community.github.io/helm-charts",
  version: "11.17.2",
  releaseName: "blackbox-exporter",
  namespace: MONITORING_NAMESPACE,
  kubernetesMinors: null,
  podSecurity: "restricted",
  awsServiceAccounts: [],
  freeForm: {},
  singleReplicas: {
    "blackbox-exporter": "probes of a missed minute are made up for by the next; alerts wait longer",
  },
  example: {},
  lock,
  values: () => ({
    fullnameOverride: "blackbox-exporter",
    replicas: 1,
    config: {
      modules: {
        http_2xx: {
          prober: "http",
          timeout: "5s",
          http: {
            valid_http_versions: ["HTTP/1.1", "HTTP/2.0"],
            follow_redirects: true,
            fail_if_not_ssl: true,
            preferred_ip_protocol: "ip4",
          },
        },
      },
    },
    serviceMonitor: { selfMonitor: { enabled: true } },
    resources: resources(20, 96, 128),
    securityContext: { ...restrictedContainer, runAsUser: 1000, runAsGroup: 1000 },
    podSecurityContext: { seccompProfile: { type: "RuntimeDefault" }, runAsNonRoot: true },
    nodeSelector: monitoringNodes,
    tolerations: monitoringTolerations,
  }),
});
