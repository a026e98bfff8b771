import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ReplicatedDatabase } from "./replicated-database";

/** What the API of RDS says of an instance beside what PostgreSQL itself knows. */
interface Settings {
  status: string;
  multiAz: boolean;
  retentionDays: number;
}
interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** The refusal of a call, with RDS's own code. */
class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The four calls that a promotion makes of RDS and of its metric, answered by real PostgreSQL servers: a promotion is
 * `pg_promote` of the streaming replica, and `ReplicaLag` is what RDS's own query says. No emulator has replicas of
 * another region that hold data.
 */
export class RdsStandIn {
  /** Calls that changed something, in their order, such as "PromoteReadReplica orders-main". */
  readonly changes: string[] = [];
  private readonly settings = new Map<string, Settings>();
  private server: Server | undefined;

  constructor(
    private readonly databases: readonly ReplicatedDatabase[],
    private readonly source: { readonly region: string; readonly accountId: string },
  ) {
    for (const { identifier } of databases)
      this.settings.set(identifier, { status: "available", multiAz: false, retentionDays: 0 });
  }

  /** @returns the address, on loopback */
  async start(): Promise<string> {
    const server = createServer((call, response) => {
      this.answer(call)
        .catch((error: unknown) => refusal(error))
        .then(({ status, type, body }) => response.writeHead(status, { "content-type": type }).end(body))
        .catch(() => response.destroy());
    });
    this.server = server;
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
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
    if (found === undefined) throw new Refused("DBInstanceNotFound", `DBInstance ${identifier} not found.`);
    return found;
  }

  private async answer(call: IncomingMessage): Promise<Answer> {
    const parts: Buffer[] = [];
    for await (const part of call) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString("utf8");
    const target = call.headers["x-amz-target"];
    if (typeof target === "string") return this.metric(target, body);
    const parameters = new URLSearchParams(body);
    const action = parameters.get("Action") ?? "";
    const identifier = parameters.get("DBInstanceIdentifier") ?? "";
    const instance = await this.carryOut(action, identifier, parameters);
    const result = action === "DescribeDBInstances" ? `<DBInstances>${instance}</DBInstances>` : instance;
    return {
      status: 200,
      type: "text/xml",
      body: `<${action}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><${action}Result>${result}</${action}Result></${action}Response>`,
    };
  }

  private async carryOut(action: string, identifier: string, parameters: URLSearchParams): Promise<string> {
    const settings = this.of(identifier);
    const database = this.databases.find((one) => one.identifier === identifier);
    if (database === undefined) throw new Refused("DBInstanceNotFound", `DBInstance ${identifier} not found.`);
    const days = Number(parameters.get("BackupRetentionPeriod") ?? settings.retentionDays);
    if (action === "PromoteReadReplica") {
      if (settings.status !== "available" || !(await database.isReplica()))
        throw new Refused("InvalidDBInstanceState", `${identifier} is no read replica that is available.`);
      settings.status = "modifying";
      this.changes.push(`${action} ${identifier}`);
      await database.promote();
      Object.assign(settings, { status: "available", retentionDays: days });
    } else if (action === "ModifyDBInstance") {
      this.changes.push(`${action} ${identifier}`);
      Object.assign(settings, { multiAz: parameters.get("MultiAZ") === "true", retentionDays: days });
    } else if (action !== "DescribeDBInstances")
      throw new Refused("InvalidAction", `a promotion calls no ${action}: it is not played here`);
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
    const text = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
    return `<DBInstance>${text.join("")}</DBInstance>`;
  }

  /** The newest minute of the metric; a promoted instance has none. */
  private async metric(target: string, body: string): Promise<Answer> {
    const asked = JSON.parse(body) as { MetricName?: string; Dimensions?: readonly { Value?: string }[] };
    const database = this.databases.find(({ identifier }) => identifier === asked.Dimensions?.[0]?.Value);
    if (!target.endsWith(".GetMetricStatistics") || asked.MetricName !== "ReplicaLag" || database === undefined)
      throw new Refused("InvalidParameterValue", `${target} ${body}: not played here`);
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

function refusal(error: unknown): Answer {
  const code = error instanceof Refused ? error.code : "InternalFailure";
  const message = error instanceof Error ? error.message : String(error);
  return {
    status: error instanceof Refused ? 400 : 500,
    type: "text/xml",
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  };
}
