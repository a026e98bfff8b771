import { csvReport } from "./formats/csv";
import { junitReport } from "./formats/junit";
import { pullRequestComment } from "./formats/pull-request-comment";
import { sarifReport } from "./formats/sarif";
import { htmlReport } from "./html/page";
import type { ReportView } from "./html/view";
import { markdownReport } from "./markdown";
import type { Report } from "./report";

/**
 * The report in every format, by file name.
 *
 * @param figures Markdown of the models, which report.md ends with
 */
export const reportFiles = (
  report: Report,
  view: ReportView,
  figures: readonly string[],
): Readonly<Record<string, string>> => ({
  "report.json": json(report),
  "report.md": [markdownReport(report), ...figures].join("\n"),
  "report.html": htmlReport(report, view),
  "report.sarif": json(sarifReport(report, view.policyNotes)),
  "report.junit.xml": junitReport(report, view.judgedOn),
  "findings.csv": csvReport(report),
  "pull-request-comment.md": pullRequestComment(report),
});

const json = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;
