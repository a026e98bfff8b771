import { isWarning, type Report } from "../report";
import { percentOf } from "../claims";
import { openClaimRule } from "../../judgement/engine-rules";
import type { ReportChanges } from "../changes";
import { changesBlock } from "./changes";
import { anchor, html, type Markup } from "./markup";
import { badge, command, section } from "./tables";

/** What the reader has to know, in one sentence. */
export function verdictSentence(report: Report): string {
  const { environment, verdict, open } = report;
  if (verdict === "ready") return `${environment} is ready: every claim of a deployed application holds.`;
  if (verdict === "deployable")
    return `${environment} can be deployed but is not ready: ${open.length} ${open.length === 1 ? "claim is" : "claims are"} open.`;
  const refusing = refusingPolicies(report);
  return `${environment} is refused: ${refusing.length} ${refusing.length === 1 ? "policy fails" : "policies fail"} (${refusing.slice(0, 5).join(", ")}${refusing.length > 5 ? " and more" : ""}).`;
}

/** Policies of severity error with a failure that has no waiver. */
export const refusingPolicies = (report: Report): string[] => [
  ...new Set(
    report.findings
      .filter(
        (finding) =>
          finding.waiver === null && finding.outcome === "fail" && severityOf(report, finding.policy) === "error",
      )
      .map(({ policy }) => policy),
  ),
];

const severityOf = ({ policies }: Report, id: string): string =>
  policies.find((policy) => policy.id === id)?.severity ?? "error";

/** Capabilities that claims wait for, with those claims; the order is that of the report. */
export function missingGroups({ open }: Report): (readonly [string, readonly string[]])[] {
  const groups = new Map<string, string[]>();
  for (const { waitsFor, claim } of open) groups.set(waitsFor, [...(groups.get(waitsFor) ?? []), claim]);
  return [...groups];
}

const shownGroups = 8;

export function firstScreen(report: Report, changes: ReportChanges | undefined): Markup {
  const groups = missingGroups(report);
  return section(
    "verdict",
    "Verdict",
    html`<p class="verdict ${report.verdict}">${verdictSentence(report)}</p>
      ${countTiles(report)}`,
    changes && changesBlock(changes),
    groups.length > 0 &&
      html`<h3>Missing</h3>
        <ul class="missing">
          ${groups.slice(0, shownGroups).map(missingItem)}
        </ul>
        ${
          groups.length > shownGroups &&
          html`<details>
            <summary>${groups.length - shownGroups} more</summary>
            <ul class="missing">
              ${groups.slice(shownGroups).map(missingItem)}
            </ul>
          </details>`
        }`,
    changes === undefined && nothingToCompare(report),
  );
}

/** An earlier report is an input like any other: what is in the output folder by chance is not read. */
const nothingToCompare = ({ environment }: Report): Markup =>
  html`<p class="detail">
    No earlier report was given to compare with. What changes from this one to the next:
    ${command(`npx plimsoll synth --env ${environment} --since cdktf.out/readiness/report.json`)}
  </p>`;

const missingItem = ([work, claims]: readonly [string, readonly string[]]): Markup =>
  html`<li>
    <strong>${work}</strong>
    <span class="count">${claims.length} ${claims.length === 1 ? "claim" : "claims"}</span> ${claims
      .slice(0, 6)
      .map(
        (claim) => html`<a class="id" href="#${anchor("claim", claim)}">${claim}</a> `,
      )}${claims.length > 6 && `and ${claims.length - 6} more`}
  </li>`;

function countTiles(report: Report): Markup {
  const { counts, coverage, policies, models, findings } = report;
  const own = findings.filter(({ waiver, policy }) => waiver === null && policy !== openClaimRule.id);
  const warnings = own.filter((finding) => isWarning(report, finding)).length;
  const failures = own.filter((finding) => finding.outcome === "fail").length - warnings;
  const { score, counts: claims } = models.readiness;
  const tiles: (readonly [string, string, string])[] = [
    [percentOf(score), "readiness", `${claims.pass} claims hold, ${claims.fail} fail, ${claims.open} open`],
    [String(failures), failures === 1 ? "failure" : "failures", `${warnings} warnings, ${counts.unknown} unknown`],
    [String(counts.pass), "checks pass", `${policies.length} policies`],
    [String(counts.waived), "waived", "each with an owner and an end"],
    [`${coverage.judged} of ${coverage.resources}`, "resources judged", `${coverage.opaque.length} opaque parts`],
  ];
  return html`<dl class="tiles">
    ${tiles.map(
      ([figure, name, detail]) =>
        html`<div>
          <dt>${name}</dt>
          <dd><b>${figure}</b><span>${detail}</span></dd>
        </div>`,
    )}
  </dl>`;
}

export const outcomeBadge = (report: Report, finding: Report["findings"][number]): Markup =>
  badge(finding.waiver ? "waived" : isWarning(report, finding) ? "warning" : finding.outcome);
