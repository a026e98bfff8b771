import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a linter does not like about one object. */
export interface LinterFinding {
  readonly linter: string;
  /** The linter's own name of the check. */
  readonly check: string;
  /** `<stack>/<logical id>` or `<kind>/<namespace>/<name>`. */
  readonly where: string;
  readonly title: string;
}

/** Why findings of one check are accepted. */
export interface LinterWaiver {
  readonly linter: string;
  readonly check: string;
  /** Patterns of `where`; `*` stands for any text. */
  readonly where: readonly string[];
  readonly owner: string;
  readonly reason: string;
  /** ISO date: from the next day on the decision has to be taken again. */
  readonly expires: string;
}

export interface LinterJudgement {
  readonly unexplained: readonly LinterFinding[];
  /** Waivers past their day; what they cover counts as explained, so that it is reported once. */
  readonly expired: readonly LinterWaiver[];
  /** Patterns that no finding matches, each with its waiver. */
  readonly unused: readonly { readonly waiver: LinterWaiver; readonly pattern: string }[];
  readonly explained: number;
}

export const loadLinterWaivers = (): readonly LinterWaiver[] =>
  (
    JSON.parse(readFileSync(join(__dirname, "..", "data", "linter-waivers.json"), "utf8")) as {
      waivers: readonly LinterWaiver[];
    }
  ).waivers;

const matches = (pattern: string, where: string): boolean =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  ).test(where);

const covers = ({ linter, check, where }: LinterWaiver, finding: LinterFinding): boolean =>
  linter === finding.linter && check === finding.check && where.some((pattern) => matches(pattern, finding.where));

/** @param today ISO date */
export function judgeFindings(
  findings: readonly LinterFinding[],
  waivers: readonly LinterWaiver[],
  today: string,
): LinterJudgement {
  const unexplained = findings.filter((finding) => !waivers.some((waiver) => covers(waiver, finding)));
  return {
    unexplained,
    explained: findings.length - unexplained.length,
    expired: waivers.filter(({ expires }) => expires < today),
    unused: waivers.flatMap((waiver) =>
      waiver.where
        .filter((pattern) => !findings.some((finding) => covers({ ...waiver, where: [pattern] }, finding)))
        .map((pattern) => ({ waiver, pattern })),
    ),
  };
}
