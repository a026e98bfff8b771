import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { PostgresServer, PostgresServers } from "../stores/postgres-server";

/** The functions as they are deployed, beside this file's folder in the output of the build. */
const FUNCTIONS = join(__dirname, "../../constructs/aws/functions");

/** A database as the rotation of its passwords describes it. */
export interface DescribedDatabase {
  readonly instance: string;
  readonly owner: string;
  readonly monitor: string;
  readonly extensions: readonly string[];
  readonly connectionLimit: number;
  readonly database: string;
}
export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly monitorUsername: string;
  readonly monitorPassword: string;
}
type Row = Readonly<Record<string, string | null>>;
interface Session {
  query(sql: string): Promise<readonly Row[]>;
  close(): void;
}

/** A running database with its archived log, from which it is restored as often as it is asked for. */
export class RestorableDatabase {
  private constructor(
    private readonly servers: PostgresServers,
    private readonly client: { connect(settings: object): Promise<Session> },
    readonly described: DescribedDatabase,
    readonly running: PostgresServer,
    private readonly backup: string,
  ) {}

  /** Made as the rotation makes it, filled by its application, backed up, and then written to. */
  static async start(
    servers: PostgresServers,
    described: DescribedDatabase,
    credentials: Credentials,
  ): Promise<RestorableDatabase> {
    const { instance } = described;
    const load = <Module>(file: string) => import(pathToFileURL(join(FUNCTIONS, file)).href) as Promise<Module>;
    const client = await load<{ connect(settings: object): Promise<Session> }>("shared/postgres.mjs");
    const { databaseStatements } = await load<{
      databaseStatements(store: object, pending: object): readonly string[];
    }>("store-credentials/index.mjs");
    const running = await servers.start(instance, await servers.create(instance));
    const database = new RestorableDatabase(servers, client, described, running, `${instance}-backup`);
    await database.as(running, [`CREATE DATABASE "${described.database}"`], "postgres");
    await database.as(running, [
      ...databaseStatements(described, credentials),
      `SET ROLE "${described.owner}"`,
      "CREATE TABLE orders (id bigserial PRIMARY KEY, body text NOT NULL, created_at timestamptz NOT NULL DEFAULT now())",
      "CREATE TABLE countries (code text PRIMARY KEY)",
      "INSERT INTO countries VALUES ('de'), ('ie'), ('us')",
      "INSERT INTO orders (body) SELECT repeat(md5(n::text), 20) FROM generate_series(1, 1000) AS n",
    ]);
    await servers.baseBackup(running, database.backup);
    await database.as(running, ["INSERT INTO orders (body) VALUES ('after the backup')"]);
    return database;
  }

  /** The newest moment up to which the archived log reaches. */
  async latest(): Promise<Date> {
    const [row] = await this.as(this.running, [
      "SELECT pg_sleep(0.02)",
      "SELECT date_trunc('milliseconds', clock_timestamp()) AS at, pg_sleep(0.02)",
    ]);
    const [ended] = await this.as(this.running, [
      "SELECT pg_current_xact_id()",
      "SELECT pg_walfile_name(pg_switch_wal()) AS segment",
    ]);
    for (let asked = 0; asked < 300; asked += 1) {
      const [archived] = await this.as(this.running, [
        `SELECT last_archived_wal >= '${ended?.["segment"] ?? ""}' AS done, pg_sleep(0.05) FROM pg_stat_archiver`,
      ]);
      if (archived?.["done"] === "t") return new Date(row?.["at"] ?? "");
    }
    throw new Error(`${this.described.instance}: the log was not archived within 15 s`);
  }

  /** Another server, with the rows of that moment. */
  async restore(name: string, moment: Date): Promise<PostgresServer> {
    const data = await this.servers.copyOf(this.backup, name);
    this.servers.recoverTo(data, `${this.running.data}-archive`, moment);
    const server = await this.servers.start(name, data);
    for (let asked = 0; asked < 300; asked += 1) {
      const [row] = await this.as(server, ["SELECT pg_is_in_recovery() AS waits, pg_sleep(0.05)"], "postgres");
      if (row?.["waits"] === "f") return server;
    }
    throw new Error(`${name} still reads its log after 15 s`);
  }

  rows(): Promise<readonly Row[]> {
    return this.as(this.running, ["SELECT count(*) AS orders, max(id) AS newest FROM orders"]);
  }

  /** As superuser in the application's database, one statement after another. @returns rows of the last */
  async as(
    { port }: PostgresServer,
    statements: readonly string[],
    database = this.described.database,
  ): Promise<readonly Row[]> {
    const session = await this.client.connect({
      ...{ host: "127.0.0.1", port, database, tls: false },
      ...this.servers.superuser,
    });
    try {
      let rows: readonly Row[] = [];
      for (const statement of statements) rows = await session.query(statement);
      return rows;
    } finally {
      session.close();
    }
  }
}
