import { elements, QueryService, type ServiceAnswer, ServiceRefusal } from "../emulated-aws/query-service";
import type { ReplicatedDatabase } from "./replicated-database";

/** What the API of RDS says of an instance beside what PostgreSQL itself knows. */
interface Settings {
  status: string;
  multiAz: boolean;
  retentionDays: number;
}
/**
 * The four calls that a promotion makes of RDS and of its metric, answered by real PostgreSQL servers: a promotion is
 * `pg_promote` of the streaming replica, and `ReplicaLag` is what RDS's own query says. No emulator has replicas of
 * another region that hold data.
 */
export class RdsStandIn extends QueryService {
  /** Calls that changed something, in their order, such as "PromoteReadReplica orders-main". */
  readonly changes: string[] = [];
  private readonly settings = new Map<string, Settings>();

  constructor(
    private readonly databases: readonly ReplicatedDatabase[],
    private readonly source: { readonly region: string; readonly accountId: string },
  ) {
    super("http://rds.amazonaws.com/doc/2014-10-31/");
    for (const { identifier } of databases)
      this.settings.set(identifier, { status: "available", multiAz: false, retentionDays: 0 });
  }

  /** As RDS refuses a promotion for a while: an instance that is being backed up. */
  setStatus(identifier: string, status: "available" | "backing-up"): void {
    this.of(identifier).status = status;
  }

  settingsOf(identifier: string): Readonly<Settings> {
    return { ...this.of(identifier) };
  }

  private of(identifier: string): Settings {
    const found = this.settings.get(identifier);
    if (found === undefined) throw new ServiceRefusal("DBInstanceNotFound", `DBInstance ${identifier} not found.`);
    return found;
  }

  protected async result(action: string, parameters: URLSearchParams): Promise<string> {
    const instance = await this.carryOut(action, parameters.get("DBInstanceIdentifier") ?? "", parameters);
    return action === "DescribeDBInstances" ? `<DBInstances>${instance}</DBInstances>` : instance;
  }

  private async carryOut(action: string, identifier: string, parameters: URLSearchParams): Promise<string> {
    const settings = this.of(identifier);
    const database = this.databases.find((one) => one.identifier === identifier);
    if (database === undefined) throw new ServiceRefusal("DBInstanceNotFound", `DBInstance ${identifier} not found.`);
    const days = Number(parameters.get("BackupRetentionPeriod") ?? settings.retentionDays);
    if (action === "PromoteReadReplica") {
      if (settings.status !== "available" || !(await database.isReplica()))
        throw new ServiceRefusal("InvalidDBInstanceState", `${identifier} is no read replica that is available.`);
      settings.status = "modifying";
      this.changes.push(`${action} ${identifier}`);
      await database.promote();
      Object.assign(settings, { status: "available", retentionDays: days });
    } else if (action === "ModifyDBInstance") {
      this.changes.push(`${action} ${identifier}`);
      Object.assign(settings, { multiAz: parameters.get("MultiAZ") === "true", retentionDays: days });
    } else if (action !== "DescribeDBInstances")
      throw new ServiceRefusal("InvalidAction", `a promotion calls no ${action}: it is not played here`);
    return this.instance(database, settings);
  }

  private async instance(database: ReplicatedDatabase, settings: Settings): Promise<string> {
    const { region, accountId } = this.source;
    const source = `arn:aws:rds:${region}:${accountId}:db:${database.identifier}`;
    const replica = await database.isReplica();
    const fields = {
      DBInstanceIdentifier: database.identifier,
      DBInstanceStatus: settings.status,
      MultiAZ: String(settings.multiAz),
      BackupRetentionPeriod: String(settings.retentionDays),
      ...(replica ? { ReadReplicaSourceDBInstanceIdentifier: source } : {}),
    };
    return `<DBInstance>${elements(fields)}</DBInstance>`;
  }

  /** The newest minute of the metric; a promoted instance has none. */
  protected override async target(target: string, body: string): Promise<ServiceAnswer> {
    const asked = JSON.parse(body) as { MetricName?: string; Dimensions?: readonly { Value?: string }[] };
    const database = this.databases.find(({ identifier }) => identifier === asked.Dimensions?.[0]?.Value);
    if (!target.endsWith(".GetMetricStatistics") || asked.MetricName !== "ReplicaLag" || database === undefined)
      throw new ServiceRefusal("InvalidParameterValue", `${target} ${body}: not played here`);
    const points = (await database.isReplica())
      ? [{ Timestamp: Date.now() / 1000, Maximum: await database.lagSeconds(), Unit: "Seconds" }]
      : [];
    return {
      status: 200,
      type: "application/x-amz-json-1.0",
      body: JSON.stringify({ Label: "ReplicaLag", Datapoints: points }),
    };
  }
}
