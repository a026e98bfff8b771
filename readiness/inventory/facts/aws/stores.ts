import type { Item } from "../../item";
import type { Reference, Resource } from "../../resource";

/** An instance of RDS. */
export interface DatabaseInstance extends Item {
  /** Tags `application` and `store`: whose it is, and its name in that application's file. */
  readonly application: string | undefined;
  readonly store: string | undefined;
  readonly identifier: string | undefined;
  readonly region: string | undefined;
  readonly engine: string | undefined;
  readonly engineVersion: string | undefined;
  readonly instanceClass: string | undefined;
  readonly multiAz: boolean | undefined;
  readonly storageGb: number | undefined;
  readonly maxStorageGb: number | undefined;
  readonly encrypted: boolean;
  readonly key: Reference | undefined;
  readonly publiclyAccessible: boolean;
  readonly deletionProtection: boolean;
  /** Days of automated backups; 0 of a replica that says nothing. */
  readonly backupDays: number;
  readonly logs: readonly string[];
  readonly insights: boolean;
  readonly minorUpgrades: boolean;
  readonly maintenanceWindow: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly securityGroups: readonly Resource[];
  readonly ignored: readonly string[];
  /** The instance that it copies, found by reference or by ARN; undefined: it accepts writes, or the source is not among the stacks. */
  readonly source: DatabaseInstance | undefined;
  readonly replicates: boolean;
  /** Instances that copy it. */
  readonly replicas: readonly DatabaseInstance[];
  /** Copies of its automated backups in other regions. */
  readonly backupCopies: readonly {
    readonly resource: Resource;
    readonly region: string | undefined;
    readonly days: number;
    readonly key: Reference | undefined;
  }[];
}

/** A replication group of ElastiCache. */
export interface CacheGroup extends Item {
  /** Tags `application` and `store`: whose it is, and its name in that application's file. */
  readonly application: string | undefined;
  readonly store: string | undefined;
  readonly identifier: string | undefined;
  readonly region: string | undefined;
  readonly engine: string | undefined;
  readonly nodeType: string | undefined;
  readonly nodes: number | undefined;
  readonly failover: boolean;
  readonly multiAz: boolean;
  readonly encryptedAtRest: boolean;
  readonly key: Reference | undefined;
  readonly encryptedInTransit: boolean;
  readonly transitMode: string | undefined;
  readonly userGroups: readonly Resource[];
  readonly snapshotDays: number;
  readonly parameters: Readonly<Record<string, string>>;
  readonly securityGroups: readonly Resource[];
}
