import { claims, type Claim, type ClaimKind } from "../../catalog/claims/claims";
import type { Finding, JudgedPolicy, Judgement } from "../judgement";

export const schemaVersion = 1;

/** Figures of the models with their arithmetic; a model that did not run is left out. */
export interface Models {
  readonly capacity?: unknown;
  readonly recovery?: unknown;
  readonly cost?: unknown;
  readonly slo?: unknown;
  readonly support?: unknown;
}

export type ClaimOutcome = "pass" | "fail" | "unknown" | "open" | "outside";

export interface ReportedFinding {
  readonly policy: string;
  readonly outcome: "fail" | "unknown";
  readonly stack: string;
  readonly constructPath: string;
  readonly address: string;
  readonly source: { readonly file: string; readonly line: number } | null;
  readonly expected: string;
  readonly actual: string;
  readonly message: string;
  readonly remediation: string;
  readonly waiver: { readonly owner: string; readonly reason: string; readonly ticket: string; readonly expires: string } | null;
}

export interface ReportedClaim {
  readonly id: string;
  readonly kind: ClaimKind;
  readonly outcome: ClaimOutcome;
  readonly proofs: readonly { readonly kind: "policy"; readonly ref: string }[];
}

/** `report.json`: read by other programs, so a change of its shape is a new `schemaVersion`. */
export interface Report {
  readonly schemaVersion: number;
  readonly environment: string;
  readonly verdict: "ready" | "refused";
  readonly counts: Judgement["counts"];
  readonly coverage: Judgement["coverage"];
  readonly policies: readonly JudgedPolicy[];
  readonly findings: readonly ReportedFinding[];
  readonly claims: readonly ReportedClaim[];
  readonly models: Models;
}

export type LocateFinding = (finding: Finding) => { readonly file: string; readonly line: number } | undefined;

export function reportOf(judgement: Judgement, locateFinding: LocateFinding, models: Models = {}): Report {
  const { environment, verdict, counts, coverage, policies } = judgement;
  return {
    schemaVersion, environment, verdict, counts, coverage, policies,
    findings: judgement.findings.map((finding) => reported(finding, finding.source ?? locateFinding(finding))),
    claims: claims.map((claim) => reportedClaim(claim, policies)),
    models,
  };
}

function reported(finding: Finding, source: { file: string; line: number } | undefined): ReportedFinding {
  const { policy, outcome, subject, expected, actual, message, remediation, waiver } = finding;
  return {
    policy, outcome, stack: subject.stack, constructPath: subject.constructPath, address: subject.address,
    source: source ? { file: source.file, line: source.line } : null, expected, actual, message, remediation,
    waiver: waiver ? { owner: waiver.owner, reason: waiver.reason, ticket: waiver.ticket, expires: waiver.expires } : null,
  };
}

function reportedClaim(claim: Claim, policies: readonly JudgedPolicy[]): ReportedClaim {
  const proving = policies.filter((policy) => policy.claims.includes(claim.id));
  return { id: claim.id, kind: claim.kind, outcome: claimOutcome(claim, proving), proofs: proving.map((policy) => ({ kind: "policy", ref: policy.id })) };
}

/** A waived failure is a claim that does not hold; a policy that judged nothing proves nothing. */
function claimOutcome(claim: Claim, proving: readonly JudgedPolicy[]): ClaimOutcome {
  const outcomes = new Set(proving.map((policy) => policy.outcome));
  if (claim.kind === "X") return "outside";
  if (outcomes.has("fail") || outcomes.has("waived")) return "fail";
  if (outcomes.has("unknown")) return "unknown";
  return outcomes.has("pass") ? "pass" : "open";
}
