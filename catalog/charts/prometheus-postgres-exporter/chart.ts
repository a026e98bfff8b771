import { chart } from "../model/definition";
import { MONITORING_NAMESPACE, monitoringNodes, monitoringTolerations } from "../model/monitoring-placement";
import { resources, restrictedContainer } from "../model/pod-placement";
import lock from "./lock.json";

export interface PostgresExporterSettings {
  /** Secret with `postgres_exporter.yml` (users by store) and the empty `data-source`. */
  readonly secret: string;
}

/** Name of the release, its Service and its port. */
export const POSTGRES_EXPORTER = { name: "postgres-exporter", port: "http" } as const;

/**
 * Asks every database of the region: each target names the user that it is asked with (multi-target, `/probe`).
 *
 * Without a data source of its own the exporter connects to nothing by itself (exporter/datasource.go of v0.20.1); the
 * chart has no other way to say so than an empty entry of a Secret.
 */
export const postgresExporter = chart<PostgresExporterSettings>({
  key: "prometheus-postgres-exporter",
  chart: "prometheus-postgres-exporter",
  repository: "https://prometheus-community.github.io/helm-charts",
  version: "8.2.0",
  releaseName: POSTGRES_EXPORTER.name,
  namespace: MONITORING_NAMESPACE,
  kubernetesMinors: null,
  podSecurity: "restricted",
  awsServiceAccounts: [],
  freeForm: {},
  requiredSecrets: ["config.existingSecret.name", "config.datasourceSecret.name"],
  singleReplicas: {
    "postgres-exporter": "samples of a missed minute are lost; alerts wait longer",
  },
  example: { secret: "postgres-exporter" },
  lock,
  values: ({ secret }) => ({
    fullnameOverride: POSTGRES_EXPORTER.name,
    config: {
      datasourceSecret: { name: secret, key: "data-source" },
      existingSecret: { enabled: true, name: secret },
      logFormat: "json",
    },
    // It reads its users when it starts: rotated ones reach it by a restart (Reloader).
    deployment: { annotations: { "secret.reloader.stakater.com/reload": secret } },
    rbac: { create: false },
    resources: resources(10, 48, 96),
    securityContext: { ...restrictedContainer, runAsUser: 1001, runAsGroup: 1001 },
    nodeSelector: monitoringNodes,
    tolerations: monitoringTolerations,
  }),
});
