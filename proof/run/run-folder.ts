import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, identityText, isAlive, parseIdentity, type ProcessIdentity } from "./process-identity";

const PREFIX = "plimsoll-proof-";
const KEPT = "kept\n";
const STOP_SECONDS = 10;
/** etcd reserves 64 MB ahead; the rest are logs, copies of stacks and their states. */
const ROOM_MIB = 300;

type EndSignal = "SIGTERM" | "SIGINT";
interface Remembered {
  readonly name: string;
  readonly signal: EndSignal;
  readonly identity: ProcessIdentity;
}

/**
 * The temporary folder of one run: its servers' data and logs, `owner` (the harness) and `processes` (what it started).
 * By these two files a later run knows what an aborted one left behind.
 */
export class RunFolder {
  private ending = false;

  private constructor(readonly path: string) {}

  /** @throws Error when the disk has no room for a run */
  static create(): RunFolder {
    sweepAbortedRuns();
    const { bavail, bsize } = statfsSync(tmpdir());
    const freeMiB = Math.floor((bavail * bsize) / 1024 ** 2);
    if (freeMiB < ROOM_MIB)
      throw new Error(
        `${tmpdir()} has ${freeMiB} MiB free, and a run of the proof writes up to ${ROOM_MIB} MiB: free some, or name another folder by TMPDIR`,
      );
    const run = new RunFolder(mkdtempSync(join(tmpdir(), PREFIX)));
    writeFileSync(join(run.path, "owner"), identityText(identify(process.pid)));
    return run;
  }

  /** The folder of a run that was kept. @throws when it is none */
  static open(path: string): RunFolder {
    if (!existsSync(join(path, "owner")))
      throw new Error(`${path} is not the folder of a proof run: it has no file named owner`);
    return new RunFolder(path);
  }

  /** From now on the servers outlive this process; `RunFolder.open(path).stopAll()` ends them. */
  keep(): void {
    writeFileSync(join(this.path, "owner"), KEPT);
  }

  /** @param signal what ends it in order. @default SIGTERM - Terraform alone wants SIGINT */
  remember(name: string, identity: ProcessIdentity, signal: EndSignal = "SIGTERM"): void {
    if (this.ending) {
      signalGroup(identity.pid, "SIGKILL");
      throw new Error(`${name} was started while the run is being ended`);
    }
    appendFileSync(join(this.path, "processes"), `${name} ${signal} ${identityText(identity)}`);
  }

  /** Asks, and after 10 s kills. A process that is no longer the one that we started is left alone. */
  async stop(name: string, identity: ProcessIdentity, signal: EndSignal = "SIGTERM"): Promise<void> {
    if (!isAlive(identity)) return;
    signalGroup(identity.pid, signal);
    for (let waited = 0; waited < STOP_SECONDS * 20; waited++) {
      if (!isAlive(identity)) return;
      await sleep(50);
    }
    signalGroup(identity.pid, "SIGKILL");
    while (isAlive(identity)) await sleep(50);
    appendFileSync(join(this.path, "killed"), `${name}\n`);
  }

  /** Ends what was started and removes the folder: Terraform first, which still needs its servers, then those, the last first. */
  async stopAll(): Promise<void> {
    this.ending = true;
    const all = this.remembered().reverse();
    const stop = ({ name, identity, signal }: Remembered): Promise<void> => this.stop(name, identity, signal);
    await Promise.all(all.filter(({ signal }) => signal === "SIGINT").map(stop));
    for (const one of all.filter(({ signal }) => signal === "SIGTERM")) await stop(one);
    rmSync(this.path, { recursive: true, force: true });
  }

  /** Ends what was started as the loss of its machine does: no signal, nothing is written. Then as `stopAll`. */
  async killAll(): Promise<void> {
    for (const { identity } of this.remembered()) if (isAlive(identity)) signalGroup(identity.pid, "SIGKILL");
    await this.stopAll();
  }

  private remembered(): Remembered[] {
    return rememberedIn(this.path);
  }
}

function rememberedIn(folder: string): Remembered[] {
  const file = join(folder, "processes");
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      const [name = "", signal, ...rest] = line.split(" ");
      const identity = parseIdentity(rest.join(" "));
      return identity ? [{ name, signal: signal === "SIGINT" ? "SIGINT" : "SIGTERM", identity }] : [];
    });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // it ended in the meantime
  }
}

/** Ends what runs left whose harness died without tidying up, and removes their folders. @returns their paths */
export function sweepAbortedRuns(within: string = tmpdir()): readonly string[] {
  const folders = readdirSync(within)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => join(within, name))
    .sort();
  return folders.filter((folder) => {
    if (!isOurs(folder) || !isAborted(folder)) return false;
    for (const { identity } of rememberedIn(folder)) if (isAlive(identity)) signalGroup(identity.pid, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
    return true;
  });
}

const isOurs = (folder: string): boolean => {
  try {
    return statSync(folder).uid === process.getuid?.();
  } catch {
    return false;
  }
};

/** Without an owner the folder is a moment old, or not a run's: left alone. */
function isAborted(folder: string): boolean {
  const file = join(folder, "owner");
  if (!existsSync(file)) return false;
  const owner = parseIdentity(readFileSync(file, "utf8"));
  return owner !== undefined && !isAlive(owner);
}

const active = new Set<RunFolder>();
/** Of work that ends in order by itself when it is asked to. */
let askToEnd: (() => void) | undefined;

/** Runs `work`; Ctrl-C and SIGTERM meanwhile ask it to end, and end no server. */
export async function endingInOrder<T>(ask: () => void, work: () => Promise<T>): Promise<T> {
  askToEnd = ask;
  try {
    return await work();
  } finally {
    askToEnd = undefined;
  }
}

/** What the process does on a signal to end: every run of it is tidied up first. */
const endings: readonly (readonly [string, number])[] = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
  ["uncaughtException", 1],
  ["unhandledRejection", 1],
];
const listeners = endings.map(
  ([event, code]) =>
    [
      event,
      (reason: unknown): void => {
        if (askToEnd && (event === "SIGINT" || event === "SIGTERM")) {
          askToEnd();
          return;
        }
        if (reason instanceof Error) process.stderr.write(`${reason.stack ?? reason.message}\n`);
        void Promise.allSettled([...active].map((run) => run.stopAll())).finally(() => process.exit(code));
      },
    ] as const,
);

/**
 * Runs `work` with a folder of its own; everything started in it is stopped at the end, whatever the end is:
 * a result, an exception, Ctrl-C, SIGTERM, or an uncaught exception.
 */
export async function withRun<T>(work: (run: RunFolder) => Promise<T>): Promise<T> {
  const run = RunFolder.create();
  if (active.size === 0) for (const [event, listener] of listeners) process.on(event, listener);
  active.add(run);
  try {
    return await work(run);
  } finally {
    if (!isKept(run)) await run.stopAll();
    active.delete(run);
    if (active.size === 0) for (const [event, listener] of listeners) process.removeListener(event, listener);
  }
}

const isKept = (run: RunFolder): boolean => {
  const owner = join(run.path, "owner");
  return existsSync(owner) && readFileSync(owner, "utf8") === KEPT;
};
