import { chart, type JsonObject } from "../model/definition";
import { MONITORING_NAMESPACE, monitoringNodes, monitoringTolerations } from "../model/monitoring-placement";
import { resources, restrictedContainer } from "../model/pod-placement";
import { exampleMirror, type ImageMirror } from "../model/image-mirror";
import lock from "./lock.json";

export interface GrafanaSettings {
  readonly mirror: ImageMirror;
  /** Secret with `admin-user` and `admin-password`, generated and rotated. */
  readonly adminSecret: string;
  /** ConfigMaps of dashboards by the name of their folder. */
  readonly dashboards: Readonly<Record<string, string>>;
}

/** Links between logs and traces need time shifts other than zero, or Grafana searches an empty interval. */
const dataSources: readonly JsonObject[] = [
  {
    name: "Prometheus",
    uid: "prometheus",
    type: "prometheus",
    url: "http://monitoring-prometheus.monitoring:9090",
    isDefault: true,
    jsonData: {
      timeInterval: "30s",
      exemplarTraceIdDestinations: [{ name: "trace_id", datasourceUid: "jaeger" }],
    },
  },
  {
    name: "Alertmanager",
    uid: "alertmanager",
    type: "alertmanager",
    url: "http://monitoring-alertmanager.monitoring:9093",
    jsonData: { implementation: "prometheus" },
  },
  {
    name: "Loki",
    uid: "loki",
    type: "loki",
    url: "http://loki.monitoring:3100",
    jsonData: {
      derivedFields: [
        {
          name: "trace_id",
          matcherType: "label",
          matcherRegex: "trace_id",
          datasourceUid: "jaeger",
          url: "$${__value.raw}",
        },
      ],
    },
  },
  {
    name: "Jaeger",
    uid: "jaeger",
    type: "jaeger",
    url: "http://jaeger.monitoring:16686",
    jsonData: {
      tracesToLogsV2: {
        datasourceUid: "loki",
        spanStartTimeShift: "-5m",
        spanEndTimeShift: "5m",
        filterByTraceID: true,
      },
    },
  },
];

/** Nothing is kept in its volume: data sources and dashboards are provisioned, the database is rebuilt at each start. */
export const grafana = chart<GrafanaSettings>({
  key: "grafana",
  chart: "grafana",
  repository: "https://grafana-community.github.io/helm-charts",
  version: "12.11.1",
  releaseName: "grafana",
  namespace: MONITORING_NAMESPACE,
  kubernetesMinors: null,
  podSecurity: "restricted",
  awsServiceAccounts: [],
  freeForm: {},
  // env GF_SECURITY_ADMIN_USER and GF_SECURITY_ADMIN_PASSWORD by secretKeyRef (templates/_pod.tpl), read 2026-11-29.
  requiredSecrets: ["admin.existingSecret"],
  singleReplicas: {
    grafana: "dashboards may be away for the minute in which a pod is moved; alerts do not pass through it",
  },
  example: {
    mirror: exampleMirror,
    adminSecret: "grafana-admin",
    dashboards: { platform: "dashboards-platform", applications: "dashboards-applications" },
  },
  lock,
  values: ({ mirror, adminSecret, dashboards }) => ({
    image: { registry: mirror.registry, repository: `${mirror.prefix}/grafana/grafana` },
    replicas: 1,
    // Grafana reads the password when it starts: a rotated one reaches it by a restart (Reloader).
    annotations: { "secret.reloader.stakater.com/reload": adminSecret },
    admin: { existingSecret: adminSecret, userKey: "admin-user", passwordKey: "admin-password" },
    "grafana.ini": {
      "auth.anonymous": { enabled: false },
      users: { allow_sign_up: false },
      analytics: { reporting_enabled: false, check_for_updates: false },
      security: { cookie_secure: true, disable_gravatar: true },
      unified_alerting: { enabled: false },
    },
    datasources: { "datasources.yaml": { apiVersion: 1, prune: true, datasources: dataSources } },
    dashboardProviders: {
      "providers.yaml": {
        apiVersion: 1,
        providers: Object.keys(dashboards).map((name) => ({
          name,
          folder: name,
          type: "file",
          disableDeletion: true,
          allowUiUpdates: false,
          options: { path: `/var/lib/grafana/dashboards/${name}` },
        })),
      },
    },
    dashboardsConfigMaps: dashboards,
    rbac: { create: false },
    serviceAccount: { automountServiceAccountToken: false },
    serviceMonitor: { enabled: true, interval: "30s" },
    resources: resources(100, 256, 512),
    containerSecurityContext: restrictedContainer,
    securityContext: {
      fsGroup: 472,
      runAsGroup: 472,
      runAsNonRoot: true,
      runAsUser: 472,
      seccompProfile: { type: "RuntimeDefault" },
    },
    nodeSelector: monitoringNodes,
    tolerations: monitoringTolerations,
  }),
});
