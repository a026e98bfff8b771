import type { EngineRule } from "./engine-rules";
import type { Finding, JudgedPolicy, Judgement, PolicyOutcome, Result } from "./judgement";

export function judgedPolicy(
  policy: Pick<EngineRule, "id" | "title" | "severity"> & { readonly proves: readonly string[] },
  results: readonly Result[] = [],
): JudgedPolicy {
  const byClaim = outcomesByClaim(policy.proves, results);
  return {
    id: policy.id,
    title: policy.title,
    severity: policy.severity,
    claims: (byClaim ? Object.keys(byClaim) : [...policy.proves]).sort(compare),
    outcome: worstOf(results),
    ...(byClaim ? { byClaim } : {}),
  };
}

/** A verdict that names no claim counts for all. Claims that applications register are named by verdicts alone. */
function outcomesByClaim(
  proves: readonly string[],
  results: readonly Result[],
): Readonly<Record<string, PolicyOutcome>> | undefined {
  const named = results.flatMap(({ verdict }) => verdict.claim ?? []);
  if (named.length === 0) return undefined;
  const claims = [...new Set([...proves, ...named])].sort(compare);
  return Object.fromEntries(
    claims.map((claim) => [claim, worstOf(results.filter(({ verdict }) => (verdict.claim ?? claim) === claim))]),
  );
}

export function resultsByPolicy(results: readonly Result[]): Map<string, Result[]> {
  const found = new Map<string, Result[]>();
  for (const result of results) {
    const known = found.get(result.policy);
    if (known) known.push(result);
    else found.set(result.policy, [result]);
  }
  return found;
}

function worstOf(results: readonly Result[]): PolicyOutcome {
  const outcomes = new Set(results.map(outcomeOf));
  return worstFirst.find((outcome) => outcomes.has(outcome)) ?? "notApplicable";
}

const worstFirst: readonly PolicyOutcome[] = ["fail", "unknown", "waived", "pass", "notApplicable"];

const outcomeOf = (result: Result): PolicyOutcome => (result.waiver ? "waived" : result.verdict.outcome);

export function ruled(rule: EngineRule, findings: readonly Finding[], applies: boolean): JudgedPolicy {
  const failed = findings.some((finding) => finding.policy === rule.id);
  return {
    id: rule.id,
    title: rule.title,
    severity: rule.severity,
    claims: [],
    outcome: failed ? "fail" : applies ? "pass" : "notApplicable",
  };
}

export function counted(results: readonly Result[], ruleFindings: readonly Finding[]): Judgement["counts"] {
  const counts = { pass: 0, fail: ruleFindings.length, unknown: 0, notApplicable: 0, waived: 0 };
  for (const result of results) counts[outcomeOf(result)] += 1;
  return counts;
}

/** By code unit: the same on every machine, whatever its locale. */
export const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
