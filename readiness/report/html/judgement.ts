import type { Claim } from "../../../catalog/claims/claims";
import { openClaimRule } from "../../judgement/engine-rules";
import type { ClaimProof } from "../claims";
import type { Report, ReportedFinding } from "../report";
import { outcomeBadge } from "./first-screen";
import { anchor, html, type Markup, type Piece, withCode } from "./markup";
import { areaOf } from "./matrix";
import { badge, type Column, command, section, table } from "./tables";
import type { ReportView } from "./view";

const wideTitles: readonly string[] = ["Found and expected", "Fix", "Statement", "Requirement"];

const titled = (titles: readonly string[]): Column[] =>
  titles.map((title) => ({ title, wide: wideTitles.includes(title) }));

/** Open claims are shown with the claims. */
const isOpenClaim = ({ policy, waiver }: ReportedFinding): boolean => waiver === null && policy === openClaimRule.id;

export function findingsSection(report: Report): Markup {
  const findings = report.findings.filter((finding) => !isOpenClaim(finding));
  return section(
    "findings",
    "Findings and fixes",
    findings.length < report.findings.length &&
      html`<p>
        ${report.findings.length - findings.length} open claims are listed below <a href="#claims">Claims</a>.
      </p>`,
    findings.length === 0
      ? html`<p>No other finding.</p>`
      : table(
          "Failures and unknowns, with what to change",
          titled(["Policy", "Outcome", "Where", "Found and expected", "Fix"]),
          findings.map((finding, index) => ({
            id: `finding-${index + 1}`,
            outcome: finding.waiver ? "waived" : finding.outcome,
            cells: findingCells(report, finding),
          })),
          true,
        ),
  );
}

const findingCells = (report: Report, finding: ReportedFinding): Piece[] => [
  html`<a class="id" href="#${anchor("policy", finding.policy)}">${finding.policy}</a>`,
  outcomeBadge(report, finding),
  html`${finding.source && command(`${finding.source.file}:${finding.source.line}`)}<span class="place"
      >${finding.constructPath || finding.address}</span
    >`,
  html`${withCode(finding.message)}${
    !(finding.message.includes(finding.expected) && finding.message.includes(finding.actual)) &&
    html`<br />found: ${finding.actual}<br />expected: ${finding.expected}`
  }${
    finding.waiver &&
    html`<p class="waiver">
      Waived until ${finding.waiver.expires} by ${finding.waiver.owner} (${finding.waiver.ticket}):
      ${finding.waiver.reason}
    </p>`
  }`,
  withCode(finding.remediation),
];

export function claimsSection(report: Report, claims: readonly Claim[]): Markup {
  const registered = new Map(claims.map((claim) => [claim.id, claim]));
  return section(
    "claims",
    "Claims",
    table(
      "Claims of the readiness reports, with their proofs",
      titled(["Claim", "Application", "Statement", "Outcome", "Proofs"]),
      report.claims.map(({ id, outcome, proofs }) => {
        const claim = registered.get(id);
        const why = claim?.outside ?? (outcome === "open" ? (claim?.open ?? claim?.missing)?.reason : undefined);
        return {
          id: anchor("claim", id),
          outcome,
          cells: [
            html`<a class="id" href="#${anchor("claim", id)}">${id}</a>`,
            claim?.report,
            html`${claim?.statement}${why !== undefined && html`<br /><span class="detail">${why}</span>`}`,
            badge(outcome),
            html`<ul class="proofs">
              ${proofs.map((proof) => html`<li>${proofText(report, proof)}</li>`)}
            </ul>`,
          ],
        };
      }),
      true,
    ),
  );
}

const proofText = (report: Report, { kind, ref }: ClaimProof): Piece =>
  kind === "policy" && report.policies.some(({ id }) => id === ref)
    ? html`<a class="id" href="#${anchor("policy", ref)}">${ref}</a>`
    : `${kind} ${ref}`;

export function policiesSection(report: Report, { policyNotes }: ReportView): Markup {
  const shown = new Set(report.claims.map(({ id }) => id));
  return section(
    "policies",
    "Policies",
    table(
      "Policies with their reasons and remedies",
      titled(["Policy", "Area", "Requirement", "Severity", "Outcome", "Claims"]),
      report.policies.map(({ id, title, severity, outcome, claims }) => {
        const note = policyNotes[id];
        return {
          id: anchor("policy", id),
          outcome,
          cells: [
            html`<a class="id" href="#${anchor("policy", id)}">${id}</a>`,
            areaOf(id),
            html`${title}${
              note &&
              html`<details>
                <summary>Why, and what to change</summary>
                <p>${withCode(note.because)}</p>
                <p>Fix: ${withCode(note.remedy)}</p>
              </details>`
            }`,
            severity,
            badge(outcome),
            claims.map((claim) =>
              shown.has(claim) ? html`<a class="id" href="#${anchor("claim", claim)}">${claim}</a> ` : `${claim} `,
            ),
          ],
        };
      }),
      true,
    ),
  );
}
