import type { PostgresServers } from "../stores/postgres-server";
import type { DatabaseFaults, DatabaseService } from "./database-service";
import type { RestorableDatabase } from "./restored-databases";
import { RestoreTestRuns, type Expected } from "./restore-test-runs";

/** A scenario of the test of databases, each from a region in which nothing is left of the one before. */
interface Scenario extends Expected {
  readonly what: string;
  readonly faults?: DatabaseFaults;
  /** The clock of the functions runs faster. */
  readonly clockScale?: number;
}

/** What a test of restores of databases has to find, and that it deletes what it made in every case. */
export class DatabaseScenarios {
  constructor(
    private readonly runs: RestoreTestRuns,
    private readonly service: DatabaseService,
    private readonly databases: readonly RestorableDatabase[],
    private readonly servers: PostgresServers,
  ) {}

  async prove(): Promise<void> {
    for (const scenario of this.scenarios()) await this.one(scenario);
    await this.swept();
  }

  /** The first database is damaged: the others pass, and are deleted all the same. */
  private scenarios(): readonly Scenario[] {
    const [first] = this.databases;
    if (first === undefined) return [];
    const { instance, extensions } = first.described;
    const damaged = (...statements: string[]): DatabaseFaults => ({
      damage: async (database, restored) => {
        if (database === first) await first.as(restored, statements);
        return restored;
      },
    });
    const page: DatabaseFaults = {
      damage: async (database, restored) => {
        if (database !== first) return restored;
        const [row] = await first.as(restored, ["CHECKPOINT", "SELECT pg_relation_filepath('orders') AS file"]);
        return this.servers.damagePage(restored, row?.["file"] ?? "");
      },
    };
    const [extension = "none"] = extensions;
    return [
      { what: "restores of every database", succeeds: true },
      { what: "a restore that RDS refuses at first", succeeds: true, faults: { refusals: 2 } },
      { what: "a damaged page", words: /corrupted: public\.orders: .*XX001/, faults: page },
      {
        what: "an empty table",
        words: /empty table: public\.countries has 3 rows/,
        faults: damaged("DELETE FROM countries"),
      },
      {
        what: "a missing extension",
        words: new RegExp(`missing extension: ${extension}`),
        faults: damaged(`DROP EXTENSION "${extension}" CASCADE`),
      },
      {
        what: "a wrong password",
        words: /wrong password: .*28P01/,
        faults: damaged(`ALTER ROLE "${first.described.owner}_a" PASSWORD 'of another time'`),
      },
      {
        what: "an old recovery point",
        words: /old recovery point: \d+ min, allowed are \d+/,
        faults: { ageMinutes: 180 },
      },
      { what: "no recovery point", words: /no recovery point: /, faults: { withoutBackup: instance } },
      {
        what: "a restore that does not end",
        words: /not restored within 180 minutes: restore-test-/,
        faults: { endless: instance },
        clockScale: 3000,
      },
    ];
  }

  private async one({ what, faults = {}, clockScale, ...expected }: Scenario): Promise<void> {
    this.service.forget();
    this.service.faults = faults;
    const before = await this.rows();
    const execution = await this.runs.run(clockScale);
    const problems = [...(expected.succeeds ? this.asked() : []), ...this.leftOver()];
    if ((await this.rows()) !== before) problems.push("the running databases have other rows than before");
    this.runs.expect(what, execution, expected, problems);
  }

  private async rows(): Promise<string> {
    return JSON.stringify(await Promise.all(this.databases.map((database) => database.rows())));
  }

  private leftOver(): string[] {
    const { service } = this;
    return [...service.left().map((identifier) => `it has left ${identifier}`), ...service.failures];
  }

  /** What was asked of RDS: an instance of its own, that costs and lasts as little as it can. */
  private asked(): string[] {
    const { restores, deleted } = this.service;
    const wanted = { MultiAZ: "false", PubliclyAccessible: "false", DeletionProtection: "false" };
    return [
      ...this.runs.test.stores
        .filter(({ scratch }) => !deleted.includes(scratch))
        .map(({ scratch }) => `it has not deleted ${scratch}`),
      ...restores.flatMap((parameters) => {
        const target = parameters.get("TargetDBInstanceIdentifier") ?? "";
        const store = this.runs.test.stores.find(({ scratch }) => scratch === target);
        return [
          ...(store === undefined ? [`${target} is the scratch of no store`] : []),
          ...Object.entries({ ...wanted, DBSubnetGroupName: store?.subnets ?? "" })
            .filter(([name, value]) => parameters.get(name) !== value)
            .map(([name, value]) => `${target}: ${name} is ${parameters.get(name) ?? "not set"}, not ${value}`),
          ...([...parameters.values()].includes(store?.group ?? "") ? [] : [`${target} is not behind its group`]),
        ];
      }),
    ];
  }

  /** What an earlier test has left is deleted first, and what a running one has made is not. */
  private async swept(): Promise<void> {
    this.service.forget();
    const [old, young] = ["restore-test-of-yesterday", "restore-test-of-another-test"];
    this.service.leave(old, 30);
    this.service.leave(young, 1);
    const execution = await this.runs.run();
    const left = this.service.left();
    this.runs.expect("what an earlier test has left", execution, { succeeds: true }, [
      ...(this.service.deleted[0] === old ? [] : [`${old} was not deleted first`]),
      ...(left.length === 1 && left[0] === young ? [] : [`left are ${left.join(", ") || "none"}, not ${young} alone`]),
    ]);
  }
}
