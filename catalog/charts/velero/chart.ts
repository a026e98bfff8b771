import { chart, type ChartManifests, type JsonObject, type JsonValue } from "../model/definition";
import { exampleMirror, imageMirror, type ImageMirror } from "../model/image-mirror";
import type { IamStatement } from "../model/iam-statement";
import type { PlatformFacts } from "../model/platform-facts";
import { leaveDeadNodesQuickly, POOL_TAINT, resources, restrictedContainer } from "../model/pod-placement";
import lock from "./lock.json";
import { restorePlacement } from "./restore-placement";
import { restoreTestGuard } from "./restore-test";

export interface BackupBucket {
  readonly bucket: string;
  readonly region: string;
}

export interface VeleroSettings {
  readonly mirror: ImageMirror;
  /** Prefix of everything that this cluster writes: two clusters never share a repository. */
  readonly clusterName: string;
  /** Bucket in the cluster's own region: fast restores. */
  readonly ownRegion: BackupBucket;
  /** Bucket in the other region, written directly: S3 replication does not keep the order of objects. */
  readonly otherRegion: BackupBucket;
  /** Name of the other region's cluster, whose backups in our own bucket are then readable here, never writable. */
  readonly peerClusterName?: string;
  /** Namespaces whose objects and volumes are backed up; at least one. */
  readonly namespaces: readonly string[];
  /** Cron expression in UTC. @default "0 2 * * *" - daily, when load is lowest in both regions */
  readonly schedule?: string;
  /**
   * Cron expression in UTC of further backups that live for three days.
   * @default "0 0,6,12,18 * * *" - one backup a day is 24 hours old and its own duration older when the next one fails: no RPO of 24 hours
   */
  readonly recoverySchedule?: string;
  /** Days until a backup is deleted. @default 30 - the retention that the reports promise */
  readonly retentionDays?: number;
}

/**
 * Schedules of a cluster in that region. Velero calls a backup by its schedule and second (velero-io/velero d2241adba061,
 * pkg/apis/velero/v1/schedule_types.go), and a cluster that has one of this name takes none of it from a location that it
 * shares with another cluster (pkg/controller/backup_sync_controller.go, both read 2026-11-29): the region is part of it.
 */
export const backupSchedules = (region: string) =>
  ({
    dailyOwnRegion: `${region}-daily-own-region`,
    dailyOtherRegion: `${region}-daily-other-region`,
    recoveryOwnRegion: `${region}-recovery-own-region`,
    recoveryOtherRegion: `${region}-recovery-other-region`,
  }) as const;

/** Storage locations of the chart's values, by what they are for. */
export const storageLocation = { ownRegion: "default", otherRegion: "other-region", peer: "peer" } as const;

/** Velero's own image in a region's mirror by the digest of the lock, which a copy keeps: for a pod that runs its binary. */
export function veleroImage({ registry, prefix }: ImageMirror): string {
  const name = "velero/velero";
  const images: readonly { readonly image: string; readonly digest: string | null }[] = lock.images;
  const digest = images.find(({ image }) => image.includes(`/${name}:`))?.digest;
  if (typeof digest !== "string")
    throw new Error(`catalog/charts/velero/lock.json has no digest of ${name}: run make charts`);
  return `${registry}/${prefix}/${name}@${digest}`;
}

/**
 * Secret that Velero 1.18.1 encrypts its backup repositories with (pkg/repository/keys/keys.go). If it is missing when the
 * server starts, Velero creates it with a publicly known password, and repositories keep the one that they began with. The
 * server therefore mounts it: the kubelet starts no container before the Secret exists, however long its value takes.
 */
export const repositoryPasswordSecret = {
  namespace: "velero",
  name: "velero-repo-credentials",
  key: "repository-password",
} as const;

const defaultRetentionDays = 30;
/** Long enough for a weekend; after it the daily backups are there. */
const recoveryRetentionHours = 72;

function location(name: string, { bucket, region }: BackupBucket, prefix: string, more: JsonObject): JsonObject {
  return { name, provider: "aws", bucket, prefix, config: { region }, ...more };
}

function schedules(settings: VeleroSettings): JsonObject {
  const {
    namespaces,
    schedule = "0 2 * * *",
    recoverySchedule = "0 0,6,12,18 * * *",
    retentionDays = defaultRetentionDays,
  } = settings;
  if (namespaces.length === 0)
    throw new Error("velero: no namespace to back up (namespaces: []); name at least one, or leave Velero out");
  const to = (storageLocation: string, cron: string, hours: number): JsonObject => ({
    schedule: cron,
    template: {
      includedNamespaces: [...namespaces].sort(),
      storageLocation,
      ttl: `${hours}h0m0s`,
      snapshotVolumes: true,
      snapshotMoveData: true,
    },
  });
  const names = backupSchedules(settings.ownRegion.region);
  return {
    [names.dailyOwnRegion]: to(storageLocation.ownRegion, schedule, retentionDays * 24),
    [names.dailyOtherRegion]: to(storageLocation.otherRegion, schedule, retentionDays * 24),
    [names.recoveryOwnRegion]: to(storageLocation.ownRegion, recoverySchedule, recoveryRetentionHours),
    [names.recoveryOtherRegion]: to(storageLocation.otherRegion, recoverySchedule, recoveryRetentionHours),
  };
}

/**
 * Limits of the pods that move volume data; without them they run without any request and without bound. They have no
 * priority class, so that a backup waits for room and takes none from pods that serve.
 */
const nodeAgentConfiguration: JsonObject = {
  loadConcurrency: { globalConfig: 1 },
  podResources: { cpuRequest: "100m", cpuLimit: "1000m", memoryRequest: "256Mi", memoryLimit: "1Gi" },
};

function configuration(settings: VeleroSettings): JsonObject {
  const { clusterName, ownRegion, otherRegion, peerClusterName } = settings;
  const peer: readonly JsonValue[] =
    peerClusterName === undefined
      ? []
      : [location(storageLocation.peer, ownRegion, peerClusterName, { accessMode: "ReadOnly" })];
  return {
    backupStorageLocation: [
      location(storageLocation.ownRegion, ownRegion, clusterName, { default: true, accessMode: "ReadWrite" }),
      location(storageLocation.otherRegion, otherRegion, clusterName, { accessMode: "ReadWrite" }),
      ...peer,
    ],
    features: "EnableCSI",
    defaultSnapshotMoveData: true,
    logFormat: "json",
    // The repository's cache and configuration go under HOME: an emptyDir, because the root file system is read-only.
    extraEnvVars: [{ name: "HOME", value: "/scratch" }],
    extraArgs: ["--backup-repository-configmap=velero-backup-repository"],
    repositoryMaintenanceJob: {
      repositoryConfigData: {
        global: {
          keepLatestMaintenanceJobs: 1,
          podResources: { cpuRequest: "50m", cpuLimit: "500m", memoryRequest: "128Mi", memoryLimit: "512Mi" },
        },
      },
    },
  };
}

function nodeAgent(): JsonObject {
  return {
    // Only file-system backup reads the host's folders; CSI data movement mounts a volume made from the snapshot.
    disableHostPath: true,
    // Data movers and the agent are root so that they can read files of every owner: the baseline standard, not restricted.
    podSecurityContext: { runAsUser: 0, seccompProfile: { type: "RuntimeDefault" } },
    containerSecurityContext: { allowPrivilegeEscalation: false, privileged: false },
    priorityClassName: "system-cluster-critical",
    resources: resources(25, 64, 256),
    extraArgs: ["--node-agent-configmap=velero-node-agent"],
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
    // A restored volume is filled on the node of the pod that uses it, by the agent of that node: also in dedicated pools.
    tolerations: [{ key: POOL_TAINT, operator: "Exists", effect: "NoSchedule" }],
  };
}

/** Reads and writes backups in both regions' buckets. Source: velero-io/velero-plugin-for-aws README, read 2026-11-21. */
const permissions = ({ backups: { ownRegion, otherRegion } }: PlatformFacts): IamStatement[] => {
  const stores = [ownRegion, otherRegion];
  return [
    {
      Effect: "Allow",
      Action: [
        "s3:GetObject",
        "s3:DeleteObject",
        "s3:PutObject",
        "s3:PutObjectTagging",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
      ],
      Resource: stores.map(({ bucketArn }) => `${bucketArn}/*`),
    },
    {
      Effect: "Allow",
      Action: ["s3:ListBucket", "s3:GetBucketLocation"],
      Resource: stores.map(({ bucketArn }) => bucketArn),
    },
    {
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: stores.map(({ keyArn }) => keyArn),
      Condition: { StringLike: { "kms:ViaService": "s3.*.amazonaws.com" } },
    },
  ];
};

/** The same repository password in both regions, the placement of restore pods, and what tests of restores may do. */
const beforeServer = ({ secretStore, secretName }: PlatformFacts): ChartManifests => ({
  name: "repository-password",
  objects: [
    ...restorePlacement(repositoryPasswordSecret.namespace),
    ...restoreTestGuard(repositoryPasswordSecret.namespace),
    {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: { name: repositoryPasswordSecret.name, namespace: repositoryPasswordSecret.namespace },
      spec: {
        refreshInterval: "1h",
        secretStoreRef: { kind: "ClusterSecretStore", name: secretStore },
        target: { name: repositoryPasswordSecret.name, creationPolicy: "Owner", deletionPolicy: "Retain" },
        data: [
          {
            secretKey: repositoryPasswordSecret.key,
            remoteRef: { key: secretName("velero", "REPOSITORY_PASSWORD") },
          },
        ],
      },
    },
  ],
});

/** Velero's server is a single replica by design (Recreate): no disruption budget, or every drain would stop at it. */
export const velero = chart<VeleroSettings>({
  key: "velero",
  chart: "velero",
  repository: "https://vmware-tanzu.github.io/helm-charts",
  version: "12.1.0",
  releaseName: "velero",
  namespace: "velero",
  kubernetesMinors: null,
  podSecurity: "baseline",
  awsServiceAccounts: [{ namespace: "velero", name: "velero-server", services: ["kms", "s3"] }],
  freeForm: {
    "configuration.backupStorageLocation": "a list: each element is one BackupStorageLocation",
    "configuration.extraEnvVars": "environment variables of the server, copied",
    "configuration.repositoryMaintenanceJob.repositoryConfigData.global": "copied into a ConfigMap as JSON",
    configMaps: "each key becomes a ConfigMap",
    containerSecurityContext: "a container's security context, copied",
    initContainers: "the plugins' containers, copied; null by default",
    "nodeAgent.containerSecurityContext": "a container's security context, copied",
    "nodeAgent.podSecurityContext": "a pod's security context, copied",
    "nodeAgent.resources": "a container's resources, copied",
    "nodeAgent.updateStrategy": "a DaemonSet strategy, copied",
    extraVolumeMounts: "mounts of the server's container, copied",
    extraVolumes: "volumes of the server's pod, copied",
    "nodeAgent.tolerations": "tolerations of the DaemonSet, copied",
    podSecurityContext: "a pod's security context, copied",
    resources: "a container's resources, copied",
    schedules: "each key becomes a Schedule",
    upgradeJobResources: "a container's resources, copied",
  },
  singleReplicas: {
    velero: "one server by design (Recreate): a second one would run the same backups",
  },
  example: {
    mirror: exampleMirror,
    clusterName: "example-use1",
    peerClusterName: "example-euw1",
    ownRegion: { bucket: "example-backup-use1", region: "us-east-1" },
    otherRegion: { bucket: "example-backup-euw1", region: "eu-west-1" },
    namespaces: ["ci-failure-agent"],
  },
  lock,
  installation: {
    purpose: "backups",
    configuredBy: "backups",
    settings: ({ accountId, region, organisation, clusterName, peerClusterName, backups, applications }) => ({
      mirror: imageMirror(accountId, region, organisation),
      clusterName,
      peerClusterName,
      ownRegion: { bucket: backups.ownRegion.bucket, region: backups.ownRegion.region },
      otherRegion: { bucket: backups.otherRegion.bucket, region: backups.otherRegion.region },
      namespaces: applications,
      schedule: backups.schedule,
      ...(backups.recoverySchedule === undefined ? {} : { recoverySchedule: backups.recoverySchedule }),
      retentionDays: backups.retentionDays,
    }),
    traffic: {},
    permissions,
    before: beforeServer,
  },
  values: (settings) => ({
    image: { repository: `${settings.mirror.registry}/${settings.mirror.prefix}/velero/velero` },
    configuration: configuration(settings),
    schedules: schedules(settings),
    configMaps: {
      "backup-repository": { data: { kopia: JSON.stringify({ cacheLimitMB: 2048 }) } },
      "node-agent": { data: { "node-agent-configuration.json": JSON.stringify(nodeAgentConfiguration) } },
    },
    credentials: { useSecret: false },
    extraVolumes: [{ name: "repository-password", secret: { secretName: repositoryPasswordSecret.name } }],
    extraVolumeMounts: [
      { name: "repository-password", mountPath: "/var/run/secrets/repository-password", readOnly: true },
    ],
    // Native EBS snapshots stay in their region: there is no VolumeSnapshotLocation, only moved CSI snapshots.
    snapshotsEnabled: false,
    deployNodeAgent: true,
    nodeAgent: nodeAgent(),
    // Plugin 1.14.x belongs to Velero 1.18.x (compatibility table in the plugin's README at v1.14.1).
    initContainers: [
      {
        name: "velero-plugin-for-aws",
        image: `${settings.mirror.registry}/${settings.mirror.prefix}/velero/velero-plugin-for-aws:v1.14.2`,
        imagePullPolicy: "IfNotPresent",
        resources: resources(25, 32, 128),
        securityContext: restrictedContainer,
        volumeMounts: [{ mountPath: "/target", name: "plugins" }],
      },
    ],
    podSecurityContext: {
      fsGroup: 65532,
      runAsGroup: 65532,
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containerSecurityContext: restrictedContainer,
    // Velero's defaults ask 500m and limit at 512Mi for 1000 objects; the work is at night, so the request is small and the limit double.
    resources: resources(50, 128, 1024),
    upgradeJobResources: resources(50, 128, 256),
    priorityClassName: "system-cluster-critical",
    tolerations: leaveDeadNodesQuickly,
    metrics: {
      serviceMonitor: { enabled: true, autodetect: false },
      nodeAgentPodMonitor: { enabled: true, autodetect: false },
    },
  }),
});
