import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { ownApp, synthesise } from "../../deployment/synthesis";
import { isFolder } from "../../readiness/changes/output-folder";
import { CommandError, type ExitCode, exitCodes } from "../exit-codes";
import { Output } from "../output";
import { withProgress } from "../progress";
import { reportOf, type ReportOptions } from "../report";
import { environmentOf } from "../target";

export interface SynthOptions extends ReportOptions {
  readonly json?: boolean;
  /** Earlier report.json of the environment, or the output folder that holds it. */
  readonly since?: string;
}

/** Writes the Terraform of an environment and judges it. Exit code 2 when policies refuse it. */
export async function synth(options: SynthOptions): Promise<ExitCode> {
  environmentOf(options.env);
  const { code, said } = await withProgress(`synthesis of ${options.env}`, () =>
    synthesise(ownApp(), resolve(options.output), options.env, baselineVariable(options.since)),
  );
  const output = new Output(options.json === true);
  output.lines([said.trimEnd()]);
  const known = Object.values(exitCodes).find((one) => one === code) ?? exitCodes.failed;
  if (known === exitCodes.failed) {
    if (options.json) process.stderr.write(said);
    return known;
  }
  if (options.json) {
    const { environment, verdict, counts, findings } = await reportOf(options);
    output.json({ environment, verdict, counts, findings });
  }
  return known;
}

/** Read by synthesis, which refuses what is no report of the environment. @throws CommandError where there is no file */
function baselineVariable(since: string | undefined): Readonly<Record<string, string>> {
  if (since === undefined) return {};
  const file = isFolder(resolve(since)) ? join(resolve(since), "readiness", "report.json") : resolve(since);
  if (!existsSync(file))
    throw new CommandError(
      `--since ${since}: ${file} does not exist; name an earlier report.json, or the output folder that holds one`,
    );
  return { PLIMSOLL_BASELINE: file };
}
