import { chart } from "../model/definition";
import { exampleMirror, type ImageMirror } from "../model/image-mirror";
import type { IamStatement } from "../model/iam-statement";
import { MONITORING_NAMESPACE, monitoringNodes, monitoringTolerations } from "../model/monitoring-placement";
import { resources } from "../model/pod-placement";
import lock from "./lock.json";

export interface LokiSettings {
  readonly mirror: ImageMirror;
  readonly bucket: string;
  readonly region: string;
  readonly storageClass: string;
  readonly retentionDays: number;
}

const HOURS_IN_A_DAY = 24;

/** Reads and writes chunks in its bucket. Source: Grafana Loki documentation, Storage, AWS deployment; read 2026-11-29. */
export const lokiPermissions = (bucketArn: string, keyArn: string): IamStatement[] => [
  {
    Effect: "Allow",
    Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
    Resource: [`${bucketArn}/*`],
  },
  { Effect: "Allow", Action: ["s3:ListBucket"], Resource: [bucketArn] },
  {
    Effect: "Allow",
    Action: ["kms:Decrypt", "kms:GenerateDataKey"],
    Resource: [keyArn],
    Condition: { StringLike: { "kms:ViaService": "s3.*.amazonaws.com" } },
  },
];

/** Logs in one process: the volume is a write-ahead log, the chunks are in the bucket. */
export const loki = chart<LokiSettings>({
  key: "loki",
  chart: "loki",
  repository: "https://grafana-community.github.io/helm-charts",
  version: "18.11.0",
  releaseName: "loki",
  namespace: MONITORING_NAMESPACE,
  kubernetesMinors: null,
  podSecurity: "restricted",
  awsServiceAccounts: [{ namespace: MONITORING_NAMESPACE, name: "loki", services: ["kms", "s3"] }],
  freeForm: {},
  example: {
    mirror: exampleMirror,
    bucket: "example-logs-use1",
    region: "us-east-1",
    storageClass: "gp3",
    retentionDays: 30,
  },
  lock,
  values: ({ mirror, bucket, region, storageClass, retentionDays }) => ({
    deploymentMode: "Monolithic",
    loki: {
      image: { registry: mirror.registry, repository: `${mirror.prefix}/grafana/loki` },
      auth_enabled: false,
      analytics: { reporting_enabled: false },
      commonConfig: { replication_factor: 1 },
      schemaConfig: {
        configs: [
          {
            from: "2026-01-01",
            store: "tsdb",
            object_store: "s3",
            schema: "v13",
            index: { prefix: "index_", period: "24h" },
          },
        ],
      },
      storage: { type: "s3", bucketNames: { chunks: bucket }, s3: { region } },
      compactor: { retention_enabled: true, delete_request_store: "s3" },
      limits_config: {
        retention_period: `${retentionDays * HOURS_IN_A_DAY}h`,
        // One application that logs without end is slowed down, not the others.
        ingestion_rate_mb: 8,
        ingestion_burst_size_mb: 16,
        per_stream_rate_limit: "3MB",
        max_global_streams_per_user: 10000,
        max_query_series: 500,
      },
    },
    singleBinary: {
      replicas: 1,
      sidecar: false,
      persistence: { size: "10Gi", storageClass },
      resources: resources(100, 512, 1024),
      nodeSelector: monitoringNodes,
      tolerations: monitoringTolerations,
    },
    read: { replicas: 0 },
    write: { replicas: 0 },
    backend: { replicas: 0 },
    // Defaults ask 9 GiB for the caches and a canary on each node.
    chunksCache: { enabled: false },
    resultsCache: { enabled: false },
    lokiCanary: { enabled: false },
    test: { enabled: false },
    gateway: { enabled: false },
    ruler: { enabled: false },
    monitoring: { serviceMonitor: { enabled: true } },
  }),
});
