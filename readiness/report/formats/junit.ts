import { escaped } from "../html/markup";
import { isWarning, type Report, type ReportedFinding } from "../report";

/**
 * `report.junit.xml`: a test case for each policy; an unknown is an error, a policy that only has waivers or warnings is
 * skipped.
 *
 * Every element and attribute that Ant's schema requires is there, and none that Jenkins' schema rejects:
 * https://github.com/windyroad/JUnit-Schema (JUnit.xsd) and https://github.com/jenkinsci/xunit-plugin (junit-10.xsd),
 * read 2026-11. No time is measured, so the same input gives the same bytes.
 *
 * @param judgedOn ISO date of the judgement, where the report does not say its time
 */
export function junitReport(report: Report, judgedOn: string): string {
  const cases = report.policies.map(({ id, title, outcome }) => {
    const open = report.findings.filter(({ policy, waiver }) => policy === id && waiver === null);
    return { name: `${id} ${title}`, result: resultOf(report, outcome, open) };
  });
  const count = (kind: Result["kind"]): number => cases.filter(({ result }) => result.kind === kind).length;
  const judgedAt = report.provenance?.judgedAt ?? `${judgedOn}T00:00:00`;
  const suite = {
    id: 0,
    package: "plimsoll",
    name: report.environment,
    // Ant's schema wants neither zone nor fraction, and "localhost" where a host means nothing.
    timestamp: judgedAt.slice(0, "2026-11-29T00:00:00".length),
    hostname: "localhost",
    tests: cases.length,
    failures: count("failure"),
    errors: count("error"),
    skipped: count("skipped"),
    time: 0,
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    `  <testsuite${attributes(suite)}>`,
    "    <properties/>",
    ...cases.map(
      ({ name, result }) =>
        `    <testcase${attributes({ classname: `plimsoll.${report.environment}`, name, time: 0 })}>${elementOf(result)}</testcase>`,
    ),
    "    <system-out/>",
    "    <system-err/>",
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

interface Result {
  readonly kind: "passed" | "skipped" | "failure" | "error";
  readonly message: string;
  readonly details: readonly ReportedFinding[];
}

function resultOf(report: Report, outcome: string, open: readonly ReportedFinding[]): Result {
  const [first] = open;
  if (first === undefined) {
    if (outcome === "waived") return { kind: "skipped", message: "every finding is waived", details: [] };
    if (outcome === "notApplicable") return { kind: "skipped", message: "not applicable", details: [] };
    return { kind: "passed", message: "", details: [] };
  }
  // JUnit knows no warning, and a failure would stop a pipeline that the verdict lets through.
  if (open.every((finding) => isWarning(report, finding)))
    return { kind: "skipped", message: `warning: ${first.message}`, details: open };
  const kind = open.some(({ outcome: found }) => found === "fail") ? "failure" : "error";
  return { kind, message: first.message, details: open };
}

function elementOf({ kind, message, details }: Result): string {
  if (kind === "passed") return "";
  const type = kind === "skipped" ? {} : { type: kind === "failure" ? "fail" : "unknown" };
  const text = escaped(details.map(lineOf).join("\n"));
  return `<${kind}${attributes({ message, ...type })}>${text}</${kind}>`;
}

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join("");

const lineOf = ({ source, constructPath, address, message, remediation }: ReportedFinding): string =>
  `${source ? `${source.file}:${source.line} ` : ""}${constructPath || address}: ${message}; fix: ${remediation}`;
