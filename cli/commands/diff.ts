import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compareFolders } from "../../readiness/changes/compare-folders";
import { isFolder } from "../../readiness/changes/output-folder";
import { changesText, type ConsentedReport, withConsent } from "../../readiness/changes/text";
import { compareFiles } from "../../readiness/report/compare-main";
import type { Report } from "../../readiness/report/report";
import { CommandError, type ExitCode, exitCodes } from "../exit-codes";
import { Output } from "../output";

interface DiffOptions {
  readonly json?: boolean;
  /** `<stack>/<address>` of resources whose data may go. */
  readonly consent?: readonly string[];
}

/**
 * Compares two reports, or two output folders with their stacks, in Markdown as for a pull request, or as JSON. Exit code
 * 2 when only the newer one is refused, when data would be lost without consent, or when the deployment would be refused.
 */
export function diff(before: string, after: string, { json = false, consent = [] }: DiffOptions): ExitCode {
  const folders = [before, after].filter(isFolder).length;
  const missing = [before, after].filter((path) => !existsSync(path));
  if (folders === 1)
    throw new CommandError(
      missing.length > 0
        ? `${missing.join(" and ")} does not exist: name a report.json, or an output folder`
        : `${before} and ${after}: two reports are compared, or two output folders; one of these is a file and the other a folder`,
    );
  sameEnvironment(before, after);
  const changes = folders === 2 ? changesBetween(before, after, consent) : undefined;
  const reports = changes === undefined ? [before, after] : [before, after].map(reportIn);
  // A folder can have stacks alone, for example one that was kept of an earlier deployment.
  const compared =
    changes === undefined || reports.every((file) => existsSync(file)) ? reportsBetween(reports) : undefined;
  if (compared === "unreadable") return exitCodes.failed;
  const markdown = [compared?.markdown, changes === undefined ? undefined : changesText(changes)]
    .filter((part) => part !== undefined)
    .join("\n");
  const output = new Output(json);
  output.lines([markdown.trimEnd()]);
  output.json({ ...compared, ...(changes === undefined ? {} : { deployed: changes }), markdown });
  const regressed = compared !== undefined && compared.before !== "refused" && compared.after === "refused";
  const harmful = changes !== undefined && (changes.unconsented.length > 0 || changes.rejected.length > 0);
  return regressed || harmful ? exitCodes.refused : exitCodes.done;
}

/** Of two environments nearly everything differs, and nothing of it is a change. @throws CommandError */
function sameEnvironment(before: string, after: string): void {
  const [old, now] = [environmentIn(before), environmentIn(after)];
  if (old !== undefined && now !== undefined && old !== now)
    throw new CommandError(
      `${before} is of ${old} and ${after} of ${now}: two states of one environment are compared. What differs between environments is judged by DE-06, see npx plimsoll explain DE-06`,
    );
}

/** @returns undefined where nothing says it */
function environmentIn(path: string): string | undefined {
  try {
    if (isFolder(path)) return readFileSync(join(path, ".environment"), "utf8").trim();
    const { environment } = JSON.parse(readFileSync(path, "utf8")) as { readonly environment?: unknown };
    return typeof environment === "string" ? environment : undefined;
  } catch {
    return undefined;
  }
}

const reportIn = (folder: string): string => join(folder, "readiness", "report.json");

function changesBetween(before: string, after: string, consent: readonly string[]): ConsentedReport {
  try {
    return withConsent(compareFolders(before, after), new Set(consent));
  } catch (problem) {
    throw new CommandError(problem instanceof Error ? problem.message : String(problem));
  }
}

interface ComparedReports {
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly markdown: string;
}

function reportsBetween(files: readonly string[]): ComparedReports | "unreadable" {
  let markdown = "";
  if (compareFiles(files, { write: (part) => (markdown += part) }, process.stderr) !== 0) return "unreadable";
  const [old, now] = files.map((file) => JSON.parse(readFileSync(file, "utf8")) as Report);
  const keys = (report: Report | undefined): readonly string[] =>
    (report?.findings ?? []).map(({ policy, stack, address, outcome }) => `${policy} ${outcome} ${stack}/${address}`);
  return {
    before: old?.verdict,
    after: now?.verdict,
    added: keys(now).filter((key) => !keys(old).includes(key)),
    removed: keys(old).filter((key) => !keys(now).includes(key)),
    markdown,
  };
}
