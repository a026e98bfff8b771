import { readFileSync } from "node:fs";
import { compareFiles } from "../../readiness/report/compare-main";
import type { Report } from "../../readiness/report/report";
import { type ExitCode, exitCodes } from "../exit-codes";
import { Output } from "../output";

/** Compares two reports, in Markdown as for a pull request, or as JSON. Exit code 2 when only the newer one is refused. */
export function diff(before: string, after: string, { json = false }: { readonly json?: boolean }): ExitCode {
  let text = "";
  const code = compareFiles([before, after], { write: (part) => (text += part) }, process.stderr);
  if (code !== 0) return exitCodes.failed;
  const [old, now] = [before, after].map((file) => JSON.parse(readFileSync(file, "utf8")) as Report);
  const output = new Output(json);
  output.lines([text.trimEnd()]);
  const keys = (report: Report | undefined): readonly string[] =>
    (report?.findings ?? []).map(({ policy, stack, address, outcome }) => `${policy} ${outcome} ${stack}/${address}`);
  output.json({
    before: old?.verdict,
    after: now?.verdict,
    added: keys(now).filter((key) => !keys(old).includes(key)),
    removed: keys(old).filter((key) => !keys(now).includes(key)),
    markdown: text,
  });
  return old?.verdict !== "refused" && now?.verdict === "refused" ? exitCodes.refused : exitCodes.done;
}
