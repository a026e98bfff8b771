import { chart } from "../model/definition";
import { leaveDeadNodesQuickly, resources, spreadOverZonesAndNodes } from "../model/pod-placement";
import lock from "./lock.json";

/** Source of the resource metrics that HorizontalPodAutoscalers read. */
export const metricsServer = chart<Record<string, never>>({
  key: "metrics-server",
  chart: "metrics-server",
  repository: "https://kubernetes-sigs.github.io/metrics-server/",
  version: "3.13.1",
  releaseName: "metrics-server",
  namespace: "kube-system",
  kubernetesMinors: null,
  podSecurity: "restricted",
  awsServiceAccounts: [],
  freeForm: {
    podDisruptionBudget: "minAvailable and maxUnavailable are alternatives, null by default",
    updateStrategy: "a Deployment strategy, copied",
    podSecurityContext: "a pod's security context, copied",
    resources: "a container's resources, copied",
  },
  example: {},
  lock,
  installation: { purpose: "metrics", settings: () => ({}) },
  // Kubelet certificates are verified: EKS signs them with the cluster's authority, so --kubelet-insecure-tls stays off.
  // The API aggregator trusts the server's self-signed certificate (chart default) until cert-manager issues one.
  values: () => ({
    replicas: 2,
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    podDisruptionBudget: { enabled: true, maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" },
    // The project states 1m CPU and 2 MB a node (README, 2026-08): this covers 50 nodes; its default of 100m and 200Mi covers 100.
    resources: resources(50, 100, 200),
    topologySpreadConstraints: spreadOverZonesAndNodes({
      "app.kubernetes.io/name": "metrics-server",
      "app.kubernetes.io/instance": "metrics-server",
    }),
    tolerations: leaveDeadNodesQuickly,
    podSecurityContext: { seccompProfile: { type: "RuntimeDefault" }, runAsNonRoot: true },
    metrics: { enabled: true },
    serviceMonitor: { enabled: true, interval: "30s" },
  }),
});
