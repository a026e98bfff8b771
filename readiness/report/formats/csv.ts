import type { Report } from "../report";

const columns = [
  "policy",
  "severity",
  "outcome",
  "waived until",
  "stack",
  "construct",
  "address",
  "file",
  "line",
  "message",
  "expected",
  "actual",
  "remediation",
] as const;

/** `findings.csv` (RFC 4180): a line for each finding. */
export function csvReport({ findings, policies }: Report): string {
  const rows = findings.map((finding) => [
    finding.policy,
    policies.find(({ id }) => id === finding.policy)?.severity ?? "error",
    finding.outcome,
    finding.waiver?.expires ?? "",
    finding.stack,
    finding.constructPath,
    finding.address,
    finding.source?.file ?? "",
    finding.source ? String(finding.source.line) : "",
    finding.message,
    finding.expected,
    finding.actual,
    finding.remediation,
  ]);
  return [columns, ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

/** A spreadsheet executes a field that begins like a formula: an apostrophe makes it text. */
const field = (text: string): string => {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
};
