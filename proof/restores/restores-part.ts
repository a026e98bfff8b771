import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { awsEnvironment, startEmulator } from "../emulated-aws/emulators";
import { obtainEngines } from "../engine-builds/obtain";
import { cacheProgram, CacheServer } from "../promotion/cache-server";
import { invoke } from "../promotion/deployed-standby";
import { EmulatorCalls } from "../promotion/emulator-calls";
import { API_SERVER_NAME, machineNames } from "../promotion/machine-names";
import { type LoopbackCertificate, putSecret } from "../promotion/standby-stores";
import type { Ledger } from "../run/ledger";
import { type RunFolder, withRun } from "../run/run-folder";
import { synthesise, type Synthesised } from "../run/synthesised";
import { postgresPrograms, PostgresServers } from "../stores/postgres-server";
import { type Copies, CacheScenarios } from "./cache-scenarios";
import { CacheService, type RestorableCache } from "./cache-service";
import { DatabaseScenarios } from "./database-scenarios";
import { DatabaseService } from "./database-service";
import { loopbackCertificate } from "./loopback-certificate";
import { type DescribedDatabase, RestorableDatabase } from "./restored-databases";
import { RestoreTestRuns } from "./restore-test-runs";
import { cacheHost, databaseHost, storeDomains, type TestedStore, TestedRegion } from "./tested-region";

const ENVIRONMENT = "production";
/** A minute between two looks is half a second, and so is each wait before a call is repeated. */
const WAIT_SCALE = "0.008";

/**
 * The state machines that test restores of databases and caches, as production deploys them, in the emulator that interprets
 * their language, with their functions: RDS and ElastiCache are models of the calls that they make, which restore real
 * PostgreSQL servers from their log and real caches from their snapshots.
 */
export async function proveRestores(ledger: Ledger): Promise<void> {
  postgresPrograms();
  cacheProgram();
  await obtainEngines(["ministack"], (line) => ledger.progress.step(line));
  await withRun(async (run) => {
    ledger.progress.step("synthesis of production");
    const synthesised = await synthesise(run, ENVIRONMENT);
    const { accountId, regions } = synthesised.environment;
    const emulator = await startEmulator(run, "ministack", accountId, { SFN_WAIT_SCALE: WAIT_SCALE });
    const region = (name: string): TestedRegion =>
      new TestedRegion(synthesised, name, new EmulatorCalls(awsEnvironment(emulator), name));
    const proof = new RestoresProof(ledger, run, synthesised, {
      primary: region(regions.primary.name),
      standby: region(regions.secondary.name),
    });
    try {
      await proof.prove();
    } finally {
      await proof.stop();
    }
  });
}

class RestoresProof {
  private readonly ports: Record<string, number> = {};
  private readonly portsFile: string;
  private readonly certificate: LoopbackCertificate;
  private readonly servers: PostgresServers;
  private readonly services: { stop(): Promise<void> }[] = [];

  constructor(
    private readonly ledger: Ledger,
    private readonly run: RunFolder,
    private readonly synthesised: Synthesised,
    private readonly regions: { readonly primary: TestedRegion; readonly standby: TestedRegion },
  ) {
    this.portsFile = join(run.path, "ports.json");
    this.certificate = loopbackCertificate(run, [
      API_SERVER_NAME,
      ...Object.values(storeDomains).map((domain) => `*.${domain}`),
    ]);
    this.servers = new PostgresServers(run, undefined, this.certificate);
  }

  async stop(): Promise<void> {
    for (const service of this.services) await service.stop();
  }

  async prove(): Promise<void> {
    const { primary, standby } = this.regions;
    const databases = await this.databases();
    const service = new DatabaseService(
      databases,
      { region: standby.region, accountId: this.synthesised.environment.accountId },
      (host, port) => this.found(host, port),
    );
    const caches = await this.caches();
    const groups = new CacheService(caches, (host, port) => this.found(host, port));
    const [rdsUrl, elasticacheUrl] = [await this.started(service), await this.started(groups)];
    await this.heartbeat(databases);
    const bucket = `${this.synthesised.environment.organisation}-${ENVIRONMENT}-cache-copies`;
    await standby.calls.makeBucket(bucket);
    const ofStandby = { ...this.variables(rdsUrl, elasticacheUrl), BUCKET: bucket };
    this.ledger.progress.step("tests of restores of databases");
    const runs = await this.runs(standby, "-restore-databases", ofStandby);
    await new DatabaseScenarios(runs, service, databases, this.servers).prove();
    service.forget();
    this.ledger.progress.step("tests of restores of caches");
    const loads = await this.runs(standby, "-restore-caches", ofStandby);
    await new CacheScenarios(loads, groups, caches, await this.copies(bucket, loads.test.stores)).prove();
    const restores = await this.runs(primary, "-restore-caches", this.variables(rdsUrl, elasticacheUrl));
    await new CacheScenarios(restores, groups, caches, undefined).prove();
  }

  private async runs(
    region: TestedRegion,
    ending: string,
    variables: Readonly<Record<string, string>>,
  ): Promise<RestoreTestRuns> {
    const test = await region.deployTest(ending, "restore-check", variables);
    if (test === undefined) throw new Error(`${ENVIRONMENT}/${region.stack.name} has no state machine …${ending}`);
    return new RestoreTestRuns(this.ledger, region.calls, test);
  }

  private async started(service: DatabaseService | CacheService): Promise<string> {
    this.services.push(service);
    return service.start();
  }

  private found(host: string, port: number): void {
    this.ports[host] = port;
    writeFileSync(this.portsFile, JSON.stringify(this.ports));
  }

  /** How the functions find what plays AWS and the stores. */
  private variables(rdsUrl: string, elasticacheUrl: string): Readonly<Record<string, string>> {
    return {
      ...machineNames({ portsFile: this.portsFile }),
      AWS_ENDPOINT_URL_RDS: rdsUrl,
      AWS_ENDPOINT_URL_ELASTICACHE: elasticacheUrl,
      NODE_EXTRA_CA_CERTS: this.certificate.certificate,
    };
  }

  /** Each database as the rotation of its password describes and makes it. */
  private async databases(): Promise<readonly RestorableDatabase[]> {
    this.ledger.progress.step("databases with their archived log");
    const { primary, standby } = this.regions;
    const [rotation] = primary.functionsFrom("store-credentials");
    const stores = JSON.parse(
      rotation === undefined ? "{}" : (primary.variablesOf(rotation)["STORES"] ?? "{}"),
    ) as Record<string, DescribedDatabase & { readonly kind: string }>;
    const databases: RestorableDatabase[] = [];
    for (const [secret, described] of Object.entries(stores).filter(([, { kind }]) => kind === "postgres")) {
      const word = (): string => randomBytes(16).toString("hex");
      const credentials = {
        ...{ username: `${described.owner}_a`, password: word() },
        ...{ monitorUsername: `${described.monitor}_a`, monitorPassword: word() },
      };
      for (const { calls } of [primary, standby]) await putSecret(calls, secret, JSON.stringify(credentials));
      const database = await RestorableDatabase.start(this.servers, described, credentials);
      this.found(databaseHost(described.instance), database.running.port);
      databases.push(database);
    }
    return databases;
  }

  /** A replica of an idle database lags more each second, until the function of the primary commits a transaction. */
  private async heartbeat(databases: readonly RestorableDatabase[]): Promise<void> {
    const { primary } = this.regions;
    const [beat] = primary.functionsFrom("replication-heartbeat");
    const [database] = databases;
    if (beat === undefined || database === undefined) throw new Error(`${primary.stack.name} has no heartbeat`);
    const name = `${database.described.instance}-replica`;
    const replica = await this.servers.start(name, await this.servers.streamingReplica(database.running, name));
    const lag = async (): Promise<number> => {
      const [row] = await database.as(replica, [
        "SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp()) AS lag",
      ]);
      return Number(row?.["lag"] ?? Number.NaN);
    };
    await primary.deploy(beat, this.variables("http://127.0.0.1:9", "http://127.0.0.1:9"));
    await database.as(database.running, ["SELECT pg_current_xact_id()"]);
    await sleep(3000);
    const idle = await lag();
    await invoke(primary.calls, beat.name, {});
    const began = Date.now();
    let seen = await lag();
    while (!(seen < 1) && Date.now() - began < 2000) seen = await lag();
    await replica.stop();
    const told = `an idle database: its replica lags ${idle.toFixed(1)} s, after the heartbeat ${seen.toFixed(1)} s`;
    if (idle < 2.5 || !(seen < 1)) this.ledger.failed("the heartbeat of databases", told);
    else {
      this.ledger.note(told);
      this.ledger.proved("heartbeats that end the lag of an idle database");
    }
  }

  /** Each cache that is tested, with entries. */
  private async caches(): Promise<readonly RestorableCache[]> {
    const { primary, standby } = this.regions;
    const [copy] = primary.functionsFrom("cache-copy");
    const described = JSON.parse(copy === undefined ? "[]" : (primary.variablesOf(copy)["CACHES"] ?? "[]")) as {
      readonly name: string;
      readonly secret: string;
      readonly host: string;
    }[];
    const caches: RestorableCache[] = [];
    for (const { secret, host } of described) {
      const identifier = host.replace(`.${storeDomains.aws_elasticache_replication_group}`, "");
      const login = { username: identifier, password: randomBytes(16).toString("hex") };
      for (const { calls } of [primary, standby]) await putSecret(calls, secret, JSON.stringify(login));
      const start = (name: string, snapshot: string | undefined): Promise<CacheServer> =>
        CacheServer.start(this.run, name, login, this.certificate, snapshot);
      const running = await start(identifier, undefined);
      for (let job = 1; job <= 100; job += 1) await running.call("SET", `job:${job}`, "queued");
      this.found(cacheHost(identifier), running.port);
      caches.push({ identifier, running, start });
    }
    return caches;
  }

  /** The function of the primary writes copies into the standby's bucket. */
  private async copies(bucket: string, stores: readonly TestedStore[]): Promise<Copies> {
    const { primary, standby } = this.regions;
    const [copy] = primary.functionsFrom("cache-copy");
    if (copy === undefined) throw new Error(`${primary.stack.name} copies no cache`);
    const variables = this.variables("http://127.0.0.1:9", "http://127.0.0.1:9");
    await primary.deploy(copy, { ...variables, BUCKET: bucket, BUCKET_REGION: standby.region });
    return {
      take: async () => void (await invoke(primary.calls, copy.name, {})),
      damage: async (identifier) => {
        const prefix = stores.find((store) => store.identifier === identifier)?.prefix ?? "";
        const newest = [...(await standby.calls.keys(bucket, prefix))].sort().at(-1);
        if (newest === undefined) throw new Error(`${bucket} has no copy below ${prefix}`);
        const content = await standby.calls.getObject(bucket, newest);
        content.fill(0x5a, Math.floor(content.length / 2), Math.floor(content.length / 2) + 8);
        await standby.calls.putObject(bucket, newest, content);
      },
    };
  }
}
