import { chart, type JsonObject, type JsonValue } from "../model/definition";
import {
  MONITORING_NAMESPACE,
  monitoringNodes,
  monitoringTolerations,
  volumeClaim,
} from "../model/monitoring-placement";
import { resources, restrictedContainer } from "../model/pod-placement";
import lock from "./lock.json";

export interface PrometheusStackSettings {
  /** Label `cluster` of all series that leave the region. */
  readonly clusterName: string;
  readonly region: string;
  readonly storageClass: string;
  /** Days of samples, longer than the longest window of a rule. */
  readonly retentionDays: number;
  readonly scrapeIntervalSeconds: number;
  readonly evaluationIntervalSeconds: number;
  /** Volume of each Prometheus replica, from models/monitoring. */
  readonly volumeGiB: number;
  /** Secret with `alertmanager.yaml`. @default none - the operator's own configuration, which has no receiver */
  readonly alertmanagerConfiguration?: string;
  /** Secrets mounted below /etc/alertmanager/secrets. @default none */
  readonly alertmanagerSecrets?: readonly string[];
}

/** Service account of Alertmanager: it publishes the heartbeat to the other region. */
export const ALERTMANAGER_SERVICE_ACCOUNT = "alertmanager";

/** The operator fills 85 % of the volume at most: compaction needs room for a new block beside the old ones. */
const RETENTION_SHARE = 0.85;

const restrictedPod: JsonObject = {
  runAsNonRoot: true,
  runAsUser: 1000,
  runAsGroup: 2000,
  fsGroup: 2000,
  seccompProfile: { type: "RuntimeDefault" },
};

const spreadHard = (labels: JsonObject): readonly JsonValue[] =>
  ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "DoNotSchedule",
    nodeTaintsPolicy: "Honor",
    labelSelector: { matchLabels: labels },
  }));

/** Control-plane components that EKS runs out of reach: nothing to scrape, and their rules would never fire. */
const notOnEks = {
  kubeControllerManager: { enabled: false },
  kubeEtcd: { enabled: false },
  kubeScheduler: { enabled: false },
};

function prometheus(settings: PrometheusStackSettings): JsonObject {
  const { retentionDays, volumeGiB, storageClass } = settings;
  const everything = Object.fromEntries(
    ["rule", "serviceMonitor", "podMonitor", "probe", "scrapeConfig"].map((kind) => [
      `${kind}SelectorNilUsesHelmValues`,
      false,
    ]),
  );
  return {
    podDisruptionBudget: { enabled: true, minAvailable: 1 },
    prometheusSpec: {
      ...everything,
      replicas: 2,
      retention: `${retentionDays}d`,
      retentionSize: `${Math.floor(volumeGiB * RETENTION_SHARE)}GiB`,
      scrapeInterval: `${settings.scrapeIntervalSeconds}s`,
      evaluationInterval: `${settings.evaluationIntervalSeconds}s`,
      storageSpec: { volumeClaimTemplate: volumeClaim(volumeGiB, storageClass) },
      resources: resources(300, 1568, 3072),
      externalLabels: { cluster: settings.clusterName, region: settings.region },
      enableFeatures: ["exemplar-storage"],
      walCompression: true,
      // One target that exposes too much is dropped, not the server: OB alert on exceeded limits names it.
      enforcedSampleLimit: 60000,
      enforcedBodySizeLimit: "50MB",
      enforcedLabelLimit: 60,
      podAntiAffinity: "hard",
      topologySpreadConstraints: spreadHard({ "app.kubernetes.io/name": "prometheus" }),
      nodeSelector: monitoringNodes,
      tolerations: monitoringTolerations,
      securityContext: restrictedPod,
      priorityClassName: "system-cluster-critical",
    },
  };
}

function alertmanager(settings: PrometheusStackSettings): JsonObject {
  const { alertmanagerConfiguration, alertmanagerSecrets = [], storageClass } = settings;
  return {
    serviceAccount: { name: ALERTMANAGER_SERVICE_ACCOUNT },
    podDisruptionBudget: { enabled: true, minAvailable: 2 },
    alertmanagerSpec: {
      replicas: 3,
      retention: "120h",
      storage: { volumeClaimTemplate: volumeClaim(1, storageClass) },
      resources: resources(10, 64, 128),
      // Alerts without a label `namespace` reach their routes too.
      alertmanagerConfigMatcherStrategy: { type: "None" },
      ...(alertmanagerConfiguration === undefined
        ? {}
        : { useExistingSecret: true, configSecret: alertmanagerConfiguration }),
      ...(alertmanagerSecrets.length === 0 ? {} : { secrets: [...alertmanagerSecrets] }),
      podAntiAffinity: "hard",
      topologySpreadConstraints: spreadHard({ "app.kubernetes.io/name": "alertmanager" }),
      nodeSelector: monitoringNodes,
      tolerations: monitoringTolerations,
      securityContext: restrictedPod,
      priorityClassName: "system-cluster-critical",
    },
  };
}

/** Prometheus operator, Prometheus, Alertmanager and kube-state-metrics. Its CRDs belong to another release. */
export const kubePrometheusStack = chart<PrometheusStackSettings>({
  key: "kube-prometheus-stack",
  chart: "kube-prometheus-stack",
  repository: "https://prometheus-community.github.io/helm-charts",
  version: "88.5.3",
  releaseName: "monitoring",
  namespace: MONITORING_NAMESPACE,
  kubernetesMinors: null,
  crdSwitch: { path: "crds.enabled", default: true },
  podSecurity: "restricted",
  awsServiceAccounts: [{ namespace: MONITORING_NAMESPACE, name: ALERTMANAGER_SERVICE_ACCOUNT, services: ["sns"] }],
  freeForm: {},
  readInTemplates: {
    "crds.enabled":
      "condition of the subchart crds (Chart.yaml), whose crds/ folder a release that skips CRDs does not render",
  },
  // The operator mounts each as a volume of the pods (prometheus-operator pkg/alertmanager/statefulset.go), read 2026-11-29.
  requiredSecrets: ["alertmanager.alertmanagerSpec.secrets"],
  singleReplicas: {
    "monitoring-operator": "it only applies changes; Prometheus and Alertmanager run without it",
    "monitoring-kube-state-metrics": "a second replica would double every series",
  },
  example: {
    clusterName: "example-use1",
    region: "us-east-1",
    storageClass: "gp3",
    retentionDays: 35,
    scrapeIntervalSeconds: 30,
    evaluationIntervalSeconds: 30,
    volumeGiB: 50,
    alertmanagerConfiguration: "alertmanager-configuration",
    alertmanagerSecrets: ["alertmanager-credentials"],
  },
  lock,
  values: (settings) => ({
    fullnameOverride: "monitoring",
    crds: { enabled: false },
    // Rules, alerts and dashboards are the platform's own: they have owners, runbooks and tests.
    defaultRules: { create: false },
    grafana: { enabled: false, forceDeployDashboards: false },
    nodeExporter: { enabled: false },
    kubeProxy: { enabled: false },
    ...notOnEks,
    // cAdvisor every 10 s by default would be three samples where one is evaluated.
    kubelet: { serviceMonitor: { cAdvisorInterval: `${settings.scrapeIntervalSeconds}s` } },
    prometheusOperator: {
      // Rules are checked before they are deployed; the webhook's two hook Jobs would block a deployment.
      admissionWebhooks: { enabled: false },
      tls: { enabled: false },
      kubeletEndpointsEnabled: false,
      kubeletEndpointSliceEnabled: true,
      resources: resources(20, 96, 256),
      prometheusConfigReloader: { resources: resources(10, 32, 64) },
      nodeSelector: monitoringNodes,
      tolerations: monitoringTolerations,
      priorityClassName: "system-cluster-critical",
    },
    prometheus: prometheus(settings),
    alertmanager: alertmanager(settings),
    "kube-state-metrics": {
      resources: resources(20, 96, 256),
      nodeSelector: monitoringNodes,
      tolerations: monitoringTolerations,
      // One replica: a second one would double every series.
      priorityClassName: "system-cluster-critical",
      containerSecurityContext: restrictedContainer,
    },
  }),
});
