import { atLeast, equals, holds } from "../../../policy/comparison";
import { change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, forClaim, notApplicable, type Verdict } from "../../../policy/verdict";
import { platformPromises } from "../../../policy-terms/promised";
import type { DatabaseInstance } from "../../../inventory/facts/aws/stores";
import type { Platform } from "../../../inventory/platform";
import { mustProtectData } from "../../../policy-terms/scope";

const writers = resource("aws_db_instance", (block) => block["engine"] !== undefined);
const replicas = resource("aws_db_instance", (block) => block["engine"] === undefined);
const copies = resource("aws_db_instance_automated_backups_replication");
/** RDS keeps no longer. Source: Amazon RDS user guide, backup retention period. */
const MOST_DAYS = 35;

export default policy({
  id: "DR-09",
  severity: "error",
  proves: ["CA-13", "FG-06", "FG-07", "FG-08", "FG-09"],
  title: "Databases have point-in-time recovery, also in the other region, and deletion protection",
  because:
    "a replica copies a wrong DELETE within seconds: only a backup of the minute before, in a region that still exists, brings the rows back",
  remedy: "make databases with PostgresDatabase in a StoresStack; it sets retention, copied backups and protection",
  equivalents: ["checkov CKV_AWS_133", "checkov CKV_AWS_293", "cdk-nag RDS10"],
  subjects: (platform) => platform.databases,
  check: (database, platform) => (database.replicates ? [isProtected(database, platform)] : writer(database, platform)),
  mutants: [
    change("one day", writers, set("backup_retention_period", 1)),
    change("no backups", writers, unset("backup_retention_period")),
    change("longer than RDS keeps", writers, set("backup_retention_period", 36)),
    change("one zone", writers, set("multi_az", false)),
    change("may be deleted", writers, set("deletion_protection", false)),
    change("no snapshot at the end", writers, set("skip_final_snapshot", true)),
    change("a snapshot at the end without a name", writers, unset("final_snapshot_identifier")),
    change("backups that go with the instance", writers, set("delete_automated_backups", true)),
    change("Terraform's own way with backups", writers, unset("delete_automated_backups")),
    change("the replica may be deleted", replicas, set("deletion_protection", false)),
    remove("backups stay in the region", copies),
    change("copies of a week", copies, set("retention_period", 7)),
    change("copies with AWS's own key", copies, unset("kms_key_id")),
    change(
      "copies of another instance",
      copies,
      set("source_db_instance_arn", "arn:aws:rds:us-east-1:111122223333:db:other"),
    ),
  ],
  boundary: {
    holds: change("35 days, the most that RDS keeps", writers, set("backup_retention_period", 35)),
    breaks: change("29 days", writers, set("backup_retention_period", 29)),
  },
});

/** What is left of a database that is deleted. The provider deletes its backups unless it is configured otherwise. */
const kept = ({ resource: database }: DatabaseInstance): Verdict[] => [
  holds(
    database.flag("skip_final_snapshot") !== true && database.has("final_snapshot_identifier"),
    "a snapshot when the instance is deleted (final_snapshot_identifier, skip_final_snapshot false)",
    "none is taken",
  ),
  holds(
    database.flag("delete_automated_backups") === false,
    "delete_automated_backups false: backups outlive the instance",
    "they are deleted with it",
  ),
];

const writer = (database: DatabaseInstance, platform: Platform): Verdict[] => [
  ...retention(database.backupDays, "days of point-in-time recovery", platform),
  holds(database.multiAz, "a standby instance in another zone (multi_az)", "one zone"),
  isProtected(database, platform),
  ...(mustProtectData(platform) ? kept(database) : []),
  ...copied(database, platform),
];

/** A replica is the only copy once its source is gone, and stays as it was made when it is promoted. */
const isProtected = (database: DatabaseInstance, platform: Platform): Verdict =>
  mustProtectData(platform)
    ? holds(database.deletionProtection, "deletion_protection", "off")
    : notApplicable("the emulated environment is thrown away");

function retention(days: number, what: string, platform: Platform): Verdict[] {
  return [
    atLeast(1, days, what),
    ...platformPromises(platform, "backups.retentionDays").map(({ claim, value }) =>
      forClaim(claim, atLeast(Number(value), days, `${what}, as ${claim} promises`)),
    ),
    ...(days > MOST_DAYS ? [fail({ expected: `${what}: at most ${MOST_DAYS}`, actual: String(days) })] : []),
  ];
}

function copied({ backupCopies, region }: DatabaseInstance, platform: Platform): Verdict[] {
  const away = backupCopies.filter((copy) => copy.region !== region);
  if (away.length === 0)
    return [fail({ expected: "automated backups copied to another region", actual: `in ${region ?? "?"} only` })];
  return away.flatMap((copy) => [
    ...retention(copy.days, `days that ${copy.region ?? "the other region"} keeps the copy`, platform),
    equals(
      copy.region,
      platform.keys.find(({ resource: key }) => key === copy.key?.resource)?.region ?? "no key of the stacks",
      "region of the key that encrypts the copy",
    ),
  ]);
}
