import { percentOf } from "./claims";
import type { Report, ReportedFinding } from "./report";

/** Which application or layer a stack belongs to, for grouping. */
export type GroupOf = (stack: string) => string;

type Paint = (text: string) => string;
interface Palette {
  readonly bad: Paint;
  readonly caution: Paint;
  readonly good: Paint;
  readonly strong: Paint;
}

const plain: Palette = { bad: String, caution: String, good: String, strong: String };
const escape = (code: number): Paint => (text) => `\u001b[${code}m${text}\u001b[0m`;
const ansi: Palette = { bad: escape(31), caution: escape(33), good: escape(32), strong: escape(1) };

/** Whether the stream takes colour: a terminal, and nobody said NO_COLOR (https://no-color.org). */
export function takesColour(stream: { readonly isTTY?: boolean }, variables: Readonly<Record<string, string | undefined>>): boolean {
  return stream.isTTY === true && !variables["NO_COLOR"];
}

/** Findings grouped by application and policy; the last line is the verdict. */
export function consoleReport(report: Report, options: { readonly colour: boolean; readonly groupOf: GroupOf; readonly figures?: readonly string[] }): string {
  const paint = options.colour ? ansi : plain;
  const groups = groupedBy(report.findings, (finding) => options.groupOf(finding.stack));
  const lines = groups.flatMap(([group, findings]) => [
    paint.strong(group),
    ...groupedBy(findings, (finding) => finding.policy).flatMap(([policy, same]) => policyLines(report, policy, same, paint)),
    "",
  ]);
  return [...lines, ...(options.figures ?? []), ...(report.models.readiness.score === null ? [] : [claimsLine(report)]), verdictLine(report, paint)].join("\n");
}

function policyLines(report: Report, id: string, findings: readonly ReportedFinding[], paint: Palette): string[] {
  const policy = report.policies.find((candidate) => candidate.id === id);
  const colour = policy?.severity === "error" ? paint.bad : paint.caution;
  return [
    `  ${colour(`${id} ${policy?.severity ?? "error"}`)}  ${policy?.title ?? ""}`,
    ...findings.flatMap((finding) => [
      `    ${finding.source ? `${finding.source.file}:${finding.source.line}  ` : ""}${finding.constructPath || finding.address}${finding.outcome === "unknown" ? "  (unknown)" : ""}`,
      `      ${finding.message}`,
      // The derived message already says both.
      ...(finding.message.includes(finding.expected) && finding.message.includes(finding.actual)
        ? [] : [`      expected  ${finding.expected}`, `      actual    ${finding.actual}`]),
      ...(finding.waiver ? [`      waived    until ${finding.waiver.expires} by ${finding.waiver.owner}, ${finding.waiver.ticket}: ${finding.waiver.reason}`] : []),
    ]),
    ...[...new Set(findings.map(({ remediation }) => remediation))].map((remediation) => `    remedy: ${remediation}`),
  ];
}

/** How the claims of the readiness reports stand; what none of them is, is left out. */
export function claimsLine({ claims, models: { readiness } }: Report): string {
  const { pass, ...others } = readiness.counts;
  const inPart = claims.filter(({ outcome, proofs }) => outcome === "open" && proofs.length > 0).length;
  const named = { fail: "fail", unknown: "unknown", open: `open${inPart === 0 ? "" : ` (${inPart} proved in part)`}`, notApplicable: "with nothing here to judge", outside: "outside" } as const;
  const rest = (["fail", "unknown", "open", "notApplicable", "outside"] as const).filter((outcome) => others[outcome] > 0).map((outcome) => `${others[outcome]} ${named[outcome]}`);
  return `claims: ${[`${pass} hold`, ...rest].join(", ")}; readiness ${percentOf(readiness.score)}`;
}

export function verdictLine(report: Report, paint: Palette = plain): string {
  const { pass, fail, unknown, notApplicable, waived } = report.counts;
  const counts = `${report.policies.length} policies: ${pass} pass, ${fail} fail, ${unknown} unknown, ${notApplicable} not applicable, ${waived} waived`;
  return `${report.verdict === "ready" ? paint.good("READY") : paint.bad("REFUSED")} ${report.environment}  ${counts}`;
}

function groupedBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): [string, Item[]][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}
