import { nearest } from "../../config/nearest";
import type { Rule } from "./findings";
import type { Judgeable, Result, Waiver, WaiverProblem } from "./judgement";

export const keyOf = (policy: string, constructPath: string): string => `${policy}\n${constructPath}`;

export const needsReader = (result: Result): boolean =>
  result.verdict.outcome === "fail" || result.verdict.outcome === "unknown";

export function waived(result: Result, valid: ReadonlyMap<string, Waiver>): Result {
  const waiver = needsReader(result) ? valid.get(keyOf(result.policy, result.subject.constructPath)) : undefined;
  return waiver ? { ...result, waiver } : result;
}

/** Waivers that name no policy, are expired, or that nothing needs. */
export function waiverProblems(
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
