import { collectorTelemetry } from "../model/collector-telemetry";
import { chart, type JsonObject } from "../model/definition";
import { MONITORING_NAMESPACE, monitoringNodes, monitoringTolerations } from "../model/monitoring-placement";
import { resources, restrictedContainer, spreadOverZonesAndNodes } from "../model/pod-placement";
import lock from "./lock.json";

/** Port on which collectors hand each other the spans of a trace. */
export const TRACE_PORT = 4319;
const NAME = "otel-collector";
const pods = { "app.kubernetes.io/name": "opentelemetry-collector", "app.kubernetes.io/instance": NAME };

const limiter: JsonObject = { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 20 };

/**
 * Two pipelines in each replica. The first sends every span to the replica that the hash of its trace id names, so that
 * the second one, which decides what is kept, sees whole traces.
 */
const configuration: JsonObject = {
  receivers: {
    otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" }, http: { endpoint: "0.0.0.0:4318" } } },
    "otlp/traces": { protocols: { grpc: { endpoint: `0.0.0.0:${TRACE_PORT}` } } },
  },
  processors: {
    memory_limiter: limiter,
    tail_sampling: {
      decision_wait: "10s",
      num_traces: 20000,
      policies: [
        { name: "errors", type: "status_code", status_code: { status_codes: ["ERROR"] } },
        { name: "slow", type: "latency", latency: { threshold_ms: 1000 } },
        { name: "share", type: "probabilistic", probabilistic: { sampling_percentage: 10 } },
      ],
    },
  },
  exporters: {
    loadbalancing: {
      routing_key: "traceID",
      protocol: { otlp: { tls: { insecure: true } } },
      resolver: { dns: { hostname: `${NAME}.${MONITORING_NAMESPACE}.svc.cluster.local`, port: String(TRACE_PORT) } },
    },
    "otlp/jaeger": { endpoint: `jaeger.${MONITORING_NAMESPACE}:4317`, tls: { insecure: true } },
  },
  service: {
    telemetry: collectorTelemetry,
    pipelines: {
      traces: { receivers: ["otlp"], processors: ["memory_limiter"], exporters: ["loadbalancing"] },
      "traces/sampled": {
        receivers: ["otlp/traces"],
        processors: ["memory_limiter", "tail_sampling"],
        exporters: ["otlp/jaeger"],
      },
    },
  },
};

export const otelCollector = chart<Record<string, never>>({
  key: "opentelemetry-collector",
  chart: "opentelemetry-collector",
  repository: "https://open-telemetry.github.io/opentelemetry-helm-charts",
  version: "0.170.0",
  releaseName: NAME,
  namespace: MONITORING_NAMESPACE,
  kubernetesMinors: null,
  podSecurity: "restricted",
  awsServiceAccounts: [],
  freeForm: {},
  example: {},
  // templates/pdb.yaml of 0.170.0: minAvailable and maxUnavailable only; read 2026-11-29.
  disruptionBudgets: [{ name: NAME, maxUnavailable: 1, matchLabels: pods }],
  lock,
  values: () => ({
    fullnameOverride: NAME,
    mode: "deployment",
    // The project pushes each release to GitHub as well (distributions/otelcol-contrib/.goreleaser.yaml, read 2026-11-29).
    image: {
      repository: "ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-contrib",
    },
    replicaCount: 2,
    alternateConfig: configuration,
    // Headless: the load balancing exporter must see every replica's address.
    service: { clusterIP: "None" },
    ports: {
      traces: { enabled: true, containerPort: TRACE_PORT, servicePort: TRACE_PORT, protocol: "TCP" },
      "jaeger-compact": { enabled: false },
      "jaeger-thrift": { enabled: false },
      "jaeger-grpc": { enabled: false },
      zipkin: { enabled: false },
      metrics: { enabled: true },
    },
    serviceMonitor: { enabled: true, metricsEndpoints: [{ port: "metrics", interval: "30s" }] },
    rollout: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    resources: resources(100, 400, 600),
    securityContext: { ...restrictedContainer, runAsUser: 10001 },
    podSecurityContext: { seccompProfile: { type: "RuntimeDefault" } },
    nodeSelector: monitoringNodes,
    tolerations: monitoringTolerations,
    topologySpreadConstraints: spreadOverZonesAndNodes(pods),
    priorityClassName: "system-cluster-critical",
  }),
});
