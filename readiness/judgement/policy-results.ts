import { wholePlatform, type PolicyOf } from "../policy/policy";
import { fail, notApplicable, type Verdict } from "../policy/verdict";
import type { Subject } from "../inventory/subject";
import type { Judgeable, Result } from "./judgement";

/** What a policy says about each of its subjects. */
export function resultsOf<Platform extends Judgeable>(policy: PolicyOf<Platform>, platform: Platform): Result[] {
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
