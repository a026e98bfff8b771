import { compare, fail, isUnresolved, pass, show, unknown, type Known, type Shown, type Verdict } from "./verdict";

const rounded = (value: number): string => String(Number(value.toFixed(6))).replace(/^-/, "−");

/** `actual ≥ minimum`. */
export function atLeast(minimum: number | undefined, actual: number | undefined, what: string, shown?: Shown): Verdict {
  return ordered("≥", minimum, actual, what, shown, (limit, value) => value >= limit);
}

/** `actual ≤ maximum`. */
export function atMost(maximum: number | undefined, actual: number | undefined, what: string, shown?: Shown): Verdict {
  return ordered("≤", maximum, actual, what, shown, (limit, value) => value <= limit);
}

/** `actual < limit`. */
export function below(limit: number | undefined, actual: number | undefined, what: string, shown?: Shown): Verdict {
  return ordered("<", limit, actual, what, shown, (bound, value) => value < bound);
}

/** `actual > limit`. */
export function above(limit: number | undefined, actual: number | undefined, what: string, shown?: Shown): Verdict {
  return ordered(">", limit, actual, what, shown, (bound, value) => value > bound);
}

/** Equal by value; lists and objects are compared by their JSON. */
export function equals(expected: Known, actual: Known, what: string, shown?: Shown): Verdict {
  if (expected === undefined || isUnresolved(expected))
    return unknown(`${what}: what it must equal is not known before deployment`, shown?.field);
  return compare(actual, what, show(expected), shown, JSON.stringify(actual) === JSON.stringify(expected));
}

/** One of the values listed. */
export function oneOf(
  allowed: readonly (string | number)[],
  actual: string | number | undefined,
  what: string,
  shown?: Shown,
): Verdict {
  return compare(actual, what, `one of ${show([...allowed])}`, shown, actual !== undefined && allowed.includes(actual));
}

/** The list holds every item of `required`. */
export function contains(
  required: readonly string[] | string,
  actual: readonly string[] | undefined,
  what: string,
  shown?: Shown,
): Verdict {
  const wanted = typeof required === "string" ? [required] : [...required];
  const missing = wanted.filter((item) => !(actual ?? []).includes(item));
  return compare(
    known(actual, missing.length > 0),
    what,
    `contains ${show(wanted)}`,
    shown,
    missing.length === 0,
    `; missing ${show(missing)}`,
  );
}

/** The list holds no item of `forbidden`. */
export function excludes(
  forbidden: readonly string[] | string,
  actual: readonly string[] | undefined,
  what: string,
  shown?: Shown,
): Verdict {
  const unwanted = typeof forbidden === "string" ? [forbidden] : [...forbidden];
  const found = unwanted.filter((item) => (actual ?? []).includes(item));
  return compare(
    known(actual, found.length === 0),
    what,
    `without ${show(unwanted)}`,
    shown,
    found.length === 0,
    `; found ${show(found)}`,
  );
}

/** Every item of the list is one of those allowed. */
export function within(
  allowed: readonly string[],
  actual: readonly string[] | undefined,
  what: string,
  shown?: Shown,
): Verdict {
  const foreign = (actual ?? []).filter((item) => !allowed.includes(item));
  return compare(
    known(actual, foreign.every(isUnresolved)),
    what,
    `only ${show([...allowed])}`,
    shown,
    foreign.length === 0,
    `; foreign ${show(foreign)}`,
  );
}

/** The text matches; `described` says the form in words. */
export function matches(
  pattern: RegExp,
  described: string,
  actual: string | undefined,
  what: string,
  shown?: Shown,
): Verdict {
  return compare(actual, what, described, shown, actual !== undefined && pattern.test(actual));
}

/** There is a value, whatever it is: a reference is one too. */
export function present(actual: Known | object, what: string, shown?: Shown): Verdict {
  const absent =
    actual === undefined || actual === null || actual === "" || (Array.isArray(actual) && actual.length === 0);
  return absent ? fail({ expected: `${what}: is set`, actual: "nothing", ...fieldOf(shown) }) : pass(`${what} is set`);
}

/** The statement holds; `found` is what a reader sees when it does not. */
export function holds(statement: boolean | undefined, expected: string, found: string, shown?: Shown): Verdict {
  if (statement === undefined) return unknown(`${expected}: ${found}`, shown?.field);
  return statement
    ? { outcome: "pass", expected, actual: found }
    : fail({ expected, actual: found, ...fieldOf(shown) });
}

/** A list with an unresolved item is still decided when the items that are known decide it. */
function known(actual: readonly string[] | undefined, undecided: boolean): string[] | undefined {
  if (actual === undefined || undecided) return actual === undefined ? undefined : [...actual];
  return actual.filter((item) => !isUnresolved(item));
}

function ordered(
  sign: string,
  limit: number | undefined,
  actual: number | undefined,
  what: string,
  shown: Shown | undefined,
  accepts: (limit: number, actual: number) => boolean,
): Verdict {
  if (limit === undefined || isUnresolved(limit))
    return unknown(`${what}: the limit it is held against is not known before deployment`, shown?.field);
  const value = actual ?? Number.NaN;
  const difference = Math.abs(limit - value);
  const words =
    difference === 0 ? "; equality is refused" : `; ${rounded(limit)} − ${rounded(value)} = ${rounded(limit - value)}`;
  // A reader gets six digits of a quotient; what is judged has all of them.
  const shownValue = typeof actual === "number" && Number.isFinite(actual) ? Number(actual.toFixed(6)) : actual;
  return compare(shownValue, what, `${sign} ${rounded(limit)}`, shown, accepts(limit, value), words);
}

const fieldOf = (shown: Shown | undefined): { field?: string } =>
  shown?.field === undefined ? {} : { field: shown.field };
