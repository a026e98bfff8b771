import type { Item } from "../../item";
import type { Resource } from "../../resource";

/** What Velero of one region does, from the values of its release. */
export interface BackupSystem extends Item {
  readonly region: string | undefined;
  readonly schedules: readonly BackupSchedule[];
  readonly locations: readonly BackupLocation[];
  readonly usesNodeAgent: boolean;
  readonly movesSnapshotData: boolean;
}

export interface BackupSchedule {
  readonly name: string;
  readonly cron: string | undefined;
  readonly disabled: boolean;
  /** Empty or `["*"]`: all. */
  readonly includedNamespaces: readonly string[];
  readonly excludedNamespaces: readonly string[];
  readonly ttlHours: number | undefined;
  readonly location: BackupLocation | undefined;
  readonly locationName: string;
  readonly movesSnapshotData: boolean | undefined;
  /** Fields of the template by which it leaves objects of its namespaces out. */
  readonly selects: readonly string[];
}

export interface BackupLocation {
  readonly name: string;
  readonly isDefault: boolean;
  readonly readOnly: boolean;
  readonly provider: string | undefined;
  readonly bucketName: string | undefined;
  /** Folder of the cluster in the bucket. */
  readonly prefix: string | undefined;
  readonly bucket: Resource | undefined;
  readonly region: string | undefined;
}
