import type { JsonObject, JsonValue } from "../model/definition";
import type { ImageMirror } from "../model/image-mirror";

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

const defaultRetentionDays = 30;
/** Long enough for a weekend; after it the daily backups are there. */
const recoveryRetentionHours = 72;

function location(name: string, { bucket, region }: BackupBucket, prefix: string, more: JsonObject): JsonObject {
  return { name, provider: "aws", bucket, prefix, config: { region }, ...more };
}

/** What is backed up, when, where to, and how long it is kept. */
export function schedules(settings: VeleroSettings): JsonObject {
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

/** Buckets that backups go to, and the one of the other region's cluster, which is read only. */
export function storageLocations(settings: VeleroSettings): readonly JsonValue[] {
  const { clusterName, ownRegion, otherRegion, peerClusterName } = settings;
  const peer: readonly JsonValue[] =
    peerClusterName === undefined
      ? []
      : [location(storageLocation.peer, ownRegion, peerClusterName, { accessMode: "ReadOnly" })];
  return [
    location(storageLocation.ownRegion, ownRegion, clusterName, { default: true, accessMode: "ReadWrite" }),
    location(storageLocation.otherRegion, otherRegion, clusterName, { accessMode: "ReadWrite" }),
    ...peer,
  ];
}
