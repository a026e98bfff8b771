import type { z } from "zod";
import { allowanceOf } from "../allowed";
import { componentRefusals } from "./rules/components";
import { withoutValues, type Refusal } from "./rules/draft";
import { referenceRefusals } from "./rules/references";
import { wholeRefusals } from "./rules/whole";
import { applicationShape, type Application } from "./schema";

/**
 * Everything that is wrong with one application, at once: form and the rules between fields.
 *
 * A value that is refused by itself takes no part in the rules between fields, so that one mistake is one finding.
 */
export function validate(literal: unknown): { readonly application: Application | undefined; readonly refusals: readonly Refusal[] } {
  const shaped = applicationShape.safeParse(literal);
  const issues = shaped.success ? [] : shaped.error.issues;
  const draft = withoutValues(literal, issues.filter(({ code }) => code !== "unrecognized_keys" && code !== "invalid_key").map(({ path }) => path));
  const refusals = [
    ...issues.map((issue) => refusalOf(issue, literal)),
    ...componentRefusals(draft), ...referenceRefusals(draft), ...wholeRefusals(draft),
  ];
  return { application: shaped.success && refusals.length === 0 ? shaped.data : undefined, refusals };
}

function refusalOf(issue: z.core.$ZodIssue, literal: unknown): Refusal {
  const { allowed, because, found } = allowanceOf(issue);
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined | null)?.[key], literal);
  return { path: issue.path.map((step) => (typeof step === "number" ? step : String(step))), found: found ?? value, allowed, because };
}
