import type { Models } from "../figures/models";
import type { Finding, JudgedPolicy, Judgement } from "../judgement/judgement";
import type { Place } from "../policy/verdict";
import {
  claimsWith,
  type Evidence,
  missingClaims,
  type MissingClaim,
  type ReadinessFigures,
  readinessFigures,
  type ReportedClaim,
  reportedClaims,
} from "./claims";
import type { Provenance } from "./provenance";

export const schemaVersion = 2;

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
  readonly waiver: {
    readonly owner: string;
    readonly reason: string;
    readonly ticket: string;
    readonly expires: string;
  } | null;
}

/**
 * `refused`: a policy of severity error fails. `deployable`: none fails. `ready`: no claim of a deployed application is
 * open, unknown or failed either.
 */
export type ReadinessVerdict = "refused" | "deployable" | "ready";

/** `report.json`: read by other programs, so a change of its shape is a new `schemaVersion`. */
export interface Report {
  readonly schemaVersion: number;
  readonly environment: string;
  readonly verdict: ReadinessVerdict;
  /** Claims between the platform and `ready`, most important first. */
  readonly open: readonly MissingClaim[];
  readonly counts: Judgement["counts"];
  readonly coverage: Judgement["coverage"];
  readonly policies: readonly Omit<JudgedPolicy, "byClaim">[];
  readonly findings: readonly ReportedFinding[];
  readonly claims: readonly ReportedClaim[];
  /** A model that did not run is left out. */
  readonly models: Partial<Models> & { readonly readiness: ReadinessFigures };
  /** What it was computed from; `make synth` always writes it. */
  readonly provenance?: Provenance;
}

export type LocateFinding = (finding: Finding) => { readonly file: string; readonly line: number } | undefined;

export function reportOf(
  judgement: Judgement,
  locateFinding: LocateFinding,
  models: Partial<Models> = {},
  evidence?: Evidence,
): Report {
  const { environment, verdict, counts, coverage, policies } = judgement;
  const claims = reportedClaims({ policies, models, evidence });
  const known = claimsWith(claims);
  const open = missingClaims(claims, known, policies);
  return {
    schemaVersion,
    environment,
    verdict: verdict === "deployable" && open.length === 0 ? "ready" : verdict,
    open,
    counts,
    coverage,
    // The outcomes of the claims say which verdict was about which claim.
    policies: policies.map(({ id, title, severity, claims: proved, outcome }) => ({
      id,
      title,
      severity,
      claims: proved,
      outcome,
    })),
    findings: judgement.findings.map((finding) => reported(finding, locateFinding)),
    claims,
    models: { ...models, readiness: readinessFigures(claims, known) },
  };
}

/** A failure that refuses nothing. */
export const isWarning = ({ policies }: Report, { policy, outcome }: ReportedFinding): boolean =>
  outcome === "fail" && policies.find(({ id }) => id === policy)?.severity === "warning";

function reported(finding: Finding, locateFinding: LocateFinding): ReportedFinding {
  const source = finding.source ?? locateFinding(finding);
  const lineOf = (place: Place): string => {
    const line = locateFinding({ ...finding, place });
    return line === undefined ? "" : ` (${line.file}:${line.line})`;
  };
  const { policy, outcome, subject, expected, actual, message, remediation, fix, waiver } = finding;
  return {
    policy,
    outcome,
    stack: subject.stack,
    constructPath: subject.constructPath,
    address: subject.address,
    source: source ? { file: source.file, line: source.line } : null,
    expected,
    actual,
    message,
    remediation: fix ? `${remediation}; ${fix(lineOf)}` : remediation,
    waiver: waiver
      ? { owner: waiver.owner, reason: waiver.reason, ticket: waiver.ticket, expires: waiver.expires }
      : null,
  };
}
