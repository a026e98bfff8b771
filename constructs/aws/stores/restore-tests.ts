import { DbSubnetGroup } from "@cdktf/provider-aws/lib/db-subnet-group";
import { ElasticacheSubnetGroup } from "@cdktf/provider-aws/lib/elasticache-subnet-group";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { Construct } from "constructs";
import type { Environment } from "../../../config/environment";
import { type Declaration, Guarded } from "../../guarded";
import { PlatformFunction } from "../functions/platform-function";
import { RestoreTest } from "./restore-test";
import { bounded, POSTGRES_PORT, REDIS_PORT } from "./store-names";

interface TestedStore {
  /** `<application>/<name in its file>`. */
  readonly name: string;
  readonly application: string;
  readonly identifier: string;
  /** Endpoint that the restored store is compared with. */
  readonly host: string;
  /** Secret with its user and password. */
  readonly secret: string;
  /** Name of its parameter group. */
  readonly parameters: string;
}

export interface TestedDatabase extends TestedStore {
  readonly instanceClass: string;
  /** Database inside the instance. */
  readonly database: string;
  readonly extensions: readonly string[];
  readonly rpoMinutes: number;
}

export interface TestedCache extends TestedStore {
  /** Where writes are accepted its snapshots are restored; in the standby the copies of its entries are loaded. */
  readonly source: "snapshot" | "copy";
  readonly nodeType: string;
  readonly users: string;
  /** Of its copies in the bucket. */
  readonly prefix: string;
  readonly rpoMinutes: number;
}

export interface RestoreTestsProps {
  readonly environment: Environment;
  /** Begins the names, unique in the account and region. */
  readonly name: string;
  readonly vpcId: string;
  /** Private subnets: the restored stores lie there, behind a security group of their own. */
  readonly subnets: readonly { readonly id: string; readonly cidr: string }[];
  readonly keyArn: string;
  readonly topicArn: string;
  readonly databases: readonly TestedDatabase[];
  readonly caches: readonly TestedCache[];
  /** Bucket of the region that holds copies of caches. @default none - snapshots are restored */
  readonly bucket?: string;
  readonly statements: (names: {
    readonly databaseSubnets: string;
    readonly cacheSubnets: string;
  }) => readonly object[];
  readonly declaration: Declaration;
}

/** Names of what a test makes, and nothing else may begin so: the function may delete it. */
export const SCRATCH_PREFIX = "restore-test-";
/** Daily, after the backups at 03:30. */
const DATABASE_SCHEDULE = { schedule: "cron(0 5 * * ? *)", absentAfterHours: 28 };
/** Twice a week, so that the alarm on absence fits into the seven days that CloudWatch looks back. */
const CACHE_SCHEDULE = { schedule: "cron(0 7 ? * MON,THU *)", absentAfterHours: 120 };
/** Minutes that a copy of automated backups may take; the RDS user guide gives no bound. */
const BACKUP_COPY_MINUTES = 60;
/** A daily snapshot in a window of an hour, and an hour for itself. */
const SNAPSHOT_MINUTES = 26 * 60;

/**
 * Tests of restores in one region: the newest recovery point of each store is restored into an instance of its own, which
 * only the checking function reaches, looked at, timed and deleted.
 */
export class RestoreTests extends Guarded {
  static readonly guardedBy = ["DR-03"] as const;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RestoreTestsProps,
  ) {
    super(scope, id, props.declaration);
    const { environment, databases, caches, topicArn } = props;
    // IAM knows no regions: a role of the other region has its own name.
    const name = `${props.name}-restore-check`;
    const subnetIds = props.subnets.map((subnet) => subnet.id);
    const [databaseSubnets, cacheSubnets] = [
      new DbSubnetGroup(this, "database-subnets", { name: `${props.name}-restore-tests`, subnetIds }).name,
      new ElasticacheSubnetGroup(this, "cache-subnets", { name: `${props.name}-restore-tests`, subnetIds }).name,
    ];
    const groups = this.addGroups();
    const check = new PlatformFunction(this, "check", {
      environment,
      name,
      description: "Restores stores, looks at them and deletes them",
      source: "restore-check",
      shared: ["cache-copies.mjs", "postgres.mjs", "redis.mjs", "restored-database.mjs", "test-verdict.mjs"],
      keyArn: props.keyArn,
      network: { subnetIds, securityGroupId: groups.checker },
      memoryMiB: 512,
      timeoutSeconds: 900,
      variables: props.bucket === undefined ? {} : { BUCKET: props.bucket },
      statements: props.statements({ databaseSubnets, cacheSubnets }),
      topicArn,
      failureMeans: "A step of a restore test failed",
    });
    const shared = { checkArn: check.function.arn, topicArn };
    if (databases.length > 0)
      new RestoreTest(this, "databases", {
        ...shared,
        ...DATABASE_SCHEDULE,
        name: `${props.name}-restore-databases`,
        stores: databases.map((one) => this.describedDatabase(one, databaseSubnets, groups.restored)),
      });
    if (caches.length > 0)
      new RestoreTest(this, "caches", {
        ...shared,
        ...CACHE_SCHEDULE,
        name: `${props.name}-restore-caches`,
        stores: caches.map((one) => this.describedCache(one, cacheSubnets, groups.restored)),
      });
  }

  /** The restored stores admit the checker and nothing else; the checker reaches stores, and AWS by HTTPS. */
  private addGroups(): { checker: string; restored: string } {
    const { name, vpcId, subnets } = this.props;
    const checker = new SecurityGroup(this, "checker", {
      name: `${name}-restore-checker`,
      description: "The function that looks at restored stores",
      vpcId,
    }).id;
    const restored = new SecurityGroup(this, "restored", {
      name: `${name}-restored`,
      description: "Restored stores: reached by the checking function only",
      vpcId,
    }).id;
    for (const port of [POSTGRES_PORT, REDIS_PORT])
      new VpcSecurityGroupIngressRule(this, `restored-${port}`, {
        securityGroupId: restored,
        description: "the checking function",
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        referencedSecurityGroupId: checker,
      });
    const reached = [
      { port: 443, cidrs: ["0.0.0.0/0"] },
      { port: POSTGRES_PORT, cidrs: subnets.map(({ cidr }) => cidr) },
      { port: REDIS_PORT, cidrs: subnets.map(({ cidr }) => cidr) },
    ];
    for (const { port, cidrs } of reached)
      for (const [index, cidrIpv4] of cidrs.entries())
        new VpcSecurityGroupEgressRule(this, `checker-${port}-${index}`, {
          securityGroupId: checker,
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          cidrIpv4,
        });
    return { checker, restored };
  }

  private described(
    { name, application, identifier, host, secret, parameters }: TestedStore,
    subnets: string,
    group: string,
  ) {
    return {
      name,
      identifier,
      host,
      secret,
      parameters,
      subnets,
      group,
      tags: [
        { Key: "application", Value: application },
        { Key: "purpose", Value: "restore test" },
      ],
    };
  }

  private describedDatabase(one: TestedDatabase, subnets: string, group: string): object {
    const { instanceClass, database, extensions, rpoMinutes } = one;
    return {
      kind: "database",
      ...this.described(one, subnets, group),
      scratch: bounded(`${SCRATCH_PREFIX}${one.identifier}`, 63),
      port: POSTGRES_PORT,
      instanceClass,
      database,
      extensions,
      rpoMinutes,
      allowedAgeMinutes: rpoMinutes + BACKUP_COPY_MINUTES,
    };
  }

  private describedCache(one: TestedCache, subnets: string, group: string): object {
    const { source, nodeType, users, prefix, rpoMinutes } = one;
    return {
      kind: "cache",
      ...this.described(one, subnets, group),
      scratch: bounded(`${SCRATCH_PREFIX}${one.identifier}`, 40),
      port: REDIS_PORT,
      source,
      nodeType,
      users,
      prefix,
      key: this.props.keyArn,
      allowedAgeMinutes: source === "copy" ? rpoMinutes : SNAPSHOT_MINUTES,
    };
  }
}
