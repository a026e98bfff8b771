import { chart } from "../model/definition";
import { MONITORING_NAMESPACE, monitoringNodes, monitoringTolerations } from "../model/monitoring-placement";
import { resources, restrictedContainer } from "../model/pod-placement";
import lock from "./lock.json";

export interface RedisExporterSettings {
  /** Secret with `passwords.json`: passwords by address with user. */
  readonly secret: string;
}

/** Name of the release, its Service and its port. */
export const REDIS_EXPORTER = { name: "redis-exporter", port: "redis-exporter" } as const;

/** Asks every cache of the region: each target is an address with its user (multi-target, `/scrape`). */
export const redisExporter = chart<RedisExporterSettings>({
  key: "prometheus-redis-exporter",
  chart: "prometheus-redis-exporter",
  repository: "https://prometheus-community.github.io/helm-charts",
  version: "6.29.0",
  releaseName: REDIS_EXPORTER.name,
  namespace: MONITORING_NAMESPACE,
  kubernetesMinors: null,
  podSecurity: "restricted",
  awsServiceAccounts: [],
  freeForm: {},
  requiredSecrets: ["auth.redisPasswordFile.secret.name"],
  singleReplicas: {
    "redis-exporter": "samples of a missed minute are lost; alerts wait longer",
  },
  example: { secret: "redis-exporter" },
  lock,
  values: ({ secret }) => ({
    fullnameOverride: REDIS_EXPORTER.name,
    // The project pushes each release to Quay as well (.github/workflows/release.yml, read 2026-11-29).
    image: { repository: "quay.io/oliver006/redis_exporter" },
    // An address of its own would be an undeclared cache.
    redisAddress: "",
    auth: { enabled: true, redisPasswordFile: { secret: { name: secret, key: "passwords.json" } } },
    // ElastiCache has no CONFIG, and the user may not list clients.
    env: [
      { name: "REDIS_EXPORTER_CONFIG_COMMAND", value: "-" },
      { name: "REDIS_EXPORTER_LOG_FORMAT", value: "json" },
    ],
    // It reads the passwords when it starts: rotated ones reach it by a restart (Reloader).
    annotations: { "secret.reloader.stakater.com/reload": secret },
    rbac: { create: false },
    resources: resources(10, 32, 64),
    securityContext: restrictedContainer,
    podSecurityContext: {
      runAsNonRoot: true,
      runAsUser: 59000,
      runAsGroup: 59000,
      seccompProfile: { type: "RuntimeDefault" },
    },
    nodeSelector: monitoringNodes,
    tolerations: monitoringTolerations,
  }),
});
