import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { API_SERVER_NAME } from "./machine-names";
import { onPath, ToolMissing } from "../engine-builds/obtain";
import { type Server, startServer } from "../run/processes";
import type { RunFolder } from "../run/run-folder";

const FUNCTIONS = join(__dirname, "../../constructs/aws/functions");
/** Debian's names of servers that speak the protocol of Redis 7. */
const PROGRAMS = ["valkey-server", "redis-server"];

interface Session {
  call(...words: readonly (string | number)[]): Promise<unknown>;
  close(): void;
}
interface Redis {
  connect(settings: object): Promise<Session>;
}

/** The program of a Redis-compatible server of the machine. @throws ToolMissing */
export function cacheProgram(): string {
  const found = PROGRAMS.map((name) => onPath(name)).find((path) => path !== undefined);
  if (found === undefined)
    throw new ToolMissing(
      "a Redis-compatible server",
      "copies of caches are loaded into a real one",
      "install it, on Debian: apt-get install redis-server",
    );
  return found;
}

export interface CacheLogin {
  readonly username: string;
  readonly password: string;
}

/** One real cache on loopback, with TLS and a user, as ElastiCache has it. */
export class CacheServer {
  private constructor(
    private readonly server: Server,
    private readonly login: CacheLogin,
    private readonly certificate: Buffer | string,
    /** What SAVE writes. */
    readonly snapshotFile: string,
  ) {}

  /**
   * @param files certificate of 127.0.0.1 and its key
   * @param snapshot RDB file with the entries that it has from the start; by default none
   */
  static async start(
    run: RunFolder,
    name: string,
    login: CacheLogin,
    files: { readonly certificate: string; readonly key: string; readonly authority: string },
    snapshot?: string,
  ): Promise<CacheServer> {
    const folder = join(run.path, name);
    mkdirSync(folder, { mode: 0o700 });
    const [configuration, snapshotFile] = [join(folder, "cache.conf"), join(folder, "dump.rdb")];
    if (snapshot !== undefined) copyFileSync(snapshot, snapshotFile);
    const server = await startServer(run, {
      name,
      command: cacheProgram(),
      portCount: 1,
      arguments: ([port]) => {
        writeFileSync(
          configuration,
          [
            ...["bind 127.0.0.1", "port 0", `tls-port ${String(port)}`, `dir ${folder}`, 'save ""'],
            ...[`tls-cert-file ${files.certificate}`, `tls-key-file ${files.key}`, "tls-auth-clients no"],
            ...["user default off", `user ${login.username} on >${login.password} ~* &* +@all`, ""],
          ].join("\n"),
          { mode: 0o600 },
        );
        return [configuration];
      },
      ready: async ([port]) => {
        const session = await connect(port ?? 0, login, files.authority);
        session.close();
        return true;
      },
    });
    return new CacheServer(server, login, files.authority, snapshotFile);
  }

  get user(): string {
    return this.login.username;
  }

  get port(): number {
    return this.server.ports[0] ?? 0;
  }

  async call(...words: readonly (string | number)[]): Promise<unknown> {
    const session = await connect(this.port, this.login, this.certificate);
    try {
      return await session.call(...words);
    } finally {
      session.close();
    }
  }

  /** Its region is lost. */
  lose(): Promise<void> {
    return this.server.stop();
  }
}

async function connect(port: number, { username, password }: CacheLogin, authority: Buffer | string): Promise<Session> {
  const redis = (await import(pathToFileURL(join(FUNCTIONS, "shared/redis.mjs")).href)) as Redis;
  return redis.connect({
    ...{ host: "127.0.0.1", port, user: username, password, database: "0", timeoutMs: 5000 },
    // A name of the certificate: the address itself may not be sent as one (RFC 6066).
    tls: { ca: authority, servername: API_SERVER_NAME },
  });
}
