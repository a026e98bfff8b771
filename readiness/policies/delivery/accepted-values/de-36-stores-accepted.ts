import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import type { CacheGroup, DatabaseInstance } from "../../../inventory/facts/aws/stores";
import { atLeast, equals, holds, oneOf } from "../../../policy/comparison";
import { change, resource, set, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, type Verdict } from "../../../policy/verdict";

/** Authorities that RDS still signs with. Source: Amazon RDS user guide, "Using SSL/TLS to encrypt a connection", certificate authorities, read 2026-11-29; rds-ca-2019 ended in August 2024. */
const authorities = ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"];
const MINUTES_OF_DAY = 1440;
/**
 * Shortest windows. Sources: Amazon RDS user guide, "Backup window" and "Maintaining a DB instance" (30 minutes each); ElastiCache
 * answers "Snapshot window must be at least 60 minutes" (hashicorp/terraform-provider-aws#2153), and its maintenance window is
 * an hour or more (API reference, CreateReplicationGroup); read 2026-11-29.
 */
const SHORTEST = { database: 30, cache: 60 } as const;

/** Minutes of a day between `hh:mm` and `hh:mm`, the days of the week left out. */
function minutesOf(window: string): readonly number[] | undefined {
  const times = [...window.matchAll(/(\d\d):(\d\d)/g)].map(([, hour, minute]) => Number(hour) * 60 + Number(minute));
  const [from, to] = times;
  if (from === undefined || to === undefined) return undefined;
  const length = (to - from + MINUTES_OF_DAY) % MINUTES_OF_DAY;
  return Array.from({ length }, (_, minute) => (from + minute) % MINUTES_OF_DAY);
}

/**
 * "The backup window can't overlap with the weekly maintenance window" (Amazon RDS user guide, "Backup window", read 2026-11-29);
 * ElastiCache: "The snapshot window and maintenance window must not overlap" (hashicorp/terraform#17247).
 */
function windows(
  { resource: store }: DatabaseInstance | CacheGroup,
  argument: "backup_window" | "snapshot_window",
): Verdict[] {
  const [backup, maintenance] = [store.text(argument), store.text("maintenance_window")];
  if (backup === undefined || maintenance === undefined) return [notApplicable("AWS chooses a window of its own")];
  const least = SHORTEST[argument === "backup_window" ? "database" : "cache"];
  const [early, late] = [minutesOf(backup) ?? [], minutesOf(maintenance) ?? []];
  const taken = new Set(late);
  const common = early.filter((minute) => taken.has(minute));
  return [
    holds(
      common.length === 0,
      `${argument} ${backup} outside of maintenance_window ${maintenance}: AWS refuses the store otherwise`,
      `${common.length} minutes in both`,
    ),
    atLeast(least, early.length, `minutes of ${argument} ${backup}`),
    atLeast(least, late.length, `minutes of maintenance_window ${maintenance}`),
  ];
}

/** The family of parameters is that of the engine's major version. */
function family(group: Resource | undefined, engine: string | undefined, version: string | undefined): Verdict[] {
  const major = /^\d+/.exec(version ?? "")?.[0];
  if (group === undefined || engine === undefined || major === undefined) return [];
  return [
    equals(`${engine}${major}`, group.text("family"), `family of its parameters, against ${engine} ${version ?? ""}`),
  ];
}

function subnets(group: Resource | undefined, region: string | undefined, { networks }: Platform): Verdict[] {
  if (group === undefined) return [fail({ expected: "a subnet group of the stacks", actual: "none" })];
  const members = group.resources("subnet_ids");
  const own = networks.filter((one) => one.region === region).flatMap((network) => network.subnets);
  const zones = new Set(own.filter(({ resource: subnet }) => members.includes(subnet)).map(({ zone }) => zone));
  return [atLeast(2, zones.size, "zones of its subnet group: AWS asks for two, and the standby stands in the other")];
}

const ofDatabase = (database: DatabaseInstance, platform: Platform): Verdict[] => [
  ...windows(database, "backup_window"),
  ...family(database.resource.resource("parameter_group_name"), database.engine, database.engineVersion),
  ...subnets(database.resource.resource("db_subnet_group_name"), database.region, platform),
  oneOf(authorities, database.resource.text("ca_cert_identifier") ?? authorities[0], "authority of its certificate"),
];

const ofCache = (cache: CacheGroup, platform: Platform): Verdict[] => [
  ...windows(cache, "snapshot_window"),
  ...family(cache.resource.resource("parameter_group_name"), cache.engine, cache.resource.text("engine_version")),
  ...subnets(cache.resource.resource("subnet_group_name"), cache.region, platform),
];

const databases = resource("aws_db_instance");
const caches = resource("aws_elasticache_replication_group");
const inSecondary = (type: string) => resource(type, (_, __, stack) => stack.endsWith("eu-west-1"));
const oneSubnet = update("subnet_ids", (ids) => (Array.isArray(ids) ? ids.slice(0, 1) : ids));

export default policy({
  id: "DE-36",
  severity: "error",
  proves: ["FG-02", "XB-01"],
  title: "AWS accepts what databases and caches ask for: windows, parameters, subnets",
  because:
    "RDS and ElastiCache refuse these at the deployment, in the middle of it, after networks and keys are there and before anything that needs a store",
  remedy: "make stores with PostgresDatabase and ValkeyCache, in the StoreNetwork of their region",
  subjects: (platform): readonly (DatabaseInstance | CacheGroup)[] => [...platform.databases, ...platform.caches],
  check: (store, platform) => ("nodeType" in store ? ofCache(store, platform) : ofDatabase(store, platform)),
  mutants: [
    change("backups during maintenance", databases, (block) => {
      set("backup_window", "05:30-06:00")(block);
      set("maintenance_window", "mon:05:00-mon:06:00")(block);
    }),
    change("snapshots during maintenance", caches, set("snapshot_window", "05:00-06:00")),
    change(
      "snapshots during maintenance, in the secondary",
      inSecondary("aws_elasticache_replication_group"),
      set("snapshot_window", "05:30-06:30"),
    ),
    change("half an hour for snapshots", caches, set("snapshot_window", "03:30-04:00")),
    change("a window that is no time", databases, set("backup_window", "at night")),
    change("parameters of another version", resource("aws_db_parameter_group"), set("family", "postgres13")),
    change(
      "parameters of another version, in the secondary",
      inSecondary("aws_db_parameter_group"),
      set("family", "postgres13"),
    ),
    change("parameters of another cache", resource("aws_elasticache_parameter_group"), set("family", "redis7")),
    change("an authority that has ended", databases, set("ca_cert_identifier", "rds-ca-2019")),
    change("databases of one subnet", resource("aws_db_subnet_group"), oneSubnet),
    change("databases of one subnet, in the secondary", inSecondary("aws_db_subnet_group"), oneSubnet),
    change("caches of one subnet", resource("aws_elasticache_subnet_group"), oneSubnet),
  ],
  boundary: {
    holds: change("backups end when maintenance begins", databases, set("backup_window", "04:30-05:00")),
    breaks: change("a minute later", databases, set("backup_window", "04:30-05:01")),
  },
});
