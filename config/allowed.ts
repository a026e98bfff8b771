import { z } from "zod";
import { meantName, meantValue, settingsOf } from "./meant";
import { editDistance } from "./nearest";

/** What a finding about a configuration value says beside the value found. */
export interface Allowance {
  readonly allowed: string;
  readonly because: string;
}

/**
 * A field with the sentence its error needs: what is allowed, and why.
 *
 * Every violation of the field is one issue, whatever the schema inside found, because a reader fixes a value once.
 */
export function allow<Value>(schema: z.ZodType<Value>, allowed: string, because: string): z.ZodType<Value, Value> {
  const allowance: Allowance = { allowed, because };
  const field = z.unknown().transform((value, context): Value => {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const meant = meantValue(value, (candidate) => schema.safeParse(candidate).success);
    const near = meant === undefined && schema instanceof z.ZodEnum ? nearestOf(value, schema.options) : undefined;
    const hint = meant ?? (near === undefined ? undefined : `did you mean ${near}?`);
    const params = hint === undefined ? allowance : { allowed: `${allowed} (${hint})`, because };
    context.addIssue({ code: "custom", message: params.allowed, params });
    return z.NEVER;
  }) as unknown as z.ZodType<Value, Value>;
  allowances.set(field, allowance);
  return field;
}

/** The word of several that was probably meant: few letters differ, or the end alone. */
function nearestOf(value: unknown, words: readonly unknown[]): string | undefined {
  if (typeof value !== "string" || value.length < 3) return undefined;
  const near = meantName(value, words.map(String));
  if (near === undefined) return undefined;
  const sameBeginning = near.startsWith(value.slice(0, Math.ceil(value.length * 0.75)));
  return sameBeginning || editDistance(value, near) <= value.length / 4 ? near : undefined;
}

/** What is wrong with a part of a value, at `path` below it. */
export interface Fault extends Allowance {
  readonly path: readonly (string | number)[];
  readonly found: unknown;
}

/** A value whose parts can each be wrong by themselves; `allowed` and `because` describe it as a whole. */
export function allowParts<Value>(
  faultsOf: (value: unknown) => readonly Fault[],
  allowed: string,
  because: string,
): z.ZodType<Value, Value> {
  const field = z.unknown().transform((value, context): Value => {
    const faults = faultsOf(value);
    for (const fault of faults)
      context.issues.push(violation(fault.path, fault.found, { allowed: fault.allowed, because: fault.because }));
    return faults.length === 0 ? (value as Value) : z.NEVER;
  }) as unknown as z.ZodType<Value, Value>;
  allowances.set(field, { allowed, because });
  return field;
}

/** An object of the settings given and no other; for a name that is none of them the message lists those that are allowed. */
export const settings = <Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? Object.keys(shape)
            .filter((name) => name !== "kind")
            .sort()
            .join(", ")
        : issue.code === "invalid_type"
          ? formOf(shape)
          : undefined,
  });

const shownSettings = 6;

/** How an object of these settings is written; of many, those that have to be there. */
function formOf(shape: z.core.$ZodLooseShape): string {
  const isOptional = (name: string): boolean => z.safeParse(shape[name] as z.core.$ZodType, undefined).success;
  const names = Object.keys(shape).filter((name) => name !== "kind");
  const written =
    names.length <= shownSettings
      ? names.map((name) => (isOptional(name) ? `${name}?` : name))
      : [...names.filter((name) => !isOptional(name)), "..."];
  return `an object: { ${written.join(", ")} }`;
}

const allowances = new WeakMap<object, Allowance>();

/** What {@link allow} said of a field: for its documentation. */
export const documentedAllowance = (field: object): Allowance | undefined => allowances.get(field);

/** Cross-field rule: reports at `path` below the object it is attached to. */
export function violation(
  path: readonly (string | number)[],
  found: unknown,
  allowance: Allowance,
): z.core.$ZodRawIssue {
  return { code: "custom", input: found, path: [...path], message: allowance.allowed, params: { ...allowance, found } };
}

/** What a person must fix, each by itself. */
export const issuesOf = (error: z.ZodError): z.core.$ZodIssue[] => {
  const mistyped = new Set(error.issues.flatMap(({ code, path }) => (code === "invalid_type" ? path.join(".") : [])));
  // Zod also measures what is of another type: a text in place of a list is not too long besides.
  return error.issues
    .filter(({ code, path }) => !(/^too_(big|small)$/.test(code) && mistyped.has(path.join("."))))
    .flatMap(single);
};

/** Each unknown name is an issue, and of several forms the one that was meant has issues. */
function single(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ ...issue, keys: [key], path: [...issue.path, key] }));
  if (issue.code !== "invalid_union" || issue.discriminator !== undefined) return [issue];
  const meant = issue.errors.filter(
    (inner) => !inner.some(({ code, path }) => code === "unrecognized_keys" && path.length === 0),
  );
  const [only] = meant;
  return only && meant.length === 1
    ? only.flatMap((inner) => single({ ...inner, path: [...issue.path, ...inner.path] }))
    : [issue];
}

/** Names in words, with the one of them that was probably meant. */
function withNearest(value: unknown, names: string): string {
  const near = nearestOf(value, names.split(/, | or /));
  return near === undefined ? names : `${names} (did you mean ${near}?)`;
}

const typeNameOf = (value: unknown): string => (Array.isArray(value) ? "array" : typeof value);

/** @param value what is written there. @default unknown - then it is not said how it should be written */
export function allowanceOf(issue: z.core.$ZodIssue, value?: unknown): Allowance & { found?: unknown } {
  switch (issue.code) {
    case "custom":
      if (issue.params) return issue.params as Allowance & { found?: unknown };
      break;
    case "unrecognized_keys": {
      const settingNames = settingsOf(issue);
      const meant = meantName(issue.keys.join(", "), settingNames);
      return {
        allowed:
          settingNames.length === 0
            ? "only the documented settings"
            : `${meant === undefined ? "" : `(did you mean ${meant}?) `}only these settings: ${settingNames.join(", ")}`,
        because: "a setting that nothing reads would be silently ignored",
        found: issue.keys.join(", "),
      };
    }
    case "invalid_key": {
      // What is wrong with a name is said by the schema of the names.
      const [inner] = issue.issues;
      if (inner) return { ...allowanceOf(inner), found: String(issue.path.at(-1)) };
      break;
    }
    case "too_small":
      if (issue.origin === "array")
        return {
          allowed: "at least one entry, or nothing at all",
          because: "an empty list reads like something forgotten",
          found: [],
        };
      break;
    case "too_big":
      if (issue.origin === "array")
        return { allowed: `at most ${issue.maximum} entries`, because: "a longer list cannot be reviewed" };
      break;
    case "invalid_type": {
      const meant = meantValue(value, (candidate) => typeNameOf(candidate) === issue.expected);
      if (issue.message.startsWith("an object: "))
        return { allowed: issue.message, because: "the setting has this form" };
      // Of several forms, what makes one of them is said, as in service({ … }).
      if (issue.expected === "object" && !issue.message.startsWith("Invalid input"))
        return { allowed: `what one of these makes: ${issue.message}`, because: "the setting has one of these forms" };
      if (issue.expected === "record")
        return { allowed: "an object: { name: value, ... }", because: "the setting holds its entries by their names" };
      return {
        allowed: `${/^[aeiou]/.test(issue.expected) ? "an" : "a"} ${issue.expected}${meant === undefined ? "" : ` (${meant})`}`,
        because: "the setting has this type",
      };
    }
    case "invalid_value":
      return { allowed: withNearest(value, issue.values.map(String).join(", ")), because: "no other value is known" };
    case "invalid_union":
      return {
        allowed: issue.message === "Invalid input" ? "one of the documented forms" : withNearest(value, issue.message),
        because: "the other settings depend on it",
      };
  }
  return { allowed: issue.message, because: "the setting has this type" };
}
