import { elements, QueryService, ServiceRefusal } from "../emulated-aws/query-service";
import type { PostgresServer } from "../stores/postgres-server";
import type { RestorableDatabase } from "./restored-databases";
import { databaseHost } from "./tested-region";

/** What a scenario lets RDS do; each is undone by an empty one. */
export interface DatabaseFaults {
  /** What happens to a restored instance before it is available. @returns the server that runs then */
  readonly damage?: (database: RestorableDatabase, restored: PostgresServer) => Promise<PostgresServer>;
  /** Instance whose copied backups are not there. */
  readonly withoutBackup?: string;
  /** Age of the newest recovery point that is offered, in minutes. */
  readonly ageMinutes?: number;
  /** Instance whose restore never ends. */
  readonly endless?: string;
  /** Calls of a restore that are refused before one is taken. */
  readonly refusals?: number;
}

interface Instance {
  status: "creating" | "available" | "deleting";
  readonly createdAt: Date;
  server: PostgresServer | undefined;
}

const NOT_FOUND = "DBInstanceNotFound";
/** Deletions that an instance refuses while it is being made: RDS answers InvalidDBInstanceState until it is. */
const REFUSED_DELETIONS = 2;

/**
 * The calls that a restore test makes of RDS. Requests and answers have the fields of the RDS API reference (version
 * 2014-10-31: DescribeDBInstanceAutomatedBackups, RestoreDBInstanceToPointInTime, DescribeDBInstances, DeleteDBInstance;
 * read 2026-11-29), statuses those of the RDS user guide, viewing DB instance status. A restore is one of PostgreSQL's own:
 * base backup and archived log up to the moment.
 */
export class DatabaseService extends QueryService {
  faults: DatabaseFaults = {};
  /** Parameters of restores that were taken. */
  readonly restores: URLSearchParams[] = [];
  readonly deleted: string[] = [];
  /** What went wrong while something was restored. */
  readonly failures: string[] = [];
  private readonly instances = new Map<string, Instance>();
  private refusedDeletions = 0;
  private made = 0;

  constructor(
    private readonly databases: readonly RestorableDatabase[],
    private readonly account: { readonly region: string; readonly accountId: string },
    /** Called with the port under which a host is found from then on. */
    private readonly found: (host: string, port: number) => void,
  ) {
    super("http://rds.amazonaws.com/doc/2014-10-31/");
  }

  /** An instance that a test has left, or one that a running test has made. */
  leave(identifier: string, hoursAgo: number): void {
    const createdAt = new Date(Date.now() - hoursAgo * 3_600_000);
    this.instances.set(identifier, { status: "available", createdAt, server: undefined });
  }

  left(): readonly string[] {
    return [...this.instances.keys()];
  }

  forget(): void {
    this.instances.clear();
    this.deleted.length = 0;
    this.failures.length = 0;
    this.restores.length = 0;
    this.refusedDeletions = 0;
    this.faults = {};
  }

  protected async result(action: string, parameters: URLSearchParams): Promise<string> {
    const identifier = parameters.get("DBInstanceIdentifier");
    if (action === "DescribeDBInstanceAutomatedBackups") return this.backups(identifier ?? "");
    if (action === "RestoreDBInstanceToPointInTime") return this.restore(parameters);
    if (action === "DeleteDBInstance") return this.remove(identifier ?? "");
    if (action !== "DescribeDBInstances")
      throw new ServiceRefusal("InvalidAction", `a restore test calls no ${action}: it is not played here`);
    const chosen = identifier === null ? this.left() : [identifier];
    return `<DBInstances>${chosen.map((one) => this.described(one)).join("")}</DBInstances>`;
  }

  private async backups(identifier: string): Promise<string> {
    const database = this.databases.find(({ described }) => described.instance === identifier);
    if (database === undefined || this.faults.withoutBackup === identifier)
      return "<DBInstanceAutomatedBackups></DBInstanceAutomatedBackups>";
    const latest = (await database.latest()).getTime() - (this.faults.ageMinutes ?? 0) * 60_000;
    const window = elements({
      EarliestTime: new Date(latest - 86_400_000).toISOString(),
      LatestTime: new Date(latest).toISOString(),
    });
    return `<DBInstanceAutomatedBackups><DBInstanceAutomatedBackup>${elements({
      DBInstanceIdentifier: identifier,
      DBInstanceAutomatedBackupsArn: this.backupArn(identifier),
      RestoreWindow: window,
      Status: "replicating",
    })}</DBInstanceAutomatedBackup></DBInstanceAutomatedBackups>`;
  }

  private backupArn(identifier: string): string {
    const { region, accountId } = this.account;
    return `arn:aws:rds:${region}:${accountId}:auto-backup:ab-${identifier}`;
  }

  private restore(parameters: URLSearchParams): string {
    const target = parameters.get("TargetDBInstanceIdentifier") ?? "";
    const arn = parameters.get("SourceDBInstanceAutomatedBackupsArn");
    const database = this.databases.find(({ described }) => this.backupArn(described.instance) === arn);
    if (database === undefined) throw new ServiceRefusal("DBInstanceAutomatedBackupNotFound", `${arn ?? "none"}`);
    if (this.instances.has(target)) throw new ServiceRefusal("DBInstanceAlreadyExists", `${target} exists.`);
    const { refusals = 0 } = this.faults;
    if (refusals > 0) {
      this.faults = { ...this.faults, refusals: refusals - 1 };
      throw new ServiceRefusal("InvalidDBInstanceState", `${target}: its source is being changed.`);
    }
    this.restores.push(parameters);
    const instance: Instance = { status: "creating", createdAt: new Date(), server: undefined };
    this.instances.set(target, instance);
    // A recovery point that is said to be older is the newest one all the same: its rows are.
    const moment = new Date(Date.parse(parameters.get("RestoreTime") ?? "") + (this.faults.ageMinutes ?? 0) * 60_000);
    if (this.faults.endless !== database.described.instance)
      this.make(database, target, instance, moment).catch((error: unknown) => this.failures.push(String(error)));
    return `<DBInstance>${this.fields(target, instance)}</DBInstance>`;
  }

  private async make(database: RestorableDatabase, target: string, instance: Instance, moment: Date): Promise<void> {
    const { damage } = this.faults;
    this.made += 1;
    instance.server = await database.restore(`${target}-${this.made}`, moment);
    if (damage !== undefined) instance.server = await damage(database, instance.server);
    this.found(databaseHost(target), instance.server.port);
    instance.status = "available";
  }

  private async remove(identifier: string): Promise<string> {
    const instance = this.of(identifier);
    if (instance.status === "creating" && this.refusedDeletions < REFUSED_DELETIONS) {
      this.refusedDeletions += 1;
      throw new ServiceRefusal("InvalidDBInstanceState", `${identifier} is being created.`);
    }
    instance.status = "deleting";
    const described = this.fields(identifier, instance);
    this.instances.delete(identifier);
    this.deleted.push(identifier);
    await instance.server?.stop();
    return `<DBInstance>${described}</DBInstance>`;
  }

  private of(identifier: string): Instance {
    const found = this.instances.get(identifier);
    if (found === undefined) throw new ServiceRefusal(NOT_FOUND, `DBInstance ${identifier} not found.`);
    return found;
  }

  private described(identifier: string): string {
    return `<DBInstance>${this.fields(identifier, this.of(identifier))}</DBInstance>`;
  }

  private fields(identifier: string, { status, createdAt }: Instance): string {
    return elements({
      DBInstanceIdentifier: identifier,
      DBInstanceStatus: status,
      // RDS names neither before the instance is available.
      ...(status === "available"
        ? {
            InstanceCreateTime: createdAt.toISOString(),
            Endpoint: elements({ Address: databaseHost(identifier), Port: "5432" }),
          }
        : {}),
    });
  }
}
