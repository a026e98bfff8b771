import { chart } from "../model/definition";
import { MONITORING_NAMESPACE, monitoringNodes, monitoringTolerations } from "../model/monitoring-placement";
import { resources, restrictedContainer } from "../model/pod-placement";
import lock from "./lock.json";

export interface OpencostSettings {
  readonly clusterName: string;
}

/** Cost of namespaces as metrics; it reads Prometheus, without an interface of its own. */
export const opencost = chart<OpencostSettings>({
  key: "opencost",
  chart: "opencost",
  repository: "https://opencost.github.io/opencost-helm-chart",
  version: "2.5.17",
  releaseName: "opencost",
  namespace: MONITORING_NAMESPACE,
  kubernetesMinors: null,
  podSecurity: "restricted",
  awsServiceAccounts: [],
  freeForm: {},
  singleReplicas: {
    opencost: "it computes costs of hours that are past",
  },
  example: { clusterName: "example-use1" },
  lock,
  values: ({ clusterName }) => ({
    opencost: {
      mcp: { enabled: false },
      ui: { enabled: false },
      exporter: {
        defaultClusterId: clusterName,
        resources: resources(20, 128, 256),
        securityContext: { ...restrictedContainer, runAsUser: 1001 },
      },
      metrics: { serviceMonitor: { enabled: true } },
      prometheus: {
        internal: { enabled: false },
        external: { enabled: true, url: "http://monitoring-prometheus.monitoring:9090" },
      },
      nodeSelector: monitoringNodes,
      tolerations: monitoringTolerations,
    },
    podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" }, fsGroup: 1001 },
  }),
});
