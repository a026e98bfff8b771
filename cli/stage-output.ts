import { describe } from "../deployment/cdktf";
import type { StackOutcome, StageFailure } from "../deployment/deployment";
import type { Gap, PreflightResult } from "../deployment/preflight/check";
import type { PlannedStage } from "../deployment/stages";

/** "  state         Buckets and keys of the Terraform state   2 stacks". */
export function planLines(plan: readonly PlannedStage[]): readonly string[] {
  return plan.map(({ name, title, waves }) => {
    const count = waves.flat().length;
    return `  ${name.padEnd(13)} ${title.padEnd(42)} ${count === 0 ? "nothing" : `${count} ${count === 1 ? "stack" : "stacks"}`}`;
  });
}

/** "not checked: quotas, zone (why)": one line for each reason. */
export function skippedLines(skipped: PreflightResult["skipped"]): readonly string[] {
  const reasons = [...new Set(skipped.map(({ because }) => because))];
  return reasons.map((reason) => {
    const names = skipped.filter(({ because }) => because === reason).map(({ check }) => check);
    return `not checked: ${names.join(", ")} (${reason})`;
  });
}

/** Everything that is missing, with how to supply it, grouped by the check that found it. */
export function gapLines(gaps: readonly Gap[]): readonly string[] {
  return gaps.flatMap(({ check, kind, what, found, expected, supply }) => [
    `  ${kind === "unknown" ? "UNKNOWN" : "MISSING"} [${check}] ${what}`,
    `    found:    ${found}`,
    `    expected: ${expected}`,
    ...supply.map((step, index) => `    ${index === 0 ? "supply:  " : "         "} ${step}`),
  ]);
}

export function outcomeLines(outcomes: readonly StackOutcome[]): readonly string[] {
  return outcomes.map(({ stack, changes }) => `  ${stack.padEnd(32)} ${changes ? describe(changes) : "up to date"}`);
}

export function failureLines(
  { stage, stacks, errors, interrupted, log }: StageFailure,
  verb: string,
): readonly string[] {
  return [
    interrupted ? `INTERRUPTED in stage ${stage}` : `FAILED in stage ${stage}: ${stacks.join(", ")}`,
    ...errors.slice(0, 40).map((line) => `  ${line}`),
    `  the whole output: ${log}`,
    `Run the same command again to go on: what is ${verb} already stays as it is.`,
  ];
}
