import type { z } from "zod";
import { type Commitments, reportCommitments } from "../../catalog/claims/commitments";
import { allowanceOf, issuesOf } from "../allowed";
import { withMeantNames } from "../meant";
import { componentRefusals } from "./rules/components";
import { withoutValues, type Draft, type Refusal } from "./rules/draft";
import { referenceRefusals } from "./rules/references";
import { storeRefusals } from "./rules/stores";
import { wholeRefusals } from "./rules/whole";
import { applicationShape, type Application } from "./schema";

export interface Validation {
  /** Undefined where anything is refused. */
  readonly application: Application | undefined;
  /** What is written, without the values that were refused by themselves. */
  readonly draft: Draft;
  readonly refusals: readonly Refusal[];
}

/**
 * Everything that is wrong with one application, at once: form and the rules between fields.
 *
 * @param commitments throughputs that components may say they carry. @default those of the readiness reports
 *
 * A value that is refused by itself takes no part in the rules between fields, and a mistyped name is read as the one
 * that was meant, so that one mistake is one finding.
 */
export function validate(literal: unknown, commitments: Commitments = reportCommitments): Validation {
  const written = validateAsWritten(literal, commitments);
  const meant = withMeantNames(literal, written.issues);
  if (meant === undefined) return written;
  const asMeant = validateAsWritten(meant, commitments);
  const { draft, refusals } = asMeant.refusals.length < written.refusals.length ? asMeant : written;
  const mistyped = written.issues
    .filter(({ code }) => code === "unrecognized_keys")
    .map((issue) => refusalOf(issue, literal));
  const others = refusals.filter(({ path }) => !mistyped.some((one) => one.path.join(".") === path.join(".")));
  return { application: undefined, draft, refusals: [...mistyped, ...others] };
}

function validateAsWritten(
  literal: unknown,
  commitments: Commitments,
): Validation & { readonly issues: readonly z.core.$ZodIssue[] } {
  const shaped = applicationShape.safeParse(literal);
  const issues = shaped.success ? [] : issuesOf(shaped.error);
  const draft = withoutValues(
    literal,
    issues.filter((issue) => !leavesValue(issue)).map(({ path }) => path),
  );
  const refusals = [
    ...issues.map((issue) => refusalOf(issue, literal)),
    ...componentRefusals(draft),
    ...referenceRefusals(draft),
    ...storeRefusals(draft),
    ...wholeRefusals(draft, commitments),
  ];
  return { application: shaped.success && refusals.length === 0 ? shaped.data : undefined, draft, refusals, issues };
}

/** What is refused and can still be judged by the rules between fields: a name, or how many entries there are. */
const leavesValue = (issue: z.core.$ZodIssue): boolean =>
  issue.code === "unrecognized_keys" ||
  issue.code === "invalid_key" ||
  (issue.code === "custom" && issue.params?.["counts"] === true);

function refusalOf(issue: z.core.$ZodIssue, literal: unknown): Refusal {
  const value = issue.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined | null)?.[key],
    literal,
  );
  const { allowed, because, found } = allowanceOf(issue, value);
  return {
    path: issue.path.map((step) => (typeof step === "number" ? step : String(step))),
    found: found ?? value,
    allowed,
    because,
  };
}
