import { loadFunction } from "./deployed-function";

interface Instance {
  status: string;
  replica: boolean;
  multiAz: boolean;
  retentionDays: number;
}

describe("the promotion", () => {
  const promotion = loadFunction<{
    check(databases: object[], input: object, world: object): Promise<{ allowed: boolean; reason: string }>;
    promote(databases: object[], world: object): Promise<{ started: string[] }>;
    progress(databases: object[], world: object): Promise<{ done: boolean }>;
    settle(databases: object[], world: object): Promise<{ changed: string[] }>;
    steps(step: string, run: string, call: object): Promise<{ done: boolean }>;
    startWriters(call: object): Promise<{ started: string[] }>;
  }>("promotion/index.mjs");
  const databases = [{ identifier: "orders-main", maxLagSeconds: 300, wantedRetentionDays: 30 }];
  const now = Date.parse("2026-11-29T10:00:00Z");
  const worldOf = (instance: Instance, lag: number | null) => ({
    now: () => now,
    describe: () => Promise.resolve({ ...instance }),
    lag: () => Promise.resolve(lag === null ? null : { seconds: lag, at: now }),
    promote: (_: string, days: number) => {
      Object.assign(instance, { replica: false, retentionDays: days });
      return Promise.resolve();
    },
    modify: (_: string, { multiAz, retentionDays }: { multiAz: boolean; retentionDays: number }) => {
      Object.assign(instance, { multiAz, retentionDays });
      return Promise.resolve();
    },
  });
  const replica = (): Instance => ({ status: "available", replica: true, multiAz: false, retentionDays: 0 });

  it("refuses a lag above the RPO and a lag that is not known, unless it is accepted", async () => {
    expect(await promotion.check(databases, {}, worldOf(replica(), 300))).toMatchObject({ allowed: true });
    expect(await promotion.check(databases, {}, worldOf(replica(), 301))).toMatchObject({
      allowed: false,
      reason: "orders-main lags 301 s, allowed are 300 s",
    });
    expect(await promotion.check(databases, {}, worldOf(replica(), null))).toMatchObject({ allowed: false });
    expect(await promotion.check(databases, { acceptLag: true }, worldOf(replica(), null))).toMatchObject({
      allowed: true,
    });
  });

  it("counts a lag up to the loss of the source, which makes the figure grow", async () => {
    const lost = (lostAt: string) => promotion.check(databases, { lostAt }, worldOf(replica(), 901));
    expect(await lost("2026-11-29T09:50:00Z")).toMatchObject({
      allowed: false,
      reason: "orders-main lags 301 s, allowed are 300 s",
    });
    expect(await lost("2026-11-29T09:49:59Z")).toMatchObject({ allowed: true });
    await expect(lost("2026-11-29T10:00:01Z")).rejects.toThrow("is not a time of the last seven days");
    await expect(lost("yesterday")).rejects.toThrow("is not a time of the last seven days");
  });

  it("promotes with 30 days of backups, restores Multi-AZ, and changes nothing when it is repeated", async () => {
    const instance = replica();
    const world = worldOf(instance, 0);
    expect(await promotion.progress(databases, world)).toMatchObject({ done: false });
    expect(await promotion.promote(databases, world)).toEqual({ started: ["orders-main"] });
    expect(await promotion.settle(databases, world)).toEqual({ changed: ["orders-main"] });
    expect(instance).toEqual({ status: "available", replica: false, multiAz: true, retentionDays: 30 });
    expect(await promotion.promote(databases, world)).toEqual({ started: [] });
    expect(await promotion.settle(databases, world)).toEqual({ changed: [] });
    expect(await promotion.progress(databases, world)).toMatchObject({ done: true });
  });

  it("waits for an instance that is not available", async () => {
    await expect(promotion.promote(databases, worldOf({ ...replica(), status: "backing-up" }, 0))).rejects.toThrow(
      "orders-main is backing-up, not available",
    );
  });

  it("runs a suspended migration once, and stops when it has failed", async () => {
    const jobs = new Map<string, string>();
    const cronJob = {
      metadata: { name: "migration", namespace: "orders", uid: "1", labels: { "plimsoll.dev/step": "migration" } },
      spec: { suspend: true, jobTemplate: { spec: { backoffLimit: 2 } } },
    };
    const call = (method: string, path: string, body?: { metadata: { name: string } }): Promise<object> => {
      if (method === "POST" && body) {
        if (jobs.has(body.metadata.name)) return Promise.reject(Object.assign(new Error("there"), { status: 409 }));
        jobs.set(body.metadata.name, "Complete");
        return Promise.resolve({});
      }
      if (path.includes("labelSelector")) return Promise.resolve({ items: [cronJob] });
      const type = jobs.get(path.split("/").at(-1) ?? "");
      return Promise.resolve({ status: { conditions: [{ type, status: "True" }] } });
    };
    expect(await promotion.steps("migration", "29000000", call)).toMatchObject({ done: true });
    expect(await promotion.steps("migration", "29000000", call)).toMatchObject({ done: true });
    expect([...jobs.keys()]).toEqual(["migration-29000000"]);
    jobs.set("migration-29000000", "Failed");
    expect(await promotion.steps("migration", "29000000", call)).toMatchObject({
      done: false,
      failed: expect.stringMatching(/^orders\/migration-29000000 failed/) as string,
    });
  });
});

describe("the heartbeat of databases", () => {
  const heartbeat = loadFunction<{ beatAll(databases: readonly object[], world: object): Promise<object> }>(
    "replication-heartbeat/index.mjs",
  );
  const refused = (code: string) => Object.assign(new Error(`FATAL ${code}`), { code });
  const worldOf = (passwords: string[], answer: (password: string) => void) => {
    const statements: string[] = [];
    return {
      statements,
      credentials: () => Promise.resolve({ monitorUsername: "monitor_a", monitorPassword: passwords.shift() }),
      postgres: (_: object, { username, password }: { username: string; password: string }) => {
        answer(password);
        return Promise.resolve({
          query: (statement: string) => Promise.resolve(statements.push(`${username}: ${statement}`)),
          close: () => undefined,
        });
      },
    };
  };

  it("commits a transaction with a number, and reads a password anew that a rotation has ended", async () => {
    const world = worldOf(["old", "new"], (password) => {
      if (password === "old") throw refused("28P01");
    });
    const databases = [{ name: "orders/main", secret: "orders/DATABASE_URL" }];
    expect(await heartbeat.beatAll(databases, world)).toEqual({ beaten: ["orders/main"] });
    expect(world.statements).toEqual(["monitor_a: SELECT pg_current_xact_id()"]);
  });

  it("tries every database before it names those that took none", async () => {
    const world = worldOf(["gone", "there"], (password) => {
      if (password === "gone") throw refused("57P03");
    });
    const databases = ["first", "second"].map((name) => ({ name, secret: `secret of ${name}` }));
    await expect(heartbeat.beatAll(databases, world)).rejects.toThrow(/^first: FATAL 57P03$/);
    expect(world.statements).toHaveLength(1);
  });
});

describe("copies of a cache", () => {
  const copies = loadFunction<{
    read(session: object, takenAt: string): Promise<Buffer>;
    load(session: object, copy: Buffer, now: number): Promise<object>;
    open(copy: Buffer): object;
    loadAll(caches: readonly object[], world: object): Promise<object[]>;
  }>("cache-copy/index.mjs");
  const takenAt = "2026-11-29T00:00:00.000Z";
  const full = (entries: [string, number, string][]) => ({
    call: (command: string) =>
      Promise.resolve(
        command === "DBSIZE"
          ? entries.length
          : entries.flatMap(([key, ttl, value]) => [Buffer.from(key), ttl, Buffer.from(value)]),
      ),
  });

  it("come back with their remaining life, without what has expired since", async () => {
    const copy = await copies.read(
      full([
        ["job", -1, "a"],
        ["soon", 1000, "b"],
        ["late", 60_000, "c"],
      ]),
      takenAt,
    );
    const restored: unknown[][] = [];
    const empty = {
      call: (...words: unknown[]) => {
        if (words[0] === "RESTORE") restored.push(words.map(String));
        return Promise.resolve(0);
      },
    };
    expect(await copies.load(empty, copy, Date.parse(takenAt) + 5000)).toMatchObject({ loaded: 2, expired: 1 });
    expect(restored).toEqual([
      ["RESTORE", "job", "0", "a", "REPLACE"],
      ["RESTORE", "late", "55000", "c", "REPLACE"],
    ]);
  });

  it("go on where an attempt ended early, and leave alone what was loaded whole", async () => {
    const copy = await copies.read(
      full([
        ["first", -1, "a"],
        ["second", -1, "b"],
      ]),
      takenAt,
    );
    const held = new Map<string, string>();
    let fails = true;
    const call = (word: string, key = "", ...rest: unknown[]): Promise<unknown> => {
      if (word === "DBSIZE") return Promise.resolve(held.size);
      if (word === "GET") return Promise.resolve(held.has(key) ? Buffer.from(held.get(key) ?? "") : null);
      if (word === "RESTORE" && String(key) === "second" && fails) return Promise.reject(new Error("closed"));
      if (word === "DEL") held.delete(key);
      else held.set(String(key), String(rest[word === "RESTORE" ? 1 : 0]));
      return Promise.resolve("OK");
    };
    const world = {
      list: () => Promise.resolve(["c/2026-11-29T00-00-00-000Z.gz", "c/2026-11-30T00-00-00-000Z.gz"]),
      credentials: () => Promise.resolve({}),
      session: () => Promise.resolve({ call, close: () => undefined }),
      get: (key: string) => Promise.resolve(key.includes("11-30") && !fails ? Buffer.from("another") : copy),
      now: () => Date.parse(takenAt),
    };
    const caches = [{ name: "queue", prefix: "c/", secret: "s" }];
    await expect(copies.loadAll(caches, world)).rejects.toThrow("closed");
    fails = false;
    expect(await copies.loadAll(caches, world)).toMatchObject([{ cache: "queue", loaded: 2, takenAt }]);
    expect([...held]).toEqual([
      ["first", "a"],
      ["second", "b"],
    ]);
    expect(await copies.loadAll(caches, world)).toEqual([{ cache: "queue", skipped: "not empty" }]);
  });

  it("are refused when they are damaged, and by a cache that holds entries", async () => {
    const copy = await copies.read(full([["job", -1, "a"]]), takenAt);
    const damaged = Buffer.from(copy);
    damaged[damaged.length - 12] = (damaged[damaged.length - 12] ?? 0) ^ 1;
    expect(() => copies.open(damaged)).toThrow();
    await expect(copies.load({ call: () => Promise.resolve(1) }, copy, 0)).rejects.toThrow("the cache is not empty");
  });
});

interface Table {
  rows: number;
  newest: number | null;
  hasTime: boolean;
}

describe("the restore check", () => {
  const checks = loadFunction<{
    problemsOf(restored: object, running: object, wanted: object): string[];
    loginProblem(error: object): string;
  }>("shared/restored-database.mjs");
  const steps = loadFunction<{
    sweep(world: object): Promise<{ deleted: string[] }>;
    restore(store: object, world: object): Promise<{ point: string }>;
    progress(store: object, restored: object, world: object): Promise<{ done: boolean }>;
    check(store: object, restored: object, world: object): Promise<{ entries: number }>;
    remove(store: object, world: object): Promise<object>;
  }>("restore-check/index.mjs");
  const { verdict } = loadFunction<{ verdict(results: object[]): { passed: string[] } }>("shared/test-verdict.mjs");
  const now = Date.parse("2026-12-02T06:00:00Z");
  const minutesAgo = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();
  const wanted = { extensions: ["citext"], rpoMinutes: 5, allowedAgeMinutes: 65, point: now - 600_000, now };
  const database = (tables: Record<string, Table>, more: object = {}) => ({
    checksums: true,
    extensions: ["plpgsql", "citext"],
    tables,
    unreadable: {},
    ...more,
  });
  const table = (rows: number, newest: number | null = 1000, hasTime = true): Table => ({ rows, newest, hasTime });

  it("passes what is as the running database was, and names each kind of damage", () => {
    const running = database({ "public.orders": table(100), "public.users": table(7, null, false) });
    expect(checks.problemsOf(running, running, wanted)).toEqual([]);
    const of = (tables: Record<string, Table>, more: object = {}) =>
      checks.problemsOf(database({ ...running.tables, ...tables }, more), running, wanted);
    expect(of({ "public.users": table(0, null, false) })).toEqual([
      "empty table: public.users has 7 rows in the running database",
    ]);
    expect(of({ "public.orders": table(49) })).toEqual(["fewer rows: public.orders has 49, the running database 100"]);
    expect(of({ "public.orders": table(50) })).toEqual([]);
    expect(of({ "public.orders": table(100, 700) })).toEqual([]);
    expect(of({ "public.orders": table(100, 699) })).toEqual([
      "stale: the newest row of public.orders is 5 min older than in the running database",
    ]);
    expect(of({}, { extensions: ["plpgsql"] })).toEqual(["missing extension: citext"]);
    expect(of({}, { checksums: false })).toEqual([
      "no checksums: data_checksums is off, a damaged page is read without an error",
    ]);
    expect(
      checks.problemsOf(
        database({ "public.users": table(7, null, false) }, { unreadable: { "public.orders": "corrupted: page 3" } }),
        running,
        wanted,
      ),
    ).toEqual(["corrupted: public.orders: page 3"]);
    expect(checks.problemsOf(database({}), running, wanted)).toHaveLength(2);
    expect(checks.problemsOf(running, running, { ...wanted, point: now - 66 * 60_000 })).toEqual([
      "old recovery point: 66 min, allowed are 65",
    ]);
  });

  it("does not blame a table whose first rows are newer than the recovery point", () => {
    const running = database({ "public.orders": table(3, null, true) });
    expect(checks.problemsOf(database({ "public.orders": table(0, null, true) }), running, wanted)).toEqual([]);
  });

  it("deletes only what tests have left, and nothing that does not carry their name", async () => {
    const removed: string[] = [];
    const world = {
      now: () => now,
      scratch: () =>
        Promise.resolve([
          { kind: "database", name: "restore-test-old", createdAt: minutesAgo(301) },
          { kind: "cache", name: "restore-test-new", createdAt: minutesAgo(299) },
          { kind: "database", name: "restore-test-creating" },
        ]),
      remove: (_: string, name: string) => {
        removed.push(name);
        return Promise.resolve();
      },
    };
    expect(await steps.sweep(world)).toEqual({ deleted: ["restore-test-old"] });
    await expect(steps.remove({ kind: "database", scratch: "orders-main" }, world)).rejects.toThrow("is not deleted");
    await steps.remove({ kind: "database", scratch: "restore-test-orders-main" }, world);
    expect(removed).toEqual(["restore-test-old", "restore-test-orders-main"]);
  });

  it("fails without a recovery point, and gives a restore three hours", async () => {
    const store = { name: "orders/main", scratch: "restore-test-orders-main" };
    const world = {
      now: () => now,
      available: () => Promise.resolve(false),
      newestPoint: () => Promise.resolve(undefined),
    };
    await expect(steps.restore(store, world)).rejects.toThrow("no recovery point: orders/main");
    expect(await steps.progress(store, { startedAt: minutesAgo(180) }, world)).toMatchObject({ done: false });
    await expect(steps.progress(store, { startedAt: minutesAgo(181) }, world)).rejects.toThrow(
      "not restored within 180",
    );
  });

  it("compares a restored cache with the running one, and names an empty or an old one", async () => {
    const store = { name: "orders/queue", kind: "cache", source: "snapshot", allowedAgeMinutes: 1560 };
    const worldOf = (size: number, running: number) => ({
      now: () => now,
      host: () => Promise.resolve("scratch"),
      credentials: () => Promise.resolve({}),
      size: () => Promise.resolve(running),
      redis: () =>
        Promise.resolve({
          call: (command: string) => Promise.resolve(command === "PING" ? "PONG" : size),
          close: () => undefined,
        }),
    });
    const restored = { point: minutesAgo(60), restoreSeconds: 300 };
    expect(await steps.check(store, restored, worldOf(5, 9))).toMatchObject({ entries: 5, restoreSeconds: 300 });
    expect(await steps.check(store, restored, worldOf(0, 0))).toMatchObject({ entries: 0 });
    await expect(steps.check(store, restored, worldOf(0, 9))).rejects.toThrow("orders/queue: empty cache");
    await expect(steps.check(store, { ...restored, point: minutesAgo(1561) }, worldOf(5, 9))).rejects.toThrow(
      "old recovery point: 1561 min, allowed are 1560",
    );
  });

  it("fails a test with the words of every store that did not pass", () => {
    expect(verdict([{ store: { name: "orders/main" } }])).toEqual({ passed: ["orders/main"] });
    expect(() =>
      verdict([
        { store: { name: "a/main" }, problem: { Error: "Error", Cause: '{"errorMessage":"a/main: stale: t"}' } },
        { store: { name: "b/main" }, problem: { Error: "States.Timeout", Cause: "timed out" } },
        { store: { name: "c/main" } },
      ]),
    ).toThrow("a/main: stale: t; b/main: timed out");
  });
});

describe("the rotation of a database's users", () => {
  const credentials = loadFunction<{
    nextValue(
      store: object,
      current: object | undefined,
      random: () => Promise<string>,
    ): Promise<Record<string, string>>;
    databaseStatements(store: object, pending: object): string[];
    rotate(event: object, stores: object, world: object): Promise<void>;
  }>("store-credentials/index.mjs");
  const store = {
    kind: "postgres",
    instance: "orders-main",
    master: "master",
    owner: "orders_main",
    monitor: "orders_main_monitor",
    database: "main",
    extensions: [],
    connectionLimit: 100,
  };
  const random = () => Promise.resolve("secret");

  it("lets the users of the application and of its exporter take turns", async () => {
    const first = await credentials.nextValue(store, undefined, random);
    expect(first).toEqual({
      username: "orders_main_a",
      password: "secret",
      monitorUsername: "orders_main_monitor_a",
      monitorPassword: "secret",
    });
    expect(await credentials.nextValue(store, first, random)).toMatchObject({
      username: "orders_main_b",
      monitorUsername: "orders_main_monitor_b",
    });
    expect(await credentials.nextValue({ kind: "redis", user: "queue" }, undefined, random)).toEqual({
      username: "queue",
      password: "secret",
    });
  });

  it("grants the exporter statistics and a connection, and no table", async () => {
    const pending = await credentials.nextValue(store, undefined, random);
    const statements = credentials.databaseStatements(store, pending);
    const ofMonitor = statements.filter((one) => one.includes("monitor"));
    expect(ofMonitor).toContain('GRANT pg_monitor TO "orders_main_monitor"');
    expect(ofMonitor).toContain('GRANT CONNECT ON DATABASE "main" TO "orders_main_monitor"');
    expect(ofMonitor.filter((one) => /OWNER|SET ROLE|"orders_main"/.test(one))).toEqual([]);
    // Everybody's rights on the database are revoked first.
    expect(statements.findIndex((one) => one.startsWith("REVOKE ALL"))).toBeLessThan(
      statements.findIndex((one) => one.startsWith("GRANT CONNECT")),
    );
  });

  it("refuses a user of the exporter that may not read statistics", async () => {
    const values = { AWSPENDING: await credentials.nextValue(store, undefined, random), AWSCURRENT: undefined };
    const worldOf = (monitors: string) => ({
      describe: () => Promise.resolve({ Name: "orders/DATABASE_URL", RotationEnabled: true, VersionIdsToStages: {} }),
      value: (_: string, __: string, stage: "AWSPENDING" | "AWSCURRENT") => Promise.resolve(values[stage]),
      postgres: () =>
        Promise.resolve({
          query: (text: string) =>
            Promise.resolve([text.includes("pg_monitor") ? { monitors } : { role: "orders_main", superuser: "off" }]),
          close: () => undefined,
        }),
    });
    const event = { Step: "testSecret", SecretId: "id", ClientRequestToken: "token" };
    const stores = { "orders/DATABASE_URL": store };
    await credentials.rotate(event, stores, worldOf("true"));
    await expect(credentials.rotate(event, stores, worldOf("false"))).rejects.toThrow(
      "The exporter's user of main may not read statistics",
    );
  });
});
