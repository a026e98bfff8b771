import type { z } from "zod";
import { allowanceOf, issuesOf } from "../allowed";
import type { ConfigurationViolation } from "../configuration-error";
import { withMeantNames } from "../meant";

/** Everything that is wrong with what a file exports, by its schema. */
export function schemaViolations(file: string, schema: z.ZodType, literal: unknown): ConfigurationViolation[] {
  const result = schema.safeParse(literal);
  return (result.success ? [] : issuesAsMeant(schema, literal, result.error)).map((issue) => {
    const value = issue.path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown> | undefined | null)?.[key],
      literal,
    );
    const { allowed, because, found } = allowanceOf(issue, value);
    return { file, path: issue.path.map(String).join("."), found: found ?? value, allowed, because };
  });
}

/** A mistyped name is one mistake: what is wrong with the rest is asked of the literal as it was meant. */
function issuesAsMeant(schema: z.ZodType, literal: unknown, error: z.ZodError): z.core.$ZodIssue[] {
  const written = issuesOf(error);
  const meant = withMeantNames(literal, written);
  if (meant === undefined) return written;
  const again = schema.safeParse(meant);
  return [
    ...written.filter(({ code }) => code === "unrecognized_keys"),
    ...(again.success ? [] : issuesOf(again.error)).filter(({ code }) => code !== "unrecognized_keys"),
  ];
}
