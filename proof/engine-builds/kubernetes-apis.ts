import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, projectRoot } from "../run/project-root";
import { withLock } from "./lock";
import { onPath, type Say, ToolMissing } from "./obtain";

interface PinnedApi {
  readonly minor: string;
  readonly version: string;
  readonly sum: string;
}

/** The versions of Kubernetes whose OpenAPI is pinned, oldest first. */
export const pinnedApis = (): readonly PinnedApi[] =>
  (
    JSON.parse(readFileSync(join(projectRoot(), "engines", "kubernetes-apis.json"), "utf8")) as {
      versions: readonly PinnedApi[];
    }
  ).versions;

/**
 * The folder of a version's OpenAPI documents (`apis__apps__v1_openapi.json`, …), fetched once from the Go module proxy.
 * @throws ToolMissing without Go; Error with Go's words when the module cannot be had, or is not the one that was pinned
 */
export async function obtainApi({ version, sum }: PinnedApi, say: Say): Promise<string> {
  const folder = join(cacheFolder(), "openapi", version);
  if (existsSync(folder)) return folder;
  await withLock(
    `${folder}.lock`,
    (pid) => say(`OpenAPI of ${version}: process ${pid} fetches it, waiting`),
    async () => {
      if (existsSync(folder)) return;
      say(`OpenAPI of Kubernetes ${version}: fetching it once`);
      const module = await download(version);
      if (module.Sum !== sum)
        throw new Error(
          `k8s.io/kubernetes ${version} has the sum ${module.Sum}, but engines/kubernetes-apis.json pins ${sum}: one of them was changed`,
        );
      const aside = `${folder}.${process.pid}`;
      rmSync(aside, { recursive: true, force: true });
      mkdirSync(aside, { recursive: true });
      cpSync(join(module.Dir, "api", "openapi-spec", "v3"), aside, { recursive: true, mode: 0 });
      renameSync(aside, folder);
    },
  );
  return folder;
}

interface Module {
  readonly Dir: string;
  readonly Sum: string;
}

function download(version: string): Promise<Module> {
  const go = onPath("go");
  if (!go)
    throw new ToolMissing(
      "Go",
      `the OpenAPI of Kubernetes ${version} cannot be fetched`,
      "install Go 1.26 or newer and put it on PATH",
    );
  return new Promise((resolve, reject) => {
    const child = spawn(go, ["mod", "download", "-json", `k8s.io/kubernetes@${version}`], {
      cwd: cacheFolder(),
      env: { ...process.env, GOFLAGS: "", GOWORK: "off", GO111MODULE: "on" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    let words = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (words += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0
        ? resolve(JSON.parse(out) as Module)
        : reject(new Error(`go mod download k8s.io/kubernetes@${version}: ${words.trim() || out.trim()}`)),
    );
  });
}
