import { csvReport } from "./formats/csv";
import { junitReport } from "./formats/junit";
import { pullRequestComment } from "./formats/pull-request-comment";
import { sarifReport } from "./formats/sarif";
import { htmlReport } from "./html/page";
import type { ReportView } from "./html/view";
import { markdownReport } from "./markdown";
import type { Report } from "./report";
import { modelsMarkdown } from "./text/models";

/** The report in every format, by file name. */
export const reportFiles = (report: Report, view: ReportView): Readonly<Record<string, string>> => ({
  "report.json": json(report),
  "report.md": [markdownReport(report), modelsMarkdown(report.models)].filter((text) => text !== "").join("\n"),
  "report.html": htmlReport(report, view),
  "report.sarif": json(sarifReport(report, view.policyNotes)),
  "report.junit.xml": junitReport(report, view.judgedOn),
  "findings.csv": csvReport(report),
  "pull-request-comment.md": pullRequestComment(report),
});

const json = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;
