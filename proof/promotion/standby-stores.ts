import { randomBytes } from "node:crypto";
import type { Synthesised } from "../run/synthesised";
import type { RunFolder } from "../run/run-folder";
import { PostgresServers } from "../stores/postgres-server";
import { type CacheLogin, CacheServer } from "./cache-server";
import type { EmulatorCalls } from "./emulator-calls";
import { API_SERVER_NAME } from "./machine-names";
import { RdsStandIn } from "./rds-stand-in";
import { ReplicatedDatabase } from "./replicated-database";
import type { CacheOfPromotion, PromotionParts } from "./standby-functions";

/** Certificate of 127.0.0.1 and its key, both files, and the text of the authority that signed it. */
export interface LoopbackCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
}
interface CachePair {
  readonly cache: CacheOfPromotion;
  readonly primary: CacheServer;
  readonly standby: CacheServer;
}

/** Real servers in the place of the databases and persistent caches of both regions. */
export class StandbyStores {
  private constructor(
    readonly databases: readonly ReplicatedDatabase[],
    readonly caches: readonly CachePair[],
    readonly rds: RdsStandIn,
    /** Where the API of RDS answers. */
    readonly rdsUrl: string,
  ) {}

  static async start(
    run: RunFolder,
    { environment }: Synthesised,
    parts: PromotionParts,
    calls: { readonly standby: EmulatorCalls; readonly primary: EmulatorCalls },
    files: LoopbackCertificate,
  ): Promise<StandbyStores> {
    const servers = new PostgresServers(run);
    const databases: ReplicatedDatabase[] = [];
    for (const { identifier } of parts.databases) databases.push(await ReplicatedDatabase.start(servers, identifier));
    const caches: CachePair[] = [];
    for (const cache of parts.caches) {
      const name = cache.name.replaceAll("/", "-");
      const login: CacheLogin = { username: name, password: randomBytes(16).toString("hex") };
      const secret = JSON.stringify(login);
      await putSecret(calls.standby, cache.secret, secret);
      await putSecret(calls.primary, cache.secret, secret);
      caches.push({
        cache,
        primary: await CacheServer.start(run, `${name}-primary`, login, files),
        standby: await CacheServer.start(run, `${name}-standby`, login, files),
      });
    }
    const rds = new RdsStandIn(databases, {
      region: environment.regions.primary.name,
      accountId: environment.accountId,
    });
    return new StandbyStores(databases, caches, rds, await rds.start());
  }

  /** `CACHES` of a copy function, with the addresses of these servers. */
  cachesOf(region: "primary" | "standby"): string {
    return JSON.stringify(
      this.caches.map((pair) => ({ ...pair.cache, host: API_SERVER_NAME, port: pair[region].port })),
    );
  }

  async losePrimary(): Promise<void> {
    await Promise.all([
      ...this.databases.map((database) => database.losePrimary()),
      ...this.caches.map(({ primary }) => primary.lose()),
    ]);
  }

  stop(): Promise<void> {
    return this.rds.stop();
  }
}

/** The secret's value, whether it is there already or not. */
export async function putSecret(calls: EmulatorCalls, name: string, value: string): Promise<void> {
  try {
    await calls.secrets("PutSecretValue", { SecretId: name, SecretString: value });
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes("ResourceNotFoundException")) throw error;
    await calls.secrets("CreateSecret", { Name: name, SecretString: value });
  }
}
