import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { cacheFolder, projectRoot } from "../run/project-root";
import { binaryPath, engineFolder, type EngineFamily, engineFamilies } from "./families";
import { withLock } from "./lock";

/** A tool that the machine must bring is missing: not a fault of the platform, but nothing is proved without it. */
export class ToolMissing extends Error {
  constructor(
    readonly tool: string,
    what: string,
    remedy: string,
  ) {
    super(`${tool} is missing: ${what}; ${remedy}`);
  }
}

/** What Go and pip say when they reach no host; pip keeps its reason to itself and finds no version of anything. */
const UNREACHED =
  /connection refused|no such host|network is unreachable|no route to host|i\/o timeout|handshake timeout|temporary failure in name resolution|NewConnectionError|\(from versions: none\)/i;

export type Say = (line: string) => void;
export const toStderr: Say = (line) => process.stderr.write(`${line}\n`);

/** The first executable of that name on PATH. */
export function onPath(command: string, path = process.env["PATH"] ?? ""): string | undefined {
  return path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, command))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Binaries by name; `etcd` and `kube-apiserver` come from `KUBEBUILDER_ASSETS` when it is set. */
export type Engines = Readonly<Record<string, string>>;

/**
 * Builds what is missing of the named families and says where each binary is.
 * @throws ToolMissing without Go or Python; Error with the tool's own words when a build fails
 */
export async function obtainEngines(names: readonly string[], say: Say = toStderr): Promise<Engines> {
  const known = engineFamilies();
  const engines: Record<string, string> = {};
  for (const name of names) {
    const family = known.find((candidate) => candidate.name === name);
    if (!family)
      throw new Error(
        `no engine family ${name}: engines/families.json has ${known.map((each) => each.name).join(", ")}`,
      );
    const borrowed = fromKubebuilder(family);
    if (borrowed) Object.assign(engines, borrowed);
    if (borrowed && family.name === "etcd") continue;
    await obtain(family, say);
    for (const binary of family.binaries) {
      engines[binary === "server" ? "etcd" : binary] ??= binaryPath(family, binary);
    }
  }
  return engines;
}

/** What `KUBEBUILDER_ASSETS` gives for a family. @throws when the folder lacks the binary that it promises */
export function fromKubebuilder(family: EngineFamily, assets = process.env["KUBEBUILDER_ASSETS"]): Engines | undefined {
  const binary = family.name === "etcd" ? "etcd" : family.name === "kubernetes" ? "kube-apiserver" : undefined;
  if (!assets || !binary) return undefined;
  const file = join(assets, binary);
  if (!existsSync(file))
    throw new Error(`KUBEBUILDER_ASSETS=${assets} has no ${binary}: unset it, or put ${binary} there`);
  return { [binary]: file };
}

async function obtain(family: EngineFamily, say: Say): Promise<void> {
  const folder = engineFolder(family);
  const there = (): boolean => existsSync(join(folder, "complete"));
  if (there()) return;
  const waiting = (pid: number): void => say(`${family.name}: process ${pid} is building it, waiting`);
  await withLock(`${folder}.lock`, waiting, async () => {
    if (there()) return;
    removeOlder(family, say);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, "bin"), { recursive: true });
    const began = process.hrtime.bigint();
    const seconds = (): number => Math.round(Number(process.hrtime.bigint() - began) / 1e9);
    say(`${family.name} ${family.version}: building once, about ${family.buildSeconds} s on two cores`);
    const beat = setInterval(() => say(`${family.name} ${family.version}: ${seconds()} s`), 20_000);
    try {
      await (family.kind === "go" ? buildGo(family, folder) : buildPython(family, folder));
    } catch (error) {
      if (!(error instanceof Error) || error instanceof ToolMissing || !UNREACHED.test(error.message)) throw error;
      throw new ToolMissing(
        "a network",
        `the sources of ${family.name} ${family.version} cannot be fetched`,
        `connect once, or copy a filled cache to ${cacheFolder()} (PLIMSOLL_CACHE names another folder). ${error.message}`,
      );
    } finally {
      clearInterval(beat);
    }
    const absent = family.binaries.filter((binary) => !existsSync(binaryPath(family, binary)));
    if (absent.length > 0)
      throw new Error(
        `${family.name} ${family.version} was built without ${absent.join(", ")}: engines/families.json names what the module does not make`,
      );
    writeFileSync(join(folder, "complete.new"), `${family.version}\n`);
    renameSync(join(folder, "complete.new"), join(folder, "complete"));
    say(`${family.name} ${family.version}: built in ${seconds()} s`);
  });
}

/** An engine of another version is never used again: its place on the disk is freed. */
function removeOlder(family: EngineFamily, say: Say): void {
  const engines = join(cacheFolder(), "engines");
  const older = new RegExp(`^${family.name}-[0-9a-f]{16}$`);
  for (const name of readdirSync(engines)
    .filter((entry) => older.test(entry))
    .sort()) {
    if (join(engines, name) === engineFolder(family) || existsSync(join(engines, `${name}.lock`))) continue;
    say(`${family.name}: removing ${name} of another version from the cache`);
    rmSync(join(engines, name), { recursive: true, force: true });
  }
}

async function buildGo(family: EngineFamily, folder: string): Promise<void> {
  const go = onPath("go");
  if (!go)
    throw new ToolMissing(
      "Go",
      `${family.name} ${family.version} cannot be built`,
      "install Go 1.26 or newer and put it on PATH",
    );
  const arguments_ = ["install", "-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", family.recipe, "tool"];
  const environment = { ...process.env, CGO_ENABLED: "0", GOBIN: join(folder, "bin"), GOFLAGS: "", GOWORK: "off" };
  await run(go, arguments_, join(projectRoot(), "engines", family.name), environment);
}

async function buildPython(family: EngineFamily, folder: string): Promise<void> {
  const python = onPath("python3");
  if (!python)
    throw new ToolMissing(
      "Python",
      `${family.name} ${family.version} cannot be installed`,
      "install Python 3.11 or newer with venv and put it on PATH",
    );
  await run(python, ["-m", "venv", folder], projectRoot(), process.env);
  const pip = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--no-input",
    "--requirement",
    family.recipe,
  ];
  await run(join(folder, "bin", "python"), pip, projectRoot(), process.env);
}

function run(command: string, arguments_: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, arguments_, { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-8000)));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const words = said
        .split("\n")
        .filter((line) => !line.startsWith("go: downloading"))
        .join("\n")
        .trim();
      if (code === 0) resolve();
      else
        reject(
          new Error(
            `${command} ${arguments_.slice(0, 3).join(" ")} … in ${cwd} ended with ${signal ?? code}:\n${words}`,
          ),
        );
    });
  });
}
