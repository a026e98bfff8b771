import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Ledger } from "../run/ledger";
import { RunFolder } from "../run/run-folder";
import { type PostgresServer, PostgresServers } from "./postgres-server";

/** The functions as they are deployed, beside this file's folder in the output of the build. */
const FUNCTIONS = join(__dirname, "../../constructs/aws/functions");
const APPLICATION = { user: "orders_main_a", password: "proof-application" };
const STORE = {
  name: "orders/main",
  kind: "database",
  secret: "orders/DATABASE_URL",
  host: "running",
  port: 5432,
  database: "main",
  extensions: ["citext"],
  rpoMinutes: 5,
  allowedAgeMinutes: 65,
};

interface Session {
  query(sql: string): Promise<readonly Readonly<Record<string, string | null>>[]>;
  close(): void;
}
interface Postgres {
  connect(settings: object): Promise<Session>;
}
interface RestoreCheck {
  check(
    store: object,
    restored: object,
    world: object,
  ): Promise<{ readonly tables: Readonly<Record<string, unknown>> }>;
}

/**
 * The restore check on real PostgreSQL: a base backup and its archived log are restored to the moment before a mistake, as
 * RDS does it, and a logical dump; then the restored database is damaged in one way after another.
 */
export async function proveStores(ledger: Ledger): Promise<void> {
  const run = RunFolder.create();
  try {
    const servers = new PostgresServers(run);
    const proof = new RestoreProof(
      ledger,
      servers,
      (await import(pathToFileURL(join(FUNCTIONS, "shared/postgres.mjs")).href)) as Postgres,
      (await import(pathToFileURL(join(FUNCTIONS, "restore-check/index.mjs")).href)) as RestoreCheck,
    );
    await proof.prove();
  } finally {
    await run.stopAll();
  }
}

class RestoreProof {
  private point = new Date();

  constructor(
    private readonly ledger: Ledger,
    private readonly servers: PostgresServers,
    private readonly postgres: Postgres,
    private readonly function_: RestoreCheck,
  ) {}

  async prove(): Promise<void> {
    const running = await this.servers.start("running", await this.servers.create("running"));
    await this.fill(running);
    const backup = await this.servers.baseBackup(running, "restored");
    const lost = await this.mistake(running);
    this.servers.recoverTo(backup, `${running.data}-archive`, this.point);
    let restored = await this.servers.start("restored", backup);
    await this.recovered(restored);
    await this.holds("a restore to the moment before the mistake", restored, running, [lost]);
    await this.servers.dumpAndRestore(restored, STORE.database, "dumped");
    await this.holds("a logical dump", restored, running, [lost], { database: "dumped" });
    await this.names("a wrong password", /wrong password: .*28P01/, restored, running, { password: "other" });
    await this.names("a database that is not there", /no connection: .*3D000/, restored, running, {
      database: "other",
    });
    await this.damage(restored, running);
    restored = await this.corrupt(restored);
    await this.names("a damaged page", /corrupted: public\.orders: .*XX001/, restored, running);
  }

  /** What an application has: an owner, its user, an extension, tables with and without times. */
  private async fill(server: PostgresServer): Promise<void> {
    const { user, password } = APPLICATION;
    await this.as(server, "postgres", [
      "CREATE ROLE orders_main NOLOGIN",
      `CREATE ROLE ${user} LOGIN PASSWORD '${password}' IN ROLE orders_main`,
      `ALTER ROLE ${user} SET ROLE = 'orders_main'`,
      "CREATE DATABASE main OWNER orders_main",
    ]);
    await this.as(server, "main", [
      "CREATE EXTENSION citext",
      "SET ROLE orders_main",
      "CREATE TABLE orders (id bigserial PRIMARY KEY, body text NOT NULL, created_at timestamptz NOT NULL, due_at timestamptz)",
      "CREATE TABLE countries (code text PRIMARY KEY)",
      "INSERT INTO orders (body, created_at, due_at) SELECT repeat(md5(n::text), 20), now() - n * interval '1 minute', now() + interval '1 year' FROM generate_series(1, 2000) AS n",
      "INSERT INTO countries VALUES ('de'), ('ie'), ('us')",
    ]);
  }

  /** Rows after the backup reach the archive; then a wrong DELETE, which every replica copies. @returns the table's name and rows before it */
  private async mistake(server: PostgresServer): Promise<{ table: string; rows: number }> {
    await this.as(server, "main", ["INSERT INTO orders (body, created_at) VALUES ('the last order', now())"]);
    const [row] = await this.as(server, "main", [
      "SELECT pg_sleep(0.1)",
      "SELECT clock_timestamp() AS at, pg_sleep(0.1)",
    ]);
    this.point = new Date(String(row?.["at"]));
    await this.as(server, "main", [
      "DELETE FROM orders",
      "INSERT INTO orders (body, created_at) VALUES ('after it', now())",
    ]);
    const [ended] = await this.as(server, "postgres", ["SELECT pg_walfile_name(pg_switch_wal()) AS segment"]);
    await this.archived(server, String(ended?.["segment"]));
    return { table: "public.orders", rows: 2001 };
  }

  private async archived(server: PostgresServer, segment: string): Promise<void> {
    for (let asked = 0; asked < 300; asked += 1) {
      const [row] = await this.as(server, "postgres", [
        `SELECT last_archived_wal >= '${segment}' AS done, pg_sleep(0.1) FROM pg_stat_archiver`,
      ]);
      if (row?.["done"] === "t") return;
    }
    throw new Error("the log was not archived within 30 s");
  }

  private async recovered(server: PostgresServer): Promise<void> {
    for (let asked = 0; asked < 300; asked += 1) {
      const [row] = await this.as(server, "postgres", ["SELECT pg_is_in_recovery() AS waits, pg_sleep(0.1)"]);
      if (row?.["waits"] === "f") return;
    }
    throw new Error("the restored server still reads its log after 30 s");
  }

  /** One kind of damage after another, each undone before the next. */
  private async damage(restored: PostgresServer, running: PostgresServer): Promise<void> {
    // The running database as it was before the mistake, so that every damage is measured against the same rows.
    await this.as(running, "main", [
      "INSERT INTO orders (body, created_at) SELECT repeat(md5(n::text), 20), now() - n * interval '1 minute' FROM generate_series(1, 2000) AS n",
    ]);
    const damages: readonly (readonly [string, RegExp, string, string])[] = [
      [
        "an empty table",
        /empty table: public\.countries has 3 rows/,
        "DELETE FROM countries",
        "INSERT INTO countries VALUES ('de'), ('ie'), ('us')",
      ],
      [
        "a missing table",
        /missing table: public\.countries/,
        "ALTER TABLE countries RENAME TO lands",
        "ALTER TABLE lands RENAME TO countries",
      ],
      [
        "half of the rows",
        /fewer rows: public\.orders has \d+/,
        "SET ROLE orders_main; CREATE TABLE rest AS SELECT * FROM orders WHERE id % 3 <> 0; DELETE FROM orders WHERE id % 3 <> 0",
        "INSERT INTO orders SELECT * FROM rest; DROP TABLE rest",
      ],
      [
        "rows that end too early",
        /stale: the newest row of public\.orders is [\d.]+ min older/,
        "UPDATE orders SET created_at = created_at - interval '1 hour'",
        "UPDATE orders SET created_at = created_at + interval '1 hour'",
      ],
      ["a missing extension", /missing extension: citext/, "DROP EXTENSION citext", "CREATE EXTENSION citext"],
    ];
    for (const [what, words, harm, fix] of damages) {
      await this.as(restored, "main", [harm]);
      await this.names(what, words, restored, running);
      await this.as(restored, "main", [fix]);
    }
  }

  private async corrupt(server: PostgresServer): Promise<PostgresServer> {
    const [row] = await this.as(server, "main", ["CHECKPOINT", "SELECT pg_relation_filepath('orders') AS file"]);
    return this.servers.damagePage(server, String(row?.["file"]));
  }

  private async as(server: PostgresServer, database: string, statements: readonly string[]) {
    const session = await this.postgres.connect({
      host: "127.0.0.1",
      port: server.port,
      database,
      ...this.servers.superuser,
      tls: false,
    });
    try {
      let rows: readonly Readonly<Record<string, string | null>>[] = [];
      for (const statement of statements) rows = await session.query(statement);
      return rows;
    } finally {
      session.close();
    }
  }

  /** What the deployed function calls of AWS, answered by the servers on loopback. */
  private look(restored: PostgresServer, running: PostgresServer, other: { database?: string; password?: string }) {
    return this.function_.check(
      STORE,
      { point: this.point.toISOString(), restoreSeconds: 0 },
      {
        now: () => this.point.getTime() + 60_000,
        host: () => Promise.resolve("restored"),
        credentials: () => Promise.resolve({ username: APPLICATION.user }),
        postgres: ({ host }: { host: string }, { username }: { username: string }) => {
          const isRestored = host === "restored";
          return this.postgres.connect({
            host: "127.0.0.1",
            port: isRestored ? restored.port : running.port,
            database: (isRestored ? other.database : undefined) ?? STORE.database,
            user: username,
            password: (isRestored ? other.password : undefined) ?? APPLICATION.password,
            tls: false,
          });
        },
      },
    );
  }

  private async holds(
    what: string,
    restored: PostgresServer,
    running: PostgresServer,
    tables: readonly { readonly table: string; readonly rows: number }[],
    other: { database?: string } = {},
  ): Promise<void> {
    try {
      const seen = await this.look(restored, running, other);
      for (const { table, rows } of tables) {
        const found = seen.tables[table] as { rows?: number } | undefined;
        if (found?.rows !== rows)
          throw new Error(`${table} has ${String(found?.rows ?? "no")} rows, and had ${rows} at the moment restored`);
      }
      this.ledger.proved("restored databases that pass");
    } catch (error) {
      this.ledger.failed(what, error instanceof Error ? error.message : String(error));
    }
  }

  private async names(
    what: string,
    words: RegExp,
    restored: PostgresServer,
    running: PostgresServer,
    other: { database?: string; password?: string } = {},
  ): Promise<void> {
    const said = await this.look(restored, running, other).then(
      () => "it passed",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (words.test(said)) this.ledger.proved("damaged restores named");
    else this.ledger.failed(what, `expected ${String(words)}; the restore check said: ${said}`);
  }
}
