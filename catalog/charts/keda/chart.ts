import { chart, type JsonObject } from "../model/definition";
import { leaveDeadNodesQuickly, resources, spreadOverZonesAndNodes } from "../model/pod-placement";
import lock from "./lock.json";

const rolling: JsonObject = { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
const monitored: JsonObject = { enabled: true, serviceMonitor: { enabled: true, interval: "30s" } };

/** Port on which the metrics API server asks the operator, inside the namespace (chart templates, read 2026-11-21). */
export const KEDA_OPERATOR_PORT = 9666;
/** Port on which the API server asks for external metrics. */
export const KEDA_METRICS_PORT = 6443;

/** Port of Redis, as every cache of the platform listens on it. */
const REDIS_PORT = 6379;

const operatorPods = { app: "keda-operator" };
const metricsPods = { app: "keda-operator-metrics-apiserver" };

/** Scales by the length of queues: makes the HorizontalPodAutoscaler of each ScaledObject and answers for its metrics. */
export const keda = chart<Record<string, never>>({
  key: "keda",
  chart: "keda",
  repository: "https://kedacore.github.io/charts",
  version: "2.20.2",
  releaseName: "keda",
  namespace: "keda",
  kubernetesMinors: null,
  crdSwitch: { path: "crds.install", default: true },
  podSecurity: "restricted",
  awsServiceAccounts: [],
  freeForm: {
    "crds.additionalAnnotations": "copied onto each CustomResourceDefinition",
    "upgradeStrategy.metricsApiServer": "a Deployment strategy, copied",
    "upgradeStrategy.operator": "a Deployment strategy, copied",
  },
  // Templates of 2.20.2, manager/ and metrics-server/poddisruptionbudget.yaml: minAvailable and maxUnavailable only; read 2026-11-29.
  disruptionBudgets: [
    { name: "keda-operator", maxUnavailable: 1, matchLabels: operatorPods },
    { name: "keda-operator-metrics-apiserver", maxUnavailable: 1, matchLabels: metricsPods },
  ],
  example: {},
  lock,
  installation: {
    purpose: "queue-scaling",
    wanted: ({ scalesByQueue }) => scalesByQueue,
    settings: () => ({}),
    traffic: { webhookPorts: [KEDA_METRICS_PORT], withinPorts: [KEDA_OPERATOR_PORT], storePorts: [REDIS_PORT] },
  },
  values: () => ({
    // Without `keep`, an uninstall of the release would delete every ScaledObject, and with it its autoscaler.
    crds: { additionalAnnotations: { "helm.sh/resource-policy": "keep" } },
    operator: { replicaCount: 2 },
    metricsServer: { replicaCount: 2 },
    // What the webhooks refuse (two autoscalers of one target, no request to take a percentage of), AV-07 and CP-08 refuse before.
    webhooks: { enabled: false },
    // Deployments and StatefulSets are scaled: the right to scale any kind of any group is not needed.
    rbac: { enabledCustomScaledRefKinds: false },
    priorityClassName: "system-cluster-critical",
    // A handful of queues: the chart's memory requests, without its 100m of CPU that would stand idle four times.
    resources: { operator: resources(25, 100, 256), metricServer: resources(25, 100, 256) },
    upgradeStrategy: { operator: rolling, metricsApiServer: rolling },
    topologySpreadConstraints: {
      operator: spreadOverZonesAndNodes(operatorPods),
      metricsServer: spreadOverZonesAndNodes(metricsPods),
    },
    tolerations: leaveDeadNodesQuickly,
    enableServiceLinks: false,
    image: { pullPolicy: "IfNotPresent" },
    logging: { operator: { format: "json" }, metricServer: { zapEncoder: "json" } },
    prometheus: { operator: monitored, metricServer: monitored },
  }),
});
