import { chart } from "../model/definition";
import { MONITORING_NAMESPACE, monitoringNodes, monitoringTolerations } from "../model/monitoring-placement";
import { resources, restrictedContainer } from "../model/pod-placement";
import { collectorTelemetry } from "../model/collector-telemetry";
import lock from "./lock.json";

export interface JaegerSettings {
  /** PersistentVolumeClaim that holds the traces. */
  readonly claim: string;
  /** Hours that spans are kept. @default 168 - an incident is looked at within a week */
  readonly retentionHours?: number;
}

const DATA = "/badger";

/** Its Service, and the port of the metrics about itself: the chart renders no monitor of its own. */
export const JAEGER = { name: "jaeger", metricsPort: "internal-metrics" } as const;

/** Traces in one process with Badger on a volume: they survive a restart, and a rollout replaces the pod. */
export const jaeger = chart<JaegerSettings>({
  key: "jaeger",
  chart: "jaeger",
  repository: "https://jaegertracing.github.io/helm-charts",
  version: "4.11.1",
  releaseName: "jaeger",
  namespace: MONITORING_NAMESPACE,
  kubernetesMinors: null,
  podSecurity: "restricted",
  awsServiceAccounts: [],
  freeForm: {},
  singleReplicas: {
    jaeger: "Badger has one writer; the collectors queue spans while the pod is moved",
  },
  example: { claim: "jaeger" },
  lock,
  values: ({ claim, retentionHours = 168 }) => ({
    jaeger: {
      // The project pushes each release to Quay as well (scripts/utils/compute-tags.sh, read 2026-11-29).
      image: { registry: "quay.io" },
      replicas: 1,
      resources: resources(100, 512, 1024),
      extraVolumes: [{ name: "traces", persistentVolumeClaim: { claimName: claim } }],
      extraVolumeMounts: [{ name: "traces", mountPath: DATA }],
      securityContext: restrictedContainer,
      podSecurityContext: {
        runAsUser: 10001,
        runAsGroup: 10001,
        fsGroup: 10001,
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      },
      serviceAccount: { automountServiceAccountToken: false },
      nodeSelector: monitoringNodes,
      tolerations: monitoringTolerations,
    },
    userconfig: {
      service: {
        telemetry: collectorTelemetry,
        extensions: ["jaeger_storage", "jaeger_query", "healthcheckv2"],
        pipelines: {
          traces: { receivers: ["otlp"], processors: ["batch"], exporters: ["jaeger_storage_exporter"] },
        },
      },
      extensions: {
        healthcheckv2: { use_v2: true, http: { endpoint: "0.0.0.0:13133" } },
        jaeger_query: { storage: { traces: "badger" } },
        jaeger_storage: {
          backends: {
            badger: {
              badger: {
                ephemeral: false,
                consistency: true,
                directories: { keys: `${DATA}/keys`, values: `${DATA}/values` },
                ttl: { spans: `${retentionHours}h` },
              },
            },
          },
        },
      },
      receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" }, http: { endpoint: "0.0.0.0:4318" } } } },
      processors: { batch: {} },
      exporters: { jaeger_storage_exporter: { trace_storage: "badger" } },
    },
  }),
});
