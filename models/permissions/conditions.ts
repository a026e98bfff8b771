import { matchesArn, matchesPattern } from "./patterns";
import type { Condition, PermissionRequest } from "./types";

type Context = PermissionRequest["context"];
type Compare = (wanted: string, found: string) => boolean;

const numbers =
  (accepts: (wanted: number, found: number) => boolean): Compare =>
  (wanted, found) =>
    accepts(Number(wanted), Number(found));
const dates =
  (accepts: (wanted: number, found: number) => boolean): Compare =>
  (wanted, found) =>
    accepts(Date.parse(wanted), Date.parse(found));

/**
 * Operators without `IfExists` and set prefix. IP operators are absent: the address of a call is not known before it is
 * made. Source: IAM user guide, "IAM JSON policy elements: Condition operators", read 2026-11-28.
 */
const comparisons: Readonly<Record<string, Compare>> = {
  stringequals: (wanted, found) => wanted === found,
  stringequalsignorecase: (wanted, found) => wanted.toLowerCase() === found.toLowerCase(),
  stringlike: (wanted, found) => matchesPattern(wanted, found),
  arnequals: matchesArn,
  arnlike: matchesArn,
  bool: (wanted, found) => wanted.toLowerCase() === found.toLowerCase(),
  numericequals: numbers((wanted, found) => found === wanted),
  numericlessthan: numbers((wanted, found) => found < wanted),
  numericlessthanequals: numbers((wanted, found) => found <= wanted),
  numericgreaterthan: numbers((wanted, found) => found > wanted),
  numericgreaterthanequals: numbers((wanted, found) => found >= wanted),
  dateequals: dates((wanted, found) => found === wanted),
  datelessthan: dates((wanted, found) => found < wanted),
  datelessthanequals: dates((wanted, found) => found <= wanted),
  dategreaterthan: dates((wanted, found) => found > wanted),
  dategreaterthanequals: dates((wanted, found) => found >= wanted),
};
const negated: Readonly<Record<string, string>> = {
  stringnotequals: "stringequals",
  stringnotequalsignorecase: "stringequalsignorecase",
  stringnotlike: "stringlike",
  arnnotequals: "arnequals",
  arnnotlike: "arnlike",
  numericnotequals: "numericequals",
  datenotequals: "dateequals",
};

/** Whether the call meets the condition; undefined where the operator, or a value in it, is not known. */
export function meets({ operator, key, values }: Condition, context: Context): boolean | undefined {
  const [, prefix, name = ""] = /^(?:(ForAnyValue|ForAllValues):)?(.+)$/i.exec(operator) ?? [];
  const ifExists = /IfExists$/i.test(name);
  const plain = name.replace(/IfExists$/i, "").toLowerCase();
  const found = valuesOf(key, context);
  if (plain === "null") return values.includes("true") ? found === undefined : found !== undefined;
  const opposite = negated[plain];
  const compare = comparisons[opposite ?? plain];
  if (compare === undefined) return undefined;
  if (found === undefined) return ifExists || opposite !== undefined || /^ForAllValues$/i.test(prefix ?? "");
  const wanted = values.map((value) => substituted(value, context));
  if (wanted.some((value) => value.includes("${"))) return undefined;
  const equal = (one: string): boolean => wanted.some((value) => compare(value, one));
  const accepts = (one: string): boolean => (opposite === undefined ? equal(one) : !equal(one));
  if (/^ForAnyValue$/i.test(prefix ?? "")) return found.some(accepts);
  return opposite === undefined && prefix === undefined ? found.some(accepts) : found.every(accepts);
}

function valuesOf(key: string, context: Context): readonly string[] | undefined {
  const name = Object.keys(context).find((one) => one.toLowerCase() === key.toLowerCase());
  return name === undefined ? undefined : context[name];
}

/** Policy variables such as `${aws:PrincipalTag/team}`. */
function substituted(value: string, context: Context): string {
  return value.replace(/\$\{([a-z0-9-]+:[^}]+)\}/gi, (whole, key: string) => valuesOf(key, context)?.[0] ?? whole);
}
