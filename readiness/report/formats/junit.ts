import { escaped } from "../html/markup";
import type { Report, ReportedFinding } from "../report";

/** `report.junit.xml`: a test case for each policy; an unknown is an error, a policy that only has waivers is skipped. */
export function junitReport(report: Report): string {
  const cases = report.policies.map((policy) => {
    const findings = report.findings.filter((finding) => finding.policy === policy.id);
    return { policy, findings, open: findings.filter(({ waiver }) => waiver === null) };
  });
  const failed = cases.filter(({ open }) => open.some(({ outcome }) => outcome === "fail"));
  const errors = cases.filter(({ open }) => open.length > 0 && open.every(({ outcome }) => outcome === "unknown"));
  const skipped = cases.filter(({ policy, open }) => open.length === 0 && isSkipped(policy.outcome));
  const counts = `tests="${cases.length}" failures="${failed.length}" errors="${errors.length}" skipped="${skipped.length}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="Plimsoll" ${counts}>`,
    `  <testsuite name="${escaped(report.environment)}" ${counts}>`,
    ...cases.map(
      ({ policy, open }) =>
        `    <testcase classname="${escaped(`plimsoll.${report.environment}`)}" name="${escaped(`${policy.id} ${policy.title}`)}">${contentOf(policy.outcome, open)}</testcase>`,
    ),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

const isSkipped = (outcome: string): boolean => outcome === "notApplicable" || outcome === "waived";

function contentOf(outcome: string, open: readonly ReportedFinding[]): string {
  if (open.length === 0)
    return isSkipped(outcome)
      ? `<skipped message="${outcome === "waived" ? "every finding is waived" : "not applicable"}"/>`
      : "";
  const element = open.some((finding) => finding.outcome === "fail") ? "failure" : "error";
  const [first] = open;
  return `<${element} message="${escaped(first?.message ?? "")}">${escaped(open.map(lineOf).join("\n"))}</${element}>`;
}

const lineOf = ({ source, constructPath, address, message, remediation }: ReportedFinding): string =>
  `${source ? `${source.file}:${source.line} ` : ""}${constructPath || address}: ${message}; fix: ${remediation}`;
