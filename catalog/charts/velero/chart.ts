import { chart, type JsonObject } from "../model/definition";
import { exampleMirror, imageMirror, type ImageMirror } from "../model/image-mirror";
import { leaveDeadNodesQuickly, POOL_TAINT, resources, restrictedContainer } from "../model/pod-placement";
import { beforeServer, permissions, repositoryPasswordSecret } from "./access";
import { schedules, storageLocations, type VeleroSettings } from "./backups";
import { CatalogueError } from "../catalogue-error";
import lock from "./lock.json";

/** Velero's own image in a region's mirror by the digest of the lock, which a copy keeps: for a pod that runs its binary. */
export function veleroImage({ registry, prefix }: ImageMirror): string {
  const name = "velero/velero";
  const { images = [] }: { readonly images?: readonly { readonly image: string; readonly digest: string | null }[] } =
    lock;
  const digest = images.find(({ image }) => image.includes(`/${name}:`))?.digest;
  if (typeof digest !== "string")
    throw new CatalogueError(
      `catalog/charts/velero/lock.json: found no digest of ${name}, allowed: the images of the chart with their digests, as \`make charts\` writes them, because images are deployed by digest`,
    );
  return `${registry}/${prefix}/${name}@${digest}`;
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
  return {
    backupStorageLocation: storageLocations(settings),
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
