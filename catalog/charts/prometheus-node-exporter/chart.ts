import { chart } from "../model/definition";
import { everyNode, NODE_AGENTS_NAMESPACE } from "../model/monitoring-placement";
import { resources, restrictedContainer } from "../model/pod-placement";
import lock from "./lock.json";

/** Metrics of each node. It reads the node's files; it needs neither its network nor its processes. */
export const nodeExporter = chart<Record<string, never>>({
  key: "prometheus-node-exporter",
  chart: "prometheus-node-exporter",
  repository: "https://prometheus-community.github.io/helm-charts",
  version: "4.56.1",
  releaseName: "node-exporter",
  namespace: NODE_AGENTS_NAMESPACE,
  kubernetesMinors: null,
  podSecurity: "privileged",
  awsServiceAccounts: [],
  freeForm: {},
  example: {},
  lock,
  values: () => ({
    fullnameOverride: "node-exporter",
    hostNetwork: false,
    hostPID: false,
    resources: resources(10, 24, 64),
    tolerations: everyNode,
    priorityClassName: "system-node-critical",
    containerSecurityContext: restrictedContainer,
    securityContext: {
      fsGroup: 65534,
      runAsGroup: 65534,
      runAsNonRoot: true,
      runAsUser: 65534,
      seccompProfile: { type: "RuntimeDefault" },
    },
    prometheus: { monitor: { enabled: true, jobLabel: "app.kubernetes.io/name" } },
  }),
});
