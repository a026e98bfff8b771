import { spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onPath, ToolMissing } from "../engine-builds/obtain";
import { isAlive } from "../run/process-identity";
import { type Server, startServer } from "../run/processes";
import type { RunFolder } from "../run/run-folder";

/** Debian's folder of PostgreSQL's versions, each with a folder `bin`. */
const DEBIAN = "/usr/lib/postgresql";
/** PostgreSQL refuses to run as root: the account of Debian's package, else the one without rights, by its number on Linux. */
const ACCOUNTS = [/^postgres:/, /^[^:]*:[^:]*:65534:/];
const LOSS_SECONDS = 10;
const PAGE_BYTES = 8192;
const LOCALE = { LC_ALL: "C.UTF-8", TZ: "UTC" };

/** Programs of the newest PostgreSQL of the machine. @throws ToolMissing */
export function postgresPrograms(): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).filter((one) => /^\d+$/.test(one)) : [];
  const [newest] = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, "bin"))
    .filter((folder) => existsSync(join(folder, "initdb")));
  const other = onPath("initdb");
  const found = newest ?? (other === undefined ? undefined : dirname(other));
  if (found === undefined)
    throw new ToolMissing(
      "PostgreSQL",
      "restores are checked on a real server",
      "install it, on Debian: apt-get install postgresql",
    );
  return found;
}

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** Under whom the servers run; this process's own account unless that is root. */
function serverAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const account of ACCOUNTS) {
    const [, , uid, gid] = lines.find((line) => account.test(line))?.split(":") ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new ToolMissing("an account other than root", "PostgreSQL does not run as root", "run the proof as a user");
}

/** One cluster of databases on loopback. */
export interface PostgresServer extends Server {
  readonly data: string;
  readonly port: number;
}

/** Makes, starts and stops clusters of databases below the folder of a run. */
export class PostgresServers {
  readonly superuser = { user: "postgres", password: "proof-superuser" };
  private readonly account = serverAccount();

  constructor(
    private readonly run: RunFolder,
    private readonly programs = postgresPrograms(),
    /** Certificate and key of servers that are reached by TLS too. @default none */
    private readonly tls?: { readonly certificate: string; readonly key: string },
  ) {
    // Its parent is this process's alone: the server's account has to pass through it.
    chmodSync(run.path, 0o711);
  }

  /** An empty cluster that archives its log below `archive`. */
  async create(name: string): Promise<string> {
    const [data, archive] = [this.folder(name), this.folder(`${name}-archive`)];
    const password = this.file(`${name}.password`, this.superuser.password);
    await this.program("initdb", [
      ...["--pgdata", data, "--username", this.superuser.user, "--pwfile", password],
      ...["--auth", "scram-sha-256", "--data-checksums", "--encoding", "UTF8"],
    ]);
    writeFileSync(
      join(data, "postgresql.auto.conf"),
      [
        "listen_addresses = '127.0.0.1'",
        "unix_socket_directories = ''",
        "archive_mode = on",
        `archive_command = 'cp %p ${archive}/%f'`,
        "fsync = off",
        ...this.encrypted(name),
        "",
      ].join("\n"),
    );
    return data;
  }

  async start(name: string, data: string): Promise<PostgresServer> {
    const server = await startServer(this.run, {
      name,
      command: join(this.programs, "postgres"),
      portCount: 1,
      arguments: ([port]) => ["-D", data, "-p", String(port)],
      environment: () => ({ ...process.env, ...LOCALE }),
      account: this.account,
      ready: async ([port]) => {
        await this.program("pg_isready", ["--quiet", "--host", "127.0.0.1", "--port", String(port)]);
        return true;
      },
    });
    return { ...server, data, port: server.ports[0] ?? 0 };
  }

  /** The files of a running cluster, as an automated backup has them. */
  async baseBackup(of: PostgresServer, name: string): Promise<string> {
    const data = this.folder(name);
    await this.program("pg_basebackup", [...this.login(of), "--pgdata", data, "--checkpoint", "fast"]);
    return data;
  }

  /** The files of a backup once more, for another restore. */
  async copyOf(name: string, copy: string): Promise<string> {
    const [from, to] = [join(this.run.path, name), join(this.run.path, copy)];
    cpSync(from, to, { recursive: true, preserveTimestamps: true });
    for (const path of ["", ...readdirSync(to, { recursive: true, encoding: "utf8" })]) this.own(join(to, path));
    return Promise.resolve(to);
  }

  /** Overwrites a part of a page on disk, as a bad block does, while the server is stopped. @returns the server that runs then */
  async damagePage(server: PostgresServer, relation: string): Promise<PostgresServer> {
    const file = join(server.data, relation);
    await server.stop();
    if (readFileSync(file).length < 3 * PAGE_BYTES) throw new Error(`${file} has fewer than three pages`);
    const page = openSync(file, "r+");
    writeSync(page, Buffer.alloc(64, 0x5a), 0, 64, 2 * PAGE_BYTES + PAGE_BYTES / 2);
    closeSync(page);
    return this.start(`${server.name}-damaged`, server.data);
  }

  /** A replica of a running cluster: it reads the cluster's log as it is written. */
  async streamingReplica(of: PostgresServer, name: string): Promise<string> {
    const data = this.folder(name);
    await this.program("pg_basebackup", [
      ...[...this.login(of), "--pgdata", data, "--checkpoint", "fast"],
      ...["--write-recovery-conf", "--wal-method", "stream"],
    ]);
    return data;
  }

  /** Ends a server as the loss of its machine does: nothing more is written or sent. */
  async lose({ name, identity }: PostgresServer): Promise<void> {
    if (isAlive(identity)) process.kill(identity.pid, "SIGQUIT");
    for (let waited = 0; waited < LOSS_SECONDS * 20; waited += 1) {
      if (!isAlive(identity)) return;
      await sleep(50);
    }
    throw new Error(`${name} still runs ${LOSS_SECONDS} s after the signal to end at once`);
  }

  /** Lets a base backup read the archived log up to a moment, and then accept writes. */
  recoverTo(data: string, archive: string, moment: Date): void {
    this.file(join(data, "recovery.signal"), "");
    const file = join(data, "postgresql.auto.conf");
    writeFileSync(
      file,
      [
        readFileSync(file, "utf8"),
        `restore_command = 'cp ${archive}/%f %p'`,
        `recovery_target_time = '${moment.toISOString().replace("T", " ").replace("Z", "+00")}'`,
        "recovery_target_action = 'promote'",
        "archive_mode = off",
        "",
      ].join("\n"),
    );
  }

  /** A logical dump of a database, restored into another one of the same server. */
  async dumpAndRestore(server: PostgresServer, from: string, to: string): Promise<void> {
    const file = join(this.folder(`${from}-dump`), "dump");
    await this.program("pg_dump", [...this.login(server), "--format", "custom", "--file", file, from]);
    await this.program("createdb", [...this.login(server), to]);
    await this.program("pg_restore", [...this.login(server), "--dbname", to, file]);
  }

  private encrypted(name: string): readonly string[] {
    if (this.tls === undefined) return [];
    const [certificate, key] = [this.tls.certificate, this.tls.key].map((file, at) =>
      this.file(`${name}.${at === 0 ? "crt" : "key"}`, readFileSync(file, "utf8")),
    );
    return ["ssl = on", `ssl_cert_file = '${certificate ?? ""}'`, `ssl_key_file = '${key ?? ""}'`];
  }

  private login({ port }: PostgresServer): string[] {
    return ["--host", "127.0.0.1", "--port", String(port), "--username", this.superuser.user];
  }

  private own(path: string): string {
    const { uid, gid } = this.account;
    if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
    return path;
  }

  private folder(name: string): string {
    const path = join(this.run.path, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return this.own(path);
  }

  private file(name: string, content: string): string {
    const path = name.startsWith("/") ? name : join(this.run.path, name);
    writeFileSync(path, content, { mode: 0o600 });
    return this.own(path);
  }

  /** @throws with the program's own words */
  private program(name: string, programArguments: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const words: string[] = [];
      const child = spawn(join(this.programs, name), programArguments, {
        ...this.account,
        cwd: this.run.path,
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, ...LOCALE, PGPASSWORD: this.superuser.password },
      });
      child.stdout.on("data", (text) => words.push(String(text)));
      child.stderr.on("data", (text) => words.push(String(text)));
      child.once("error", reject);
      child.once("close", (code) =>
        code === 0 ? resolve() : reject(new Error(`${name} ended with ${String(code)}: ${words.join("").trim()}`)),
      );
    });
  }
}
