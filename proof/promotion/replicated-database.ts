import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { PostgresServer, PostgresServers } from "../stores/postgres-server";

/** The functions as they are deployed, beside this file's folder in the output of the build. */
const FUNCTIONS = join(__dirname, "../../constructs/aws/functions");

type Row = Readonly<Record<string, string | null>>;
interface Session {
  query(sql: string): Promise<readonly Row[]>;
  close(): void;
}
interface Postgres {
  connect(settings: object): Promise<Session>;
}

/** A real PostgreSQL server and its streaming replica, in the place of a database instance and its copy abroad. */
export class ReplicatedDatabase {
  private constructor(
    /** Of the instance, the same in both regions. */
    readonly identifier: string,
    private readonly servers: PostgresServers,
    private readonly client: Postgres,
    private readonly primary: PostgresServer,
    private readonly replica: PostgresServer,
  ) {}

  static async start(servers: PostgresServers, identifier: string): Promise<ReplicatedDatabase> {
    const client = (await import(pathToFileURL(join(FUNCTIONS, "shared/postgres.mjs")).href)) as Postgres;
    const primary = await servers.start(`${identifier}-primary`, await servers.create(`${identifier}-primary`));
    const replica = await servers.start(
      `${identifier}-replica`,
      await servers.streamingReplica(primary, `${identifier}-replica`),
    );
    const database = new ReplicatedDatabase(identifier, servers, client, primary, replica);
    await database.inPrimary(
      "CREATE TABLE IF NOT EXISTS game_day (id bigserial PRIMARY KEY, written_at timestamptz NOT NULL DEFAULT clock_timestamp())",
    );
    return database;
  }

  /** A transaction that the primary confirms. @returns its row's number */
  async write(): Promise<number> {
    const [row] = await this.inPrimary("INSERT INTO game_day DEFAULT VALUES RETURNING id");
    return Number(row?.["id"]);
  }

  /** Numbers of the rows that the replica, or what it has become, holds. */
  async rows(): Promise<ReadonlySet<number>> {
    const rows = await this.inReplica("SELECT id FROM game_day");
    return new Set(rows.map(({ id }) => Number(id)));
  }

  /** Whether the replica accepts writes by now, as the application finds it. */
  async takesWrites(): Promise<boolean> {
    try {
      await this.inReplica("INSERT INTO game_day DEFAULT VALUES");
      return true;
    } catch (error) {
      // 25006: cannot execute INSERT in a read-only transaction.
      if ((error as { code?: string }).code === "25006") return false;
      throw error;
    }
  }

  async isReplica(): Promise<boolean> {
    const [row] = await this.inReplica("SELECT pg_is_in_recovery() AS waits");
    return row?.["waits"] === "t";
  }

  /** `ReplicaLag` as RDS for PostgreSQL reports it (RDS user guide, monitoring replication of RDS for PostgreSQL, read 2026-11-29). */
  async lagSeconds(): Promise<number> {
    const [row] = await this.inReplica("SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp()) AS lag");
    return Number(row?.["lag"] ?? Number.NaN);
  }

  async promote(): Promise<void> {
    const [row] = await this.inReplica("SELECT pg_promote(true, 60) AS done");
    if (row?.["done"] !== "t") throw new Error(`${this.identifier}: pg_promote did not end within 60 s`);
  }

  /** Waits until the replica has everything that the primary has confirmed. */
  async caughtUp(): Promise<void> {
    const [row] = await this.inPrimary("SELECT pg_current_wal_flush_lsn() AS lsn");
    for (let asked = 0; asked < 300; asked += 1) {
      const [seen] = await this.inReplica(
        `SELECT pg_last_wal_replay_lsn() >= '${row?.["lsn"] ?? ""}'::pg_lsn AS done, pg_sleep(0.05)`,
      );
      if (seen?.["done"] === "t") return;
    }
    throw new Error(`${this.identifier}: the replica has not caught up within 15 s`);
  }

  /** The region is lost: no shutdown in order, which would wait for the replica. */
  losePrimary(): Promise<void> {
    return this.servers.lose(this.primary);
  }

  private inPrimary(sql: string): Promise<readonly Row[]> {
    return this.in(this.primary, sql);
  }

  private inReplica(sql: string): Promise<readonly Row[]> {
    return this.in(this.replica, sql);
  }

  private async in({ port }: PostgresServer, sql: string): Promise<readonly Row[]> {
    const session = await this.client.connect({
      host: "127.0.0.1",
      port,
      database: "postgres",
      ...this.servers.superuser,
      tls: false,
    });
    try {
      return await session.query(sql);
    } finally {
      session.close();
    }
  }
}
