import { resolve } from "node:path";
import { ownApp, synthesise } from "../../deployment/synthesis";
import { type ExitCode, exitCodes } from "../exit-codes";
import { Output } from "../output";
import { withProgress } from "../progress";
import { reportOf, type ReportOptions } from "../report";
import { environmentOf } from "../target";

export interface SynthOptions extends ReportOptions {
  readonly json?: boolean;
}

/** Writes the Terraform of an environment and judges it. Exit code 2 when policies refuse it. */
export async function synth(options: SynthOptions): Promise<ExitCode> {
  environmentOf(options.env);
  const { code, said } = await withProgress(`synthesis of ${options.env}`, () =>
    synthesise(ownApp(), resolve(options.output), options.env),
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
