import { textsOf } from "../../json";
import { itemOf } from "../../reading";
import type { Block, Resource } from "../../resource";
import type { State } from "../../state";
import type { CacheGroup, DatabaseInstance } from "../../facts/aws/stores";

type Growing<View> = { -readonly [Key in keyof View]: View[Key] };

/** Databases with their replicas and copied backups, whether these name their source by reference or by ARN. */
export function databasesOf(state: State): readonly DatabaseInstance[] {
  const databases = state.ofType("aws_db_instance").map(databaseOf);
  const named = (resource: Resource, argument: string) => {
    const referred = resource.resource(argument);
    const arn = /^arn:aws:rds:([a-z0-9-]+):\d*:db:(.+)$/.exec(resource.text(argument) ?? "");
    return databases.find(
      (one) => one.resource === referred || (arn !== null && one.region === arn[1] && one.identifier === arn[2]),
    );
  };
  for (const database of databases) {
    const source = database.replicates ? named(database.resource, "replicate_source_db") : undefined;
    if (source === undefined || source === database) continue;
    database.source = source;
    database.engine ??= source.engine;
    database.engineVersion ??= source.engineVersion;
    database.storageGb ??= source.storageGb;
    source.replicas = [...source.replicas, database];
  }
  for (const copy of state.ofType("aws_db_instance_automated_backups_replication")) {
    const source = named(copy, "source_db_instance_arn");
    if (source)
      source.backupCopies = [
        ...source.backupCopies,
        {
          resource: copy,
          region: copy.region,
          // Source: RDS API reference, StartDBInstanceAutomatedBackupsReplication: seven days by default.
          days: copy.number("retention_period") ?? 7,
          key: copy.reference("kms_key_id"),
        },
      ];
  }
  return databases;
}

const databaseOf = (resource: Resource): Growing<DatabaseInstance> =>
  itemOf(resource, `database ${resource.text("identifier") ?? resource.name}`, (read) => ({
    application: read.map("tags")["application"],
    store: read.map("tags")["store"],
    identifier: read.text("identifier"),
    region: resource.region,
    engine: read.text("engine"),
    engineVersion: read.text("engine_version"),
    instanceClass: read.text("instance_class"),
    multiAz: read.flag("multi_az"),
    storageGb: read.number("allocated_storage"),
    maxStorageGb: read.number("max_allocated_storage"),
    encrypted: read.flag("storage_encrypted") === true,
    key: read.reference("kms_key_id"),
    publiclyAccessible: read.flag("publicly_accessible") === true,
    deletionProtection: read.flag("deletion_protection") === true,
    backupDays: read.number("backup_retention_period") ?? 0,
    logs: read.list("enabled_cloudwatch_logs_exports"),
    insights: read.flag("performance_insights_enabled") === true,
    minorUpgrades: read.flag("auto_minor_version_upgrade") !== false,
    maintenanceWindow: read.text("maintenance_window"),
    parameters: parametersOf(resource.resource("parameter_group_name"), "parameter"),
    securityGroups: resource.resources("vpc_security_group_ids"),
    ignored: textsOf(resource.raw("lifecycle.ignore_changes")),
    replicates: read.has("replicate_source_db"),
    source: undefined,
    replicas: [],
    backupCopies: [],
  }));

export const cachesOf = (state: State): readonly CacheGroup[] =>
  state.ofType("aws_elasticache_replication_group").map((resource) =>
    itemOf(resource, `cache ${resource.text("replication_group_id") ?? resource.name}`, (read) => ({
      application: read.map("tags")["application"],
      store: read.map("tags")["store"],
      identifier: read.text("replication_group_id"),
      region: resource.region,
      engine: read.text("engine"),
      nodeType: read.text("node_type"),
      nodes: read.number("num_cache_clusters"),
      failover: read.flag("automatic_failover_enabled") === true,
      multiAz: read.flag("multi_az_enabled") === true,
      encryptedAtRest: isTrue(read, "at_rest_encryption_enabled"),
      key: read.reference("kms_key_id"),
      encryptedInTransit: read.flag("transit_encryption_enabled") === true,
      transitMode: read.text("transit_encryption_mode"),
      userGroups: resource.resources("user_group_ids"),
      snapshotDays: read.number("snapshot_retention_limit") ?? 0,
      parameters: parametersOf(resource.resource("parameter_group_name"), "parameter"),
      securityGroups: resource.resources("security_group_ids"),
    })),
  );

/** The provider takes this flag as text. */
const isTrue = (read: Block, path: string): boolean => read.flag(path) === true || read.text(path) === "true";

const parametersOf = (group: Resource | undefined, block: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (group?.blocks(block) ?? []).map((parameter) => [parameter.text("name") ?? "", parameter.text("value") ?? ""]),
  );
