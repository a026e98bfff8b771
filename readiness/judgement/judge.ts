import type { Claim } from "../../catalog/claims/claims";
import type { EnvironmentName } from "../../config/environment";
import { nearest } from "../../config/nearest";
import { coverageProblems } from "./claim-coverage";
import { coverageRule, escapeHatchRule, openClaimRule, unknownRule, waiverRule, type EngineRule } from "./engine-rules";
import type { Coverage } from "../inventory/platform";
import type { Subject } from "../inventory/subject";
import type { Finding, Judgeable, JudgedPolicy, Judgement, Result, Waiver, WaiverProblem } from "./judgement";
import { compare, counted, judgedPolicy, resultsByPolicy, ruled } from "./outcomes";
import { wholePlatform, type PolicyOf } from "../policy/policy";
import { fail, notApplicable, type Verdict } from "../policy/verdict";

/** Waivers as read from their file, and what is wrong with that file. */
export interface WaiverFile {
  readonly waivers: readonly Waiver[];
  readonly problems: readonly WaiverProblem[];
}

export const noWaivers: WaiverFile = { waivers: [], problems: [] };

/**
 * Applies every policy to the platform. Pure: the same platform, policies and waivers give the same judgement.
 *
 * @param claims those that the policies together have to cover; none for a selection of policies
 * @param further results of engine rules that accept waivers, given the outcomes of the policies; judged in production
 */
export function judge<Platform extends Judgeable>(
  platform: Platform,
  policies: readonly PolicyOf<Platform>[],
  waiverFile: WaiverFile = noWaivers,
  claims: readonly Claim[] = [],
  further: FurtherResults = () => [],
): Judgement {
  const today = platform.now.slice(0, 10);
  const valid = new Map(
    waiverFile.waivers
      .filter((waiver) => waiver.expires >= today)
      .map((waiver) => [keyOf(waiver.policy, waiver.subject), waiver]),
  );
  const ofPolicies = policies.flatMap((policy) => resultsOf(policy, platform)).map((result) => waived(result, valid));
  const said = resultsByPolicy(ofPolicies);
  const byPolicy = policies.map((policy) => judgedPolicy(policy, said.get(policy.id)));
  const production = platform.environment.name === "production";
  const ofRules = (production ? further(byPolicy) : []).map(({ rule, results: found }) => ({
    rule,
    results: found.map(({ subject, expected, actual, source }) => {
      const verdict = fail({ expected, actual });
      const result = { policy: rule.id, severity: rule.severity, subject, verdict, ...(source ? { source } : {}) };
      return waived(result, valid);
    }),
  }));
  const results = [...ofPolicies, ...ofRules.flatMap((rule) => rule.results)];
  const judgedRules = [
    ...policies,
    ...waivableRules.map((rule) => ({ ...rule, environments: ["production"] as const })),
  ];
  const findings = results.filter(needsReader).flatMap((result) => findingOf(result, judgedRules));
  const ruleFindings = [
    ...[...waiverFile.problems, ...waiverProblems(waiverFile.waivers, results, judgedRules, platform)].map(
      waiverFinding,
    ),
    ...(production ? unknownFindings(results) : []),
    ...(claims.length > 0
      ? coverageProblems(claims, policies).map(({ subject, expected, actual }) =>
          ruleFinding(coverageRule, registerEntry(subject), expected, actual),
        )
      : []),
  ];
  const judged = [
    ...byPolicy,
    ...waivableRules.map((rule) => {
      const ofRule = ofRules.filter((one) => one.rule === rule).flatMap((one) => one.results);
      return ofRule.length > 0
        ? judgedPolicy({ ...rule, proves: [] }, ofRule)
        : ruled(rule, [], production && ofRules.some((one) => one.rule === rule));
    }),
    ruled(waiverRule, ruleFindings, waiverFile.waivers.length > 0),
    ruled(unknownRule, ruleFindings, production),
    ruled(coverageRule, ruleFindings, claims.length > 0),
  ];
  const all = [...findings, ...ruleFindings].sort(byPlace);
  const refused = all.some((finding) => finding.severity === "error" && finding.outcome === "fail" && !finding.waiver);
  return {
    environment: platform.environment.name,
    now: platform.now,
    verdict: refused ? "refused" : "deployable",
    counts: counted(results, ruleFindings),
    // Counted when it is asked for: it takes every release and its objects, which few policies need.
    get coverage() {
      return sortedCoverage(platform.coverage);
    },
    policies: judged.sort((a, b) => compare(a.id, b.id)),
    findings: all,
  };
}

function resultsOf<Platform extends Judgeable>(policy: PolicyOf<Platform>, platform: Platform): Result[] {
  const result = (subject: Subject, verdict: Verdict): Result => ({
    policy: policy.id,
    severity: policy.severity,
    subject,
    verdict,
  });
  if (policy.environments && !policy.environments.includes(platform.environment.name))
    return [result(wholePlatform, notApplicable(`judged only in ${policy.environments.join(", ")}`))];
  let subjects: readonly Subject[];
  try {
    subjects = policy.subjects(platform);
    if (subjects.length === 0)
      return [
        result(
          wholePlatform,
          policy.whenAbsent?.(platform) ?? notApplicable("the platform has none of what it judges"),
        ),
      ];
  } catch (error) {
    return [result(wholePlatform, broken(error))];
  }
  return subjects.flatMap((subject) => {
    try {
      const said = policy.check(subject, platform);
      if (!isList(said)) return result(subject, said);
      return said.length > 0
        ? said.map((verdict) => result(subject, verdict))
        : result(subject, notApplicable("nothing of it is judged"));
    } catch (error) {
      return [result(subject, broken(error))];
    }
  });
}

const isList = (said: Verdict | readonly Verdict[]): said is readonly Verdict[] => Array.isArray(said);

/** A policy that throws has judged nothing: that is a failure, never a result that vanishes. */
function broken(error: unknown): Verdict {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return fail({
    expected: "the check ends with a verdict",
    actual: text,
    message: `the policy itself is broken: ${text}`,
  });
}

const keyOf = (policy: string, constructPath: string): string => `${policy}\n${constructPath}`;

const needsReader = (result: Result): boolean =>
  result.verdict.outcome === "fail" || result.verdict.outcome === "unknown";

function waived(result: Result, valid: ReadonlyMap<string, Waiver>): Result {
  const waiver = needsReader(result) ? valid.get(keyOf(result.policy, result.subject.constructPath)) : undefined;
  return waiver ? { ...result, waiver } : result;
}

/** What an engine rule found beside the policies. */
export interface RuleResults {
  readonly rule: EngineRule;
  readonly results: readonly {
    readonly subject: Subject;
    readonly expected: string;
    readonly actual: string;
    /** @default that of the subject's construct */
    readonly source?: { readonly file: string; readonly line: number } | undefined;
  }[];
}

export type FurtherResults = (policies: readonly JudgedPolicy[]) => readonly RuleResults[];

/** Engine rules whose findings accept waivers. */
const waivableRules: readonly EngineRule[] = [openClaimRule, escapeHatchRule];

/** What a finding takes from its policy or rule. */
type Rule = Pick<EngineRule, "id" | "title" | "severity" | "remedy"> & {
  readonly environments?: readonly EnvironmentName[] | undefined;
};

function findingOf(result: Result, policies: readonly Rule[]): Finding[] {
  const { verdict, subject, waiver, source } = result;
  const policy = policies.find((candidate) => candidate.id === result.policy);
  if (!policy || (verdict.outcome !== "fail" && verdict.outcome !== "unknown")) return [];
  const said =
    verdict.outcome === "fail"
      ? {
          expected: verdict.expected,
          actual: verdict.actual,
          message: verdict.message ?? `${verdict.expected}; found ${verdict.actual}`,
        }
      : { expected: "a value that is known before the deployment", actual: "unknown", message: verdict.reason };
  return [
    {
      policy: policy.id,
      title: policy.title,
      severity: policy.severity,
      outcome: verdict.outcome,
      subject,
      ...said,
      message: `${subject.label}: ${said.message}`,
      remediation: policy.remedy,
      ...(verdict.field === undefined ? {} : { field: verdict.field }),
      ...(verdict.place ? { place: verdict.place } : {}),
      ...(verdict.fix ? { fix: verdict.fix } : {}),
      ...(waiver ? { waiver } : {}),
      ...(source ? { source } : {}),
    },
  ];
}

function waiverProblems(
  waivers: readonly Waiver[],
  results: readonly Result[],
  policies: readonly Rule[],
  platform: Judgeable,
): WaiverProblem[] {
  if (waivers.length === 0) return [];
  const today = platform.now.slice(0, 10);
  const needed = new Set(
    results.filter(needsReader).map((result) => keyOf(result.policy, result.subject.constructPath)),
  );
  return waivers.flatMap((waiver): WaiverProblem[] => {
    const problem = { file: waiver.file, line: waiver.line, subject: waiver.subject };
    const policy = policies.find((candidate) => candidate.id === waiver.policy);
    if (!policy)
      return [
        {
          ...problem,
          expected: "the id of a policy that can be waived (docs/policies.md)",
          actual: `"${waiver.policy}"`,
        },
      ];
    if (waiver.expires < today)
      return [
        {
          ...problem,
          expected: `an expiry date of ${today} or later`,
          actual: `${waiver.policy} expired on ${waiver.expires}`,
        },
      ];
    const judgedHere = !policy.environments || policy.environments.includes(platform.environment.name);
    if (judgedHere && !needed.has(keyOf(waiver.policy, waiver.subject)))
      return [
        {
          ...problem,
          expected: `a finding of ${waiver.policy} at "${waiver.subject}"`,
          actual: `none: the waiver is unused${meantSubject(waiver, results, waivers)}`,
        },
      ];
    return [];
  });
}

/** The subject of a finding without a waiver that a mistyped waiver was probably for. */
function meantSubject(waiver: Waiver, results: readonly Result[], waivers: readonly Waiver[]): string {
  const open = results
    .filter((result) => needsReader(result) && result.policy === waiver.policy)
    .map(({ subject }) => subject.constructPath)
    .filter((path) => !waivers.some((other) => other.policy === waiver.policy && other.subject === path));
  const meant = nearest(waiver.subject, open) ?? (new Set(open).size === 1 ? open[0] : undefined);
  return meant === undefined ? "" : ` (did you mean ${meant}?)`;
}

function waiverFinding(problem: WaiverProblem): Finding {
  const subject: Subject = {
    stack: "platform",
    address: problem.file,
    constructPath: problem.subject,
    label: `${problem.file}:${problem.line}`,
  };
  return {
    ...ruleFinding(waiverRule, subject, problem.expected, problem.actual),
    source: { file: problem.file, line: problem.line },
  };
}

function unknownFindings(results: readonly Result[]): Finding[] {
  return results
    .filter((result) => result.severity === "error" && result.verdict.outcome === "unknown" && !result.waiver)
    .map((result) =>
      ruleFinding(
        unknownRule,
        result.subject,
        `${result.policy} is decided before the deployment`,
        result.verdict.outcome === "unknown" ? result.verdict.reason : "",
      ),
    );
}

const registerEntry = (id: string): Subject => ({
  stack: "platform",
  address: "catalog/claims/claims.json",
  constructPath: "",
  label: id,
});

function ruleFinding(rule: EngineRule, subject: Subject, expected: string, actual: string): Finding {
  return {
    policy: rule.id,
    title: rule.title,
    severity: rule.severity,
    outcome: "fail",
    subject,
    expected,
    actual,
    message: `${subject.label}: expected ${expected}; found ${actual}`,
    remediation: rule.remedy,
  };
}

function sortedCoverage(coverage: Coverage): Coverage {
  return {
    ...coverage,
    opaque: [...coverage.opaque].sort((a, b) => compare(`${a.kind} ${a.name}`, `${b.kind} ${b.name}`)),
  };
}

function byPlace(left: Finding, right: Finding): number {
  const place = ({ policy, subject, expected, actual }: Finding): string[] => [
    policy,
    subject.stack,
    subject.constructPath,
    subject.address,
    expected,
    actual,
  ];
  const [a, b] = [place(left), place(right)];
  return a.map((part, index) => compare(part, b[index] ?? "")).find((order) => order !== 0) ?? 0;
}
