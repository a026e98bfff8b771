import { verdictLine } from "../console";
import { missingGroups, verdictSentence } from "../html/first-screen";
import { isWarning, type Report, type ReportedFinding } from "../report";
import { markdownTable } from "../text/markdown-table";

/** GitHub rejects a comment of more than 65,536 characters. */
export const commentLimit = 65_536;

export interface CommentOptions {
  /** Address of the full report, for example of the workflow's artifact. @default none - the comment names the file */
  readonly fullReport?: string;
  /** Markdown that compares with the report of the base branch. @default none - the section is left out */
  readonly comparison?: string;
}

const tooLong = "\n\n_The comment is cut at GitHub's limit; the full report has the rest._\n";
const cellLimit = 600;

/** Verdict, comparison, failures and a link, below {@link commentLimit}. */
export function pullRequestComment(report: Report, { fullReport, comparison }: CommentOptions = {}): string {
  const failures = report.findings.filter(
    (finding) => finding.waiver === null && finding.outcome === "fail" && !isWarning(report, finding),
  );
  const unknowns = report.findings.filter((finding) => finding.waiver === null && finding.outcome === "unknown");
  const head = [
    `## Readiness: ${plain(verdictSentence(report))}`,
    "",
    fullReport === undefined
      ? "Full report: `report.html`"
      : `[Full report](<${fullReport.replace(/[<>\s]/g, encodeURIComponent)}>)`,
    "",
    `\`${verdictLine(report)}\``,
    "",
    ...missingLines(report),
  ].join("\n");
  const sections = [
    ...(comparison === undefined ? [] : ["### Changes", "", ...comparison.trimEnd().split("\n"), ""]),
    ...rowsOf("Failures", failures),
    ...rowsOf("Unknown", unknowns),
  ];
  return cut(head, sections);
}

/** Whole lines only: half a table row would break what follows. */
function cut(head: string, lines: readonly string[]): string {
  let text = `${head}\n`;
  for (const line of lines) {
    if (text.length + line.length + 1 + tooLong.length >= commentLimit) return text + tooLong;
    text += `${line}\n`;
  }
  return text;
}

function missingLines(report: Report): string[] {
  const groups = missingGroups(report).slice(0, 8);
  return groups.length === 0
    ? []
    : [`Missing: ${groups.map(([work, claims]) => `${plain(work)} (${claims.length})`).join("; ")}.`, ""];
}

function rowsOf(title: string, findings: readonly ReportedFinding[]): string[] {
  if (findings.length === 0) return [];
  return [
    `### ${title} (${findings.length})`,
    "",
    ...markdownTable(
      ["policy", "where", "finding", "fix"],
      findings.map(({ policy, source, constructPath, address, message, remediation }) =>
        [policy, source ? `${source.file}:${source.line}` : constructPath || address, message, remediation].map(plain),
      ),
    ),
    "",
  ];
}

/** Text of configuration is shown as it is: no HTML, no link, no mention; the table escapes what would begin a cell. */
const plain = (text: string): string =>
  (text.length > cellLimit ? `${[...text].slice(0, cellLimit).join("")}…` : text)
    .replace(/\s+/g, " ")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[\\`*_[\]~#]/g, "\\$&")
    .replace(/@/g, "@\u200b");
