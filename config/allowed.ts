import { z } from "zod";

/** What a finding about a configuration value says beside the value found. */
export interface Allowance {
  readonly allowed: string;
  readonly because: string;
}

/**
 * A field with the sentence its error needs: what is allowed, and why.
 *
 * Every violation of the field is one issue, whatever the schema inside found, because a reader mends a value once.
 */
export function allow<Value>(schema: z.ZodType<Value>, allowed: string, because: string): z.ZodType<Value, Value> {
  const allowance: Allowance = { allowed, because };
  return z.unknown().transform((value, context): Value => {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    context.addIssue({ code: "custom", message: allowed, params: allowance });
    return z.NEVER;
  }) as unknown as z.ZodType<Value, Value>;
}

/** Cross-field rule: reports at `path` below the object it is attached to. */
export function violation(path: readonly (string | number)[], found: unknown, allowance: Allowance): z.core.$ZodRawIssue {
  return { code: "custom", input: found, path: [...path], message: allowance.allowed, params: { ...allowance, found } };
}

export function allowanceOf(issue: z.core.$ZodIssue): Allowance & { found?: unknown } {
  if (issue.code === "custom" && issue.params) return issue.params as Allowance & { found?: unknown };
  if (issue.code === "unrecognized_keys")
    return { allowed: "only the documented settings", because: "a setting that nothing reads would be silently ignored", found: issue.keys.join(", ") };
  return { allowed: issue.message, because: "the setting has this type" };
}
