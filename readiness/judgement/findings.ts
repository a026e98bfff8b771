import type { EnvironmentName } from "../../config/environment";
import { unknownRule, waiverRule, type EngineRule } from "./engine-rules";
import type { Subject } from "../inventory/subject";
import type { Finding, Result, WaiverProblem } from "./judgement";
import { compare } from "./outcomes";

/** What a finding takes from its policy or rule. */
export type Rule = Pick<EngineRule, "id" | "title" | "severity" | "remedy"> & {
  readonly environments?: readonly EnvironmentName[] | undefined;
};

export function findingOf(result: Result, policies: readonly Rule[]): Finding[] {
  const { verdict, subject, waiver, source } = result;
  const policy = policies.find((candidate) => candidate.id === result.policy);
  if (!policy || (verdict.outcome !== "fail" && verdict.outcome !== "unknown")) return [];
  const place = verdict.place ?? (verdict.field === undefined ? subject.place : undefined);
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
      // Many policies begin their sentence with the subject.
      message: said.message.startsWith(subject.label) ? said.message : `${subject.label}: ${said.message}`,
      remediation: policy.remedy,
      ...(verdict.field === undefined ? {} : { field: verdict.field }),
      ...(place ? { place } : {}),
      ...(verdict.fix ? { fix: verdict.fix } : {}),
      ...(waiver ? { waiver } : {}),
      ...(source ? { source } : {}),
    },
  ];
}

export function waiverFinding(problem: WaiverProblem): Finding {
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

export function unknownFindings(results: readonly Result[]): Finding[] {
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

export function ruleFinding(rule: EngineRule, subject: Subject, expected: string, actual: string): Finding {
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

export function byPlace(left: Finding, right: Finding): number {
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
