import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DbInstance, type DbInstanceConfig } from "@cdktf/provider-aws/lib/db-instance";
import { DbInstanceAutomatedBackupsReplication } from "@cdktf/provider-aws/lib/db-instance-automated-backups-replication";
import { DbParameterGroup } from "@cdktf/provider-aws/lib/db-parameter-group";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { smallestDatabaseClass } from "../../../catalog/store-classes";
import type { Database } from "../../../config/application/parts/store";
import type { Environment } from "../../../config/environment";
import { declaredOverride } from "../../escape-hatch";
import { type Declaration, Guarded } from "../../guarded";
import { logicalPrefix, protect } from "../encryption-key";

export interface PostgresDatabaseProps {
  readonly environment: Environment;
  /** Identifier of the instance, at most 63 characters. */
  readonly identifier: string;
  readonly database: Database;
  /** Whose costs they are. */
  readonly application: string;
  /** Its name in the application's file. */
  readonly name: string;
  readonly databaseName: string;
  readonly subnetGroupName: string;
  readonly securityGroupId: string;
  /** Key of storage, logs and Performance Insights, of the region itself. */
  readonly keyArn: string;
  /** ARN of the instance in the other region that this one copies. @default none - the instance accepts writes */
  readonly sourceArn?: string;
  readonly declaration: Declaration;
}

/** Days of point-in-time recovery (claim FG-08); RDS keeps at most 35. */
export const RECOVERY_DAYS = 30;
/** Name of the master user. Its password is unknown: each rotation sets a new one and forgets it. */
export const MASTER_USER = "platform_master";
const LOGS = ["postgresql", "upgrade"];
/** UTC; after the daily backup of the clusters at 02:00 and its hour. */
const BACKUP_WINDOW = "03:30-04:00";
/** The primary's a day after the standby's: a bad minor version is met in the standby first. */
const MAINTENANCE_WINDOWS = { replica: "sun:05:00-sun:06:00", writer: "mon:05:00-mon:06:00" };

/**
 * One PostgreSQL instance on RDS: the writer, Multi-AZ with 30 days of point-in-time recovery, or its replica in the
 * other region with a copy of the writer's automated backups beside it.
 *
 * - TLS is forced, storage, logs and insights are encrypted with the region's own key.
 * - The first master password is made while Terraform runs and is write-only: it is in no state and no plan. A source with
 *   `manage_master_user_password` can have no read replica (RDS user guide, password management with Secrets Manager,
 *   limitations).
 * - A replica that was promoted stays: `replicate_source_db` is ignored, and retention, zones and password are what the
 *   promotion made of them, because the configuration does not name them.
 */
export class PostgresDatabase extends Guarded {
  static readonly guardedBy = [
    "DR-09",
    "DR-10",
    "DR-20",
    "DR-21",
    "DR-22",
    "MR-04",
    "SC-17",
    "CP-10",
    "OB-06",
  ] as const;

  readonly instance: DbInstance;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PostgresDatabaseProps,
  ) {
    super(scope, id, props.declaration);
    const { environment, identifier, keyArn, sourceArn } = props;
    const logs = LOGS.map(
      (name) =>
        new CloudwatchLogGroup(this, `logs-${name}`, {
          name: `/aws/rds/instance/${identifier}/${name}`,
          retentionInDays: environment.logRetentionDays,
          kmsKeyId: keyArn,
        }),
    );
    this.instance = new DbInstance(this, "instance", {
      ...this.common(this.addParameters().name),
      ...(sourceArn === undefined
        ? this.writer()
        : { replicateSourceDb: sourceArn, lifecycle: { ignoreChanges: ["replicate_source_db"] } }),
      dependsOn: logs,
    });
    const ignored = this.instance.lifecycle?.ignoreChanges;
    protect(this.instance, `${logicalPrefix(this)}_instance`, environment);
    // `protect` sets the lifecycle as a whole.
    if (ignored !== undefined) this.instance.lifecycle = { ...this.instance.lifecycle, ignoreChanges: ignored };
    if (sourceArn !== undefined) this.replicateBackups(sourceArn);
  }

  private addParameters(): DbParameterGroup {
    const { identifier, database } = this.props;
    const family = `postgres${database.version}`;
    // RDS deletes no group that an instance uses: an upgrade makes the new family's first.
    return new DbParameterGroup(this, "parameters", {
      name: `${identifier}-${family}`,
      family,
      lifecycle: { createBeforeDestroy: true },
      description: `TLS forced, slow statements logged: ${identifier}`,
      parameter: [
        { name: "rds.force_ssl", value: "1", applyMethod: "immediate" },
        { name: "log_min_duration_statement", value: "500", applyMethod: "immediate" },
        { name: "log_connections", value: "1", applyMethod: "immediate" },
        { name: "password_encryption", value: "scram-sha-256", applyMethod: "immediate" },
      ],
    });
  }

  /** What the writer and its replica have alike: either may become the other. */
  private common(parameterGroupName: string): DbInstanceConfig {
    const { environment, database, identifier, keyArn } = this.props;
    return {
      identifier,
      instanceClass: smallestDatabaseClass(database.maxConnections).class,
      // Grows before it is full: WAL that a replica has not fetched is kept on the writer too.
      maxAllocatedStorage: database.storageGiB * 4,
      storageType: "gp3",
      storageEncrypted: true,
      kmsKeyId: keyArn,
      dbSubnetGroupName: this.props.subnetGroupName,
      vpcSecurityGroupIds: [this.props.securityGroupId],
      parameterGroupName,
      publiclyAccessible: false,
      caCertIdentifier: "rds-ca-rsa2048-g1",
      autoMinorVersionUpgrade: true,
      maintenanceWindow: MAINTENANCE_WINDOWS[this.props.sourceArn === undefined ? "writer" : "replica"],
      enabledCloudwatchLogsExports: LOGS,
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: keyArn,
      performanceInsightsRetentionPeriod: 7,
      deletionProtection: environment.protectData,
      skipFinalSnapshot: true,
      copyTagsToSnapshot: true,
      tags: { application: this.props.application, store: this.props.name },
      applyImmediately: false,
    };
  }

  private writer(): Partial<DbInstanceConfig> {
    const { environment, database, identifier, databaseName } = this.props;
    const name = `${logicalPrefix(this)}_first_password`.replaceAll("-", "_");
    const form = {
      password_length: 40,
      exclude_punctuation: true,
      include_space: false,
      require_each_included_type: true,
    };
    for (const [argument, value] of Object.entries(form))
      declaredOverride(
        TerraformStack.of(this),
        `ephemeral.aws_secretsmanager_random_password.${name}.${argument}`,
        value,
        "cdktf 0.21 has no ephemeral blocks",
      );
    return {
      engine: "postgres",
      // The major version: RDS installs its newest minor one, and later ones in the maintenance window.
      engineVersion: database.version,
      dbName: databaseName,
      username: MASTER_USER,
      passwordWo: `\${ephemeral.aws_secretsmanager_random_password.${name}.random_password}`,
      // Never another one: the rotation function owns the password from its first run on.
      passwordWoVersion: 1,
      allocatedStorage: database.storageGiB,
      multiAz: true,
      backupRetentionPeriod: RECOVERY_DAYS,
      backupWindow: BACKUP_WINDOW,
      deleteAutomatedBackups: !environment.protectData,
      ...(environment.protectData ? { skipFinalSnapshot: false, finalSnapshotIdentifier: `${identifier}-final` } : {}),
    };
  }

  /** Declared in the region that receives them. A replica copies corruption within seconds: these do not. */
  private replicateBackups(sourceArn: string): void {
    const copy = new DbInstanceAutomatedBackupsReplication(this, "backups", {
      sourceDbInstanceArn: sourceArn,
      kmsKeyId: this.props.keyArn,
      retentionPeriod: RECOVERY_DAYS,
    });
    copy.overrideLogicalId(`${logicalPrefix(this)}_backups`.replaceAll("-", "_"));
  }
}
