import { openClaimRule, waiverRule } from "../judgement/engine-rules";
import { percentOf } from "./claims";
import { isWarning, type Report, type ReportedFinding } from "./report";
import { modelsConsole } from "./text/models";

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
const escape =
  (code: number): Paint =>
  (text) =>
    `\u001b[${code}m${text}\u001b[0m`;
const ansi: Palette = { bad: escape(31), caution: escape(33), good: escape(32), strong: escape(1) };

/** Whether the stream takes colour: a terminal, and NO_COLOR is unset (https://no-color.org). */
export function takesColour(
  stream: { readonly isTTY?: boolean },
  variables: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && !variables["NO_COLOR"];
}

/** Findings grouped by application and policy; the last line is the verdict. */
export function consoleReport(
  report: Report,
  options: { readonly colour: boolean; readonly groupOf: GroupOf },
): string {
  const paint = options.colour ? ansi : plain;
  const groups = groupedBy(
    // Open claims have their own lines above the verdict.
    report.findings.filter(({ waiver, policy }) => waiver === null && policy !== openClaimRule.id),
    (finding) => options.groupOf(finding.stack),
  );
  const lines = causesFirst(groups).flatMap(([group, findings]) => [
    paint.strong(group),
    ...groupedBy(findings, (finding) => finding.policy).flatMap(([policy, same]) =>
      policyLines(report, policy, same, paint),
    ),
    "",
  ]);
  return [
    ...lines,
    ...waivedLines(report, options.groupOf, paint),
    ...modelsConsole(report.models),
    ...(report.models.readiness.score === null ? [] : [claimsLine(report, "claims:     "), ...missingLines(report)]),
    verdictLine(report, paint),
  ].join("\n");
}

/** A waiver that cannot be read leaves every finding that it covers: its own group comes first. */
function causesFirst<Group extends readonly [string, readonly ReportedFinding[]]>(groups: readonly Group[]): Group[] {
  const ofWaivers = ([, findings]: Group): boolean => findings.some(({ policy }) => policy === waiverRule.id);
  return [...groups.filter(ofWaivers), ...groups.filter((group) => !ofWaivers(group))];
}

function policyLines(report: Report, id: string, findings: readonly ReportedFinding[], paint: Palette): string[] {
  const policy = report.policies.find((candidate) => candidate.id === id);
  const colour = policy?.severity === "error" ? paint.bad : paint.caution;
  return [
    `  ${colour(`${id} ${policy?.severity ?? "error"}`)}  ${policy?.title ?? ""}`,
    // What is said alike of both regions is said once.
    ...groupedBy(findings, placeAndWords).flatMap(([, [finding, ...alike]]) =>
      finding === undefined
        ? []
        : [
            `    ${finding.source ? `${finding.source.file}:${finding.source.line}  ` : ""}${[finding, ...alike].map(({ constructPath, address }) => constructPath || address).join(", ")}${finding.outcome === "unknown" ? "  (unknown)" : ""}`,
            `      ${finding.message}`,
            // The derived message already says both.
            ...(finding.message.includes(finding.expected) && finding.message.includes(finding.actual)
              ? []
              : [`      expected  ${finding.expected}`, `      actual    ${finding.actual}`]),
          ],
    ),
    ...[...new Set(findings.map(({ remediation }) => remediation))].map((remediation) => `    remedy: ${remediation}`),
  ];
}

const placeAndWords = ({ source, outcome, message }: ReportedFinding): string =>
  `${source?.file ?? ""}:${String(source?.line ?? 0).padStart(6)} ${outcome} ${message}`;

/** Waived findings, a line for each reason: the reader has nothing to do about it. */
function waivedLines(report: Report, groupOf: GroupOf, paint: Palette): string[] {
  const waived = report.findings.flatMap(({ policy, stack, waiver }) =>
    waiver === null
      ? []
      : [
          {
            group: groupOf(stack),
            policy,
            why: `until ${waiver.expires} by ${waiver.owner}, ${waiver.ticket}: ${waiver.reason}`,
          },
        ],
  );
  const lines = groupedBy(waived, ({ policy, why }) => `${policy}  ${why}`).map(
    ([said, same]) => `  ${said} (${[...new Set(same.map(({ group }) => group))].sort().join(", ")})`,
  );
  return lines.length === 0 ? [] : [paint.strong("waived"), ...lines, ""];
}

/** How the claims of the readiness reports stand; what none of them is, is left out. */
export function claimsLine({ claims, models: { readiness } }: Report, title = "claims: "): string {
  const { pass, ...others } = readiness.counts;
  const inPart = claims.filter(({ outcome, proofs }) => outcome === "open" && proofs.length > 0).length;
  const named = {
    fail: "fail",
    unknown: "unknown",
    open: `open${inPart === 0 ? "" : ` (${inPart} proved in part)`}`,
    notApplicable: "not applicable",
    outside: "outside",
  } as const;
  const rest = (["fail", "unknown", "open", "notApplicable", "outside"] as const)
    .filter((outcome) => others[outcome] > 0)
    .map((outcome) => `${others[outcome]} ${named[outcome]}`);
  return `${title}${[`${pass} hold`, ...rest].join(", ")}; readiness ${percentOf(readiness.score)}`;
}

/** How many claims wait, for what most of them wait, and where all are listed. */
export function missingLines({ open }: Report): string[] {
  if (open.length === 0) return [];
  const claims = new Set(open.map(({ claim }) => claim));
  const works = new Map<string, Set<string>>();
  for (const { waitsFor, claim } of open) works.set(waitsFor, (works.get(waitsFor) ?? new Set()).add(claim));
  const most = [...works].sort(([, left], [, right]) => right.size - left.size);
  const named = most.slice(0, MOST_NAMED).map(([work, ids]) => `${work} (${ids.size})`);
  const rest = most.length - named.length;
  return [
    `missing:    ${claims.size} ${claims.size === 1 ? "claim" : "claims"} open: ${named.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}; all of them: readiness/report.html#claims`,
  ];
}

const MOST_NAMED = 3;

const verdicts: Readonly<Record<Report["verdict"], string>> = {
  refused: "REFUSED",
  deployable: "DEPLOYABLE, NOT READY",
  ready: "READY",
};

/** The verdict as words: `deployable, not ready: 77 claims are open`. */
export function verdictText({ verdict, open }: Report): string {
  if (verdict !== "deployable") return verdict;
  return `deployable, not ready: ${open.length} ${open.length === 1 ? "claim is" : "claims are"} open`;
}

export function verdictLine(report: Report, paint: Palette = plain): string {
  const { pass, fail, unknown, notApplicable, waived } = report.counts;
  const warnings = report.findings.filter(
    (finding) => finding.waiver === null && finding.policy !== openClaimRule.id && isWarning(report, finding),
  ).length;
  const openClaims = report.findings.filter(
    ({ waiver, policy }) => waiver === null && policy === openClaimRule.id,
  ).length;
  const opened = openClaims === 0 ? "" : `, ${openClaims} open ${openClaims === 1 ? "claim" : "claims"}`;
  const warned = warnings === 0 ? "" : `, ${warnings} ${warnings === 1 ? "warning" : "warnings"}`;
  const counts = `${report.policies.length} policies: ${pass} pass, ${fail - warnings - openClaims} fail${warned}${opened}, ${unknown} unknown, ${notApplicable} not applicable, ${waived} waived`;
  const colour = { refused: paint.bad, deployable: paint.caution, ready: paint.good }[report.verdict];
  return `${colour(verdicts[report.verdict])} ${report.environment}  ${counts}`;
}

function groupedBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): [string, Item[]][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}
