import type { Claim } from "../../catalog/claims/claims";
import { coverageProblems } from "./claim-coverage";
import { coverageRule, escapeHatchRule, openClaimRule, unknownRule, waiverRule, type EngineRule } from "./engine-rules";
import { keyOf, needsReader, waived, waiverProblems } from "./applied-waivers";
import { byPlace, findingOf, ruleFinding, unknownFindings, waiverFinding } from "./findings";
import type { Coverage } from "../inventory/platform";
import type { Subject } from "../inventory/subject";
import {
  type Finding,
  type Judgeable,
  type JudgedPolicy,
  type Judgement,
  noWaivers,
  type Result,
  type Waiver,
  type WaiverFile,
} from "./judgement";
import { compare, counted, judgedPolicy, resultsByPolicy, ruled } from "./outcomes";
import { resultsOf } from "./policy-results";
import type { PolicyOf } from "../policy/policy";
import { fail } from "../policy/verdict";

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
  const valid = validOn(platform.now.slice(0, 10), waiverFile);
  const ofPolicies = policies.flatMap((policy) => resultsOf(policy, platform)).map((result) => waived(result, valid));
  const said = resultsByPolicy(ofPolicies);
  const byPolicy = policies.map((policy) => judgedPolicy(policy, said.get(policy.id)));
  const production = platform.environment.name === "production";
  const ofRules = (production ? further(byPolicy) : []).map((found) => judgedRule(found, valid));
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
    ...(claims.length > 0 ? coverageFindings(claims, policies) : []),
  ];
  const judged = [
    ...byPolicy,
    ...waivableRules.map((rule) => outcomeOfRule(rule, ofRules, production)),
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

interface JudgedRule {
  readonly rule: EngineRule;
  readonly results: readonly Result[];
}

function judgedRule({ rule, results }: RuleResults, valid: ReadonlyMap<string, Waiver>): JudgedRule {
  return {
    rule,
    results: results.map(({ subject, expected, actual, source }) => {
      const verdict = fail({ expected, actual });
      const result = { policy: rule.id, severity: rule.severity, subject, verdict, ...(source ? { source } : {}) };
      return waived(result, valid);
    }),
  };
}

function outcomeOfRule(rule: EngineRule, judged: readonly JudgedRule[], production: boolean): JudgedPolicy {
  const results = judged.filter((one) => one.rule === rule).flatMap((one) => one.results);
  return results.length > 0
    ? judgedPolicy({ ...rule, proves: [] }, results)
    : ruled(rule, [], production && judged.some((one) => one.rule === rule));
}

/** By policy and subject. */
const validOn = (today: string, { waivers }: WaiverFile): ReadonlyMap<string, Waiver> =>
  new Map(
    waivers.filter((waiver) => waiver.expires >= today).map((waiver) => [keyOf(waiver.policy, waiver.subject), waiver]),
  );

const coverageFindings = (...[claims, policies]: Parameters<typeof coverageProblems>): Finding[] =>
  coverageProblems(claims, policies).map(({ subject, expected, actual }) =>
    ruleFinding(coverageRule, registerEntry(subject), expected, actual),
  );

const registerEntry = (id: string): Subject => ({
  stack: "platform",
  address: "catalog/claims/claims.json",
  constructPath: "",
  label: id,
});

function sortedCoverage(coverage: Coverage): Coverage {
  return {
    ...coverage,
    opaque: [...coverage.opaque].sort((a, b) => compare(`${a.kind} ${a.name}`, `${b.kind} ${b.name}`)),
  };
}
