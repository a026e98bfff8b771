import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../config/project";

export interface SynthesisRun {
  readonly code: number;
  /** What it said, both streams in their order. */
  readonly said: string;
}

/** The command of cdktf.json that synthesises. */
export const ownApp = (): string =>
  (JSON.parse(readFileSync(join(projectRoot, "cdktf.json"), "utf8")) as { readonly app: string }).app;

/**
 * Runs a synthesising command, with cdktf's own contract: the output goes to `CDKTF_OUTDIR`.
 *
 * @param variables further variables of its environment
 */
export async function synthesise(
  app: string,
  outdir: string,
  environment: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<SynthesisRun> {
  const child = spawn(app, {
    cwd: projectRoot,
    shell: true,
    env: { ...process.env, ...variables, CDKTF_OUTDIR: outdir, PLIMSOLL_ENV: environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
  const code = await new Promise<number>((resolve, reject) =>
    child.once("error", reject).once("close", (status) => resolve(status ?? 1)),
  );
  return { code, said };
}
