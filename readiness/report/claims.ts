import { claims as register, type Claim, type ClaimKind, type RegisteredProof } from "../../catalog/claims/claims";
import type { Platform } from "../inventory/platform";
import type { JudgedPolicy, PolicyOutcome } from "../judgement/judgement";

/** `notApplicable`: its application is not deployed here, or no policy found anything to judge. */
export type ClaimOutcome = "pass" | "fail" | "unknown" | "notApplicable" | "open" | "outside";
export const claimOutcomes: readonly ClaimOutcome[] = ["pass", "fail", "unknown", "notApplicable", "open", "outside"];

export interface ClaimProof {
  readonly kind: "policy" | RegisteredProof["kind"];
  readonly ref: string;
}

export interface ReportedClaim {
  readonly id: string;
  readonly kind: ClaimKind;
  readonly outcome: ClaimOutcome;
  readonly proofs: readonly ClaimProof[];
  /** Of a claim that an application registers in its own file, and that the project's register therefore lacks. */
  readonly registered?: { readonly report: string; readonly statement: string };
}

/** The project's claims, and those that applications registered themselves. */
export const claimsWith = (
  reported: readonly ReportedClaim[],
  claims: readonly Claim[] = register,
): readonly Claim[] => [
  ...claims,
  ...reported.flatMap(({ id, kind, registered }) => (registered ? [{ id, kind, ...registered }] : [])),
];

/** What claims are held against beside the policies. */
export interface Evidence {
  readonly applications: ReadonlySet<string>;
  /** References of {@link RegisteredProof} of kind `resource` that the platform fulfils. */
  readonly resources: ReadonlySet<string>;
  /** Claims that applications register themselves. @default none */
  readonly registered?: readonly Claim[];
}

export function evidenceOf(platform: Platform): Evidence {
  return {
    applications: new Set(platform.stacks.flatMap(({ application }) => application ?? [])),
    resources: new Set([
      ...platform.stacks.flatMap(({ terraform }) => Object.keys((terraform["resource"] ?? {}) as object)),
      ...platform.releases.flatMap(({ chart, local }) => (chart === undefined || local ? [] : `chart ${chart}`)),
      ...platform.objects.map(({ object }) => `kind ${object.kind}`),
    ]),
    registered: Object.entries(platform.registeredClaims)
      .flatMap(([report, claims]) =>
        Object.entries(claims).map(([id, { statement }]): Claim => ({ id, report, kind: "P", statement })),
      )
      .sort((left, right) => byText(left.id, right.id)),
  };
}

export interface ClaimsJudged {
  readonly policies: readonly JudgedPolicy[];
  /** `models` of the report. */
  readonly models: object;
  /** @default every application is deployed, and what is deployed is not known - as for a judgement without a platform */
  readonly evidence?: Evidence | undefined;
  /** @default the project's register */
  readonly claims?: readonly Claim[];
}

export function reportedClaims(judged: ClaimsJudged): ReportedClaim[] {
  const registered = judged.evidence?.registered ?? [];
  return [...(judged.claims ?? register), ...registered].map((claim) => {
    const proving = judged.policies.filter((policy) => policy.claims.includes(claim.id));
    const otherwise = claim.proofs ?? [];
    const outcomes = new Set<PolicyOutcome>([
      ...proving.map((policy) => policy.byClaim?.[claim.id] ?? policy.outcome),
      ...otherwise.map((proof) => proofOutcome(proof, judged)),
    ]);
    return {
      id: claim.id,
      kind: claim.kind,
      outcome: claimOutcome(claim, outcomes, judged.evidence),
      proofs: [
        ...proving.map((policy): ClaimProof => ({ kind: "policy", ref: policy.id })),
        ...otherwise.map(({ kind, ref }): ClaimProof => ({ kind, ref })),
      ],
      ...(registered.includes(claim) ? { registered: { report: claim.report, statement: claim.statement } } : {}),
    };
  });
}

/** A waived failure is a claim that does not hold; a policy that judged nothing proves nothing. */
function claimOutcome(
  claim: Claim,
  outcomes: ReadonlySet<PolicyOutcome>,
  evidence: Evidence | undefined,
): ClaimOutcome {
  if (claim.outside !== undefined) return "outside";
  if (evidence && !evidence.applications.has(claim.report)) return "notApplicable";
  if (outcomes.has("fail") || outcomes.has("waived")) return "fail";
  if (outcomes.has("unknown")) return "unknown";
  if (claim.open !== undefined || claim.missing !== undefined || outcomes.size === 0) return "open";
  return outcomes.has("pass") ? "pass" : "notApplicable";
}

/** The project's own tests ran before it was published, and a test holds the register against them: synthesis reads none. */
function proofOutcome({ kind, ref }: RegisteredProof, { models, evidence }: ClaimsJudged): PolicyOutcome {
  if (kind === "test") return "pass";
  if (kind === "figure") return hasFigure(models, ref) ? "pass" : "unknown";
  if (!evidence) return "unknown";
  return evidence.resources.has(ref) ? "pass" : "fail";
}

/** Whether the figure is there: a list without an entry says nothing. */
export function hasFigure(models: object, path: string): boolean {
  if (path.startsWith("readiness.")) return true;
  const figure = path
    .split(".")
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], models);
  return figure !== undefined && figure !== null && (!Array.isArray(figure) || figure.length > 0);
}

/** How many claims hold, of all that infrastructure can prove here: nothing is weighted, nothing left out silently. */
export interface ReadinessFigures {
  /** Share of the claims that hold, 0 to 1; null where there is nothing to judge. */
  readonly score: number | null;
  readonly arithmetic: string;
  readonly counts: Readonly<Record<ClaimOutcome, number>>;
  readonly byReport: Readonly<
    Record<string, Readonly<Record<ClaimOutcome, number>> & { readonly score: number | null }>
  >;
  /** What stands against readiness: claims by id. */
  readonly risks: Readonly<Record<"fail" | "unknown" | "open", readonly string[]>>;
}

/** A claim that stands between the platform and `ready`. */
export interface MissingClaim {
  readonly claim: string;
  readonly report: string;
  readonly outcome: "fail" | "unknown" | "open";
  /** Capability that the claim waits for; the proofs that do not hold, where it fails or is unknown. */
  readonly waitsFor: string;
  readonly statement: string;
  readonly reason: string;
}

function doesNotHold(policies: readonly JudgedPolicy[], policy: string, claim: string): boolean {
  const judged = policies.find(({ id }) => id === policy);
  const outcome = judged?.byClaim?.[claim] ?? judged?.outcome;
  return outcome === "fail" || outcome === "waived" || outcome === "unknown";
}

const urgency: readonly ClaimOutcome[] = ["fail", "unknown", "open"];

/**
 * Claims that do not hold, most important first: failed, unknown, open; then the capability that most claims wait for.
 *
 * @param policies verdicts that the claims rest on @default none - a claim that fails then names all of its proofs
 */
export function missingClaims(
  reported: readonly ReportedClaim[],
  claims: readonly Claim[] = register,
  policies: readonly JudgedPolicy[] = [],
): readonly MissingClaim[] {
  const registered = new Map(claims.map((claim) => [claim.id, claim]));
  const missing = reported.flatMap(({ id, outcome, proofs }): MissingClaim[] => {
    const claim = registered.get(id);
    if (!claim || (outcome !== "fail" && outcome !== "unknown" && outcome !== "open")) return [];
    const owed = claim.open ?? claim.missing;
    const broken = proofs.filter(({ kind, ref }) => kind === "policy" && doesNotHold(policies, ref, id));
    const proving = (broken.length > 0 ? broken : proofs).map(({ ref }) => ref).join(", ");
    const waitsFor = outcome === "open" ? (owed?.work ?? "a proof") : proving;
    const reason = outcome === "open" ? (owed?.reason ?? "nothing proves it") : `${outcome} in ${proving}`;
    return [{ claim: id, report: claim.report, outcome, waitsFor, statement: claim.statement, reason }];
  });
  const waiting = new Map<string, number>();
  for (const { waitsFor } of missing) waiting.set(waitsFor, (waiting.get(waitsFor) ?? 0) + 1);
  const rank = (one: MissingClaim): number =>
    urgency.indexOf(one.outcome) * 1_000_000 - (waiting.get(one.waitsFor) ?? 0);
  return missing.sort((a, b) => rank(a) - rank(b) || byText(a.waitsFor, b.waitsFor) || byText(a.claim, b.claim));
}

const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** A score as people read it. */
export const percentOf = (score: number | null): string => (score === null ? "–" : `${(score * 100).toFixed(1)} %`);

export function readinessFigures(
  reported: readonly ReportedClaim[],
  claims: readonly Claim[] = register,
): ReadinessFigures {
  const reportOf = new Map(claims.map((claim) => [claim.id, claim.report]));
  const reports = [...new Set(claims.map((claim) => claim.report))].sort();
  const counts = counted(reported);
  const of = judgedHere(counts);
  const ids = (outcome: ClaimOutcome): string[] =>
    reported.filter((claim) => claim.outcome === outcome).map(({ id }) => id);
  return {
    score: scoreOf(counts),
    counts,
    arithmetic: `${counts.pass} of ${of} claims hold = ${percentOf(scoreOf(counts))}; ${reported.length} claims − ${counts.outside} outside infrastructure − ${counts.notApplicable} not applicable = ${of}`,
    byReport: Object.fromEntries(
      reports.map((report) => {
        const own = counted(reported.filter((claim) => reportOf.get(claim.id) === report));
        return [report, { ...own, score: scoreOf(own) }];
      }),
    ),
    risks: { fail: ids("fail"), unknown: ids("unknown"), open: ids("open") },
  };
}

function counted(reported: readonly ReportedClaim[]): Record<ClaimOutcome, number> {
  const counts = { pass: 0, fail: 0, unknown: 0, notApplicable: 0, open: 0, outside: 0 };
  for (const { outcome } of reported) counts[outcome] += 1;
  return counts;
}

const judgedHere = ({ pass, fail, unknown, open }: Readonly<Record<ClaimOutcome, number>>): number =>
  pass + fail + unknown + open;

/** Four digits: a share of 141 needs no more. */
function scoreOf(counts: Readonly<Record<ClaimOutcome, number>>): number | null {
  const of = judgedHere(counts);
  return of === 0 ? null : Math.round((counts.pass / of) * 10_000) / 10_000;
}
