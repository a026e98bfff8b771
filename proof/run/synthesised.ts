import { spawn } from "node:child_process";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadEnvironment } from "../../config/load";
import type { Environment } from "../../config/environment";
import type { JsonObject } from "../../readiness/inventory/json";
import type { SynthesisedStack } from "../../readiness/inventory/platform";
import { projectRoot } from "./project-root";
import type { RunFolder } from "./run-folder";

export interface ProvedStack extends SynthesisedStack {
  readonly folder: string;
  /** Names of the stacks that are deployed before it. */
  readonly dependencies: readonly string[];
}

/** What synthesis wrote for one environment, in the order of its manifest. */
export interface Synthesised {
  readonly environment: Environment;
  readonly folder: string;
  readonly stacks: readonly ProvedStack[];
}

interface Manifest {
  readonly stacks: Readonly<
    Record<
      string,
      {
        readonly synthesizedStackPath: string;
        readonly workingDirectory: string;
        readonly dependencies?: readonly string[];
      }
    >
  >;
}

/**
 * Synthesises an environment into the run's folder, judged as for a deployment.
 * @throws Error with the judgement's words when it is refused
 */
export async function synthesise(run: RunFolder, name: string): Promise<Synthesised> {
  const folder = join(run.path, "synthesised", name);
  const main = join(projectRoot(), "dist", "main.js");
  if (!existsSync(main)) throw new Error(`${main} does not exist: run \`node build.mjs\` first`);
  const child = spawn(process.execPath, [main], {
    cwd: projectRoot(),
    env: { ...process.env, PLIMSOLL_ENV: name, CDKTF_OUTDIR: folder, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const note = (chunk: Buffer): void => void (said = (said + chunk.toString()).slice(-6000));
  child.stdout.on("data", note);
  child.stderr.on("data", note);
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  if (code !== 0) throw new Error(`synthesis of ${name} ended with ${code}:\n${said.trim()}`);
  return readSynthesised(folder, name);
}

export function readSynthesised(folder: string, name: string): Synthesised {
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Manifest;
  const stacks = Object.entries(manifest.stacks).map(
    ([stack, { synthesizedStackPath, workingDirectory, dependencies = [] }]): ProvedStack => ({
      name: stack,
      folder: join(folder, workingDirectory),
      dependencies,
      terraform: JSON.parse(readFileSync(join(folder, synthesizedStackPath), "utf8")) as JsonObject,
    }),
  );
  return { environment: loadEnvironment({ PLIMSOLL_ENV: name }), folder, stacks };
}

/** The same content in a folder of its own, to be changed. */
export function copySynthesised(source: Synthesised, folder: string): Synthesised {
  cpSync(source.folder, folder, { recursive: true });
  return readSynthesised(folder, source.environment.name);
}
