import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { projectRoot } from "../config/project";
import { ownApp, synthesise } from "../deployment/synthesis";
import { type Report, schemaVersion } from "../readiness/report/report";
import { CommandError } from "./exit-codes";
import { withProgress } from "./progress";
import { environmentOf } from "./target";

/** A report with the figures of every model. */
export type FullReport = Omit<Report, "models"> & { readonly models: Required<Report["models"]> };

export interface ReportOptions {
  readonly env: string;
  readonly output: string;
}

const reportFile = (output: string): string => join(resolve(output), "readiness", "report.json");

/** When the sources were compiled last: a report that is older is not about them. */
const builtAt = (): number => {
  const stamp = join(projectRoot, "dist", ".built-from.json");
  return existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
};

/**
 * The report of an environment: the one in the output folder when it is about this environment and newer than the
 * sources, or else a new one. A refused platform has a report too.
 *
 * @throws CommandError when the configuration cannot be read, with the words of the synthesis
 */
export async function reportOf({ env, output }: ReportOptions): Promise<FullReport> {
  const environment = environmentOf(env);
  const current = readReport(reportFile(output));
  if (current?.environment === environment.name && statSync(reportFile(output)).mtimeMs >= builtAt()) return current;
  const { said } = await withProgress(`synthesis of ${env}`, () => synthesise(ownApp(), resolve(output), env));
  const report = readReport(reportFile(output));
  if (report === undefined) throw new CommandError(said.trim());
  return report;
}

function readReport(file: string): FullReport | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const report = JSON.parse(readFileSync(file, "utf8")) as FullReport;
    return report.schemaVersion === schemaVersion ? report : undefined;
  } catch {
    return undefined;
  }
}
