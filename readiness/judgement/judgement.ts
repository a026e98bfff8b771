import type { EnvironmentName } from "../../config/environment";
import type { Coverage } from "../inventory/platform";
import type { Subject } from "../inventory/subject";
import type { Severity } from "../policy/policy";
import type { FindFix, Outcome, Place, Verdict } from "../policy/verdict";

/** What the engine needs to know of a platform. */
export interface Judgeable {
  readonly environment: { readonly name: EnvironmentName };
  /** ISO date or time. */
  readonly now: string;
  readonly coverage: Coverage;
}

export interface Waiver {
  readonly policy: string;
  /** Exact construct path. */
  readonly subject: string;
  readonly owner: string;
  readonly reason: string;
  readonly ticket: string;
  /** Last day on which it holds, ISO. */
  readonly expires: string;
  readonly file: string;
  readonly line: number;
}

export interface WaiverProblem {
  readonly file: string;
  readonly line: number;
  readonly subject: string;
  readonly expected: string;
  readonly actual: string;
}

/** Waivers as read from their file, and what is wrong with that file. */
export interface WaiverFile {
  readonly waivers: readonly Waiver[];
  readonly problems: readonly WaiverProblem[];
}

export const noWaivers: WaiverFile = { waivers: [], problems: [] };

/** One verdict of one policy about one subject. */
export interface Result {
  readonly policy: string;
  readonly severity: Severity;
  readonly subject: Subject;
  readonly verdict: Verdict;
  readonly waiver?: Waiver;
  /** Known already. @default that of the subject's construct */
  readonly source?: { readonly file: string; readonly line: number };
}

/** A result that a reader has to see: a failure or an unknown, waived or not. */
export interface Finding {
  readonly policy: string;
  readonly title: string;
  readonly severity: Severity;
  readonly outcome: "fail" | "unknown";
  readonly subject: Subject;
  readonly expected: string;
  readonly actual: string;
  readonly message: string;
  /** What the policy says to change; {@link fix} adds what suffices here. */
  readonly remediation: string;
  readonly fix?: FindFix;
  readonly field?: string;
  readonly place?: Place;
  readonly waiver?: Waiver;
  /** Known already, when the finding is about a file and no construct. */
  readonly source?: { readonly file: string; readonly line: number };
}

/** `waived`: every failure and unknown of the policy has a waiver. It is no pass. */
export type PolicyOutcome = Outcome | "waived";

export interface JudgedPolicy {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly claims: readonly string[];
  readonly outcome: PolicyOutcome;
  /** Outcome for each of the claims, where verdicts say which claim they are about. @default that of the policy */
  readonly byClaim?: Readonly<Record<string, PolicyOutcome>>;
}

export interface Judgement {
  readonly environment: EnvironmentName;
  readonly now: string;
  /** `deployable`: no policy of severity error fails. Whether the platform is ready too depends on its claims. */
  readonly verdict: "deployable" | "refused";
  /** Results, not policies. */
  readonly counts: Readonly<Record<PolicyOutcome, number>>;
  readonly coverage: Coverage;
  readonly policies: readonly JudgedPolicy[];
  readonly findings: readonly Finding[];
}
