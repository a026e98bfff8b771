import type { Claim } from "../../catalog/claims/claims";
import { claimOutcomes, claimsWith, percentOf } from "./claims";
import { claimsLine, missingLines, verdictLine, verdictText } from "./console";
import { isWarning, type Report } from "./report";
import { markdownTable } from "./text/markdown-table";

/** `report.md`: what a pull request shows. */
export function markdownReport(report: Report): string {
  return [
    `# Readiness of ${report.environment}: ${verdictText(report)}`,
    "",
    verdictLine(report),
    "",
    ...missingLines(report).flatMap((line) => [`M${line.slice(1)}.`.replace(/: +/, ": "), ""]),
    `${report.coverage.judged} of ${report.coverage.resources} resources are read by a policy; ${report.coverage.opaque.length} parts are opaque.`,
    "",
    ...findings(report),
    "## Policies",
    "",
    ...markdownTable(
      ["policy", "severity", "outcome", "what must hold", "claims"],
      report.policies.map((policy) => [
        policy.id,
        policy.severity,
        policy.outcome,
        policy.title,
        policy.claims.join(" "),
      ]),
    ),
    "",
    ...claimTables(report),
    ...(report.coverage.opaque.length === 0
      ? []
      : [
          "## Opaque",
          "",
          ...report.coverage.opaque.map((part) => `- ${part.kind} ${part.name} (${part.addresses.length})`),
          "",
        ]),
  ].join("\n");
}

function findings(report: Report): string[] {
  if (report.findings.length === 0) return [];
  const rows = report.findings.map((finding) => [
    finding.policy,
    finding.waiver
      ? `${finding.outcome}, waived until ${finding.waiver.expires}`
      : isWarning(report, finding)
        ? "warning"
        : finding.outcome,
    finding.source ? `${finding.source.file}:${finding.source.line}` : "",
    `\`${finding.constructPath || finding.address}\``,
    finding.expected,
    finding.actual,
    finding.remediation,
  ]);
  return [
    "## Findings",
    "",
    ...markdownTable(["policy", "outcome", "source", "construct", "expected", "actual", "remedy"], rows),
    "",
  ];
}

/** One table a report, so that a system's people find theirs. */
function claimTables(report: Report): string[] {
  const { readiness } = report.models;
  const outcomes = new Map(report.claims.map((claim) => [claim.id, claim]));
  const reports = Object.entries(readiness.byReport);
  return [
    "## Claims",
    "",
    `${claimsLine(report)}: ${readiness.arithmetic}.`,
    "",
    ...markdownTable(
      ["report", ...claimOutcomes, "readiness"],
      reports.map(([name, counts]) => [
        name,
        ...claimOutcomes.map((outcome) => String(counts[outcome])),
        percentOf(counts.score),
      ]),
    ),
    "",
    ...reports.flatMap(([name]) => [
      `### ${name}`,
      "",
      ...markdownTable(
        ["claim", "outcome", "statement", "proof", "what is left"],
        claimsWith(report.claims)
          .filter((claim) => claim.report === name)
          .map((claim) => {
            const reported = outcomes.get(claim.id);
            return [
              claim.id,
              reported?.outcome ?? "",
              claim.statement,
              (reported?.proofs ?? []).map(({ ref }) => ref).join(", "),
              leftOf(claim),
            ];
          }),
      ),
      "",
    ]),
  ];
}

function leftOf({ outside, open, missing }: Claim): string {
  const owed = open ?? missing;
  return outside === undefined ? (owed ? `${owed.work}: ${owed.reason}` : "") : `outside: ${outside}`;
}
