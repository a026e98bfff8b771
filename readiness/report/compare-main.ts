import { readFileSync } from "node:fs";
import { comparison, type WholeReport } from "./compare";
import { schemaVersion } from "./report";

/** Wrong arguments or files: one sentence for the caller. */
class ComparisonError extends Error {}

function reportIn(file: string): WholeReport {
  const report = parsed(file);
  if (report.schemaVersion !== schemaVersion)
    throw new ComparisonError(
      `${file}: schemaVersion is ${JSON.stringify(report.schemaVersion)}; allowed is ${schemaVersion}, because other versions have other fields; write the report again with make synth`,
    );
  if (report.models?.cost === undefined || report.models.capacity === undefined)
    throw new ComparisonError(
      `${file}: the figures of capacity and cost are missing; allowed is a report that make synth wrote to cdktf.out/readiness/report.json`,
    );
  return report as WholeReport;
}

function parsed(file: string): { readonly schemaVersion?: unknown; readonly models?: Partial<WholeReport["models"]> } {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as object;
  } catch (error) {
    throw new ComparisonError(
      `${file}: no report can be read there (${error instanceof Error ? error.message : String(error)}); allowed is the path of a report.json, such as cdktf.out/readiness/report.json`,
    );
  }
}

/** @returns the exit code: 0, or 1 where there is nothing to compare */
export function compareFiles(
  files: readonly string[],
  out: { write(text: string): unknown },
  error: { write(text: string): unknown },
): number {
  try {
    const [before, after] = files;
    if (!before || !after)
      throw new ComparisonError("two reports are compared: make compare BEFORE=<report.json> AFTER=<report.json>");
    out.write(comparison(reportIn(before), reportIn(after)));
    return 0;
  } catch (problem) {
    if (!(problem instanceof ComparisonError)) throw problem;
    error.write(`${problem.message}\n`);
    return 1;
  }
}

if (require.main === module) process.exitCode = compareFiles(process.argv.slice(2), process.stdout, process.stderr);
