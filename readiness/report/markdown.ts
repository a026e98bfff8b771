import { claims } from "../../catalog/claims/claims";
import { verdictLine } from "./console";
import type { Report } from "./report";

/** `report.md`: what a pull request shows. */
export function markdownReport(report: Report): string {
  return [
    `# Readiness of ${report.environment}: ${report.verdict}`, "", verdictLine(report), "",
    `${report.coverage.judged} of ${report.coverage.resources} resources are read by a policy; ${report.coverage.opaque.length} parts are opaque.`, "",
    ...findings(report),
    "## Policies", "", ...table(["policy", "severity", "outcome", "what must hold", "claims"],
      report.policies.map((policy) => [policy.id, policy.severity, policy.outcome, policy.title, policy.claims.join(" ")])), "",
    "## Claims", "", ...table(["claim", "outcome", "statement", "proof"], report.claims.map((claim) => [
      claim.id, claim.outcome, statementOf(claim.id), claim.proofs.map((proof) => proof.ref).join(" "),
    ])), "",
    ...(report.coverage.opaque.length === 0 ? [] : ["## Opaque", "", ...report.coverage.opaque.map((part) => `- ${part.kind} ${part.name} (${part.addresses.length})`), ""]),
  ].join("\n");
}

function findings(report: Report): string[] {
  if (report.findings.length === 0) return [];
  const rows = report.findings.map((finding) => [
    finding.policy, finding.waiver ? `${finding.outcome}, waived until ${finding.waiver.expires}` : finding.outcome,
    finding.source ? `${finding.source.file}:${finding.source.line}` : "", `\`${finding.constructPath || finding.address}\``,
    finding.expected, finding.actual, finding.remediation,
  ]);
  return ["## Findings", "", ...table(["policy", "outcome", "source", "construct", "expected", "actual", "remedy"], rows), ""];
}

function statementOf(id: string): string {
  const claim = claims.find((candidate) => candidate.id === id);
  return claim?.outside ? `${claim.statement} (outside: ${claim.outside})` : (claim?.statement ?? "");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replace(/\|/g, "\\|").replace(/\r?\n/g, " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
