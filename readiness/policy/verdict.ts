import type { FilePlace } from "../inventory/subject";

export type Outcome = "pass" | "fail" | "unknown" | "notApplicable";

/** What one check says about one subject. */
export type Verdict = {
  /** The claim that it is about. @default every claim of the policy */
  readonly claim?: string;
} & (
  | { readonly outcome: "pass"; readonly expected?: string; readonly actual?: string }
  | ({ readonly outcome: "fail" } & Failure)
  | {
      readonly outcome: "unknown";
      readonly reason: string;
      readonly field?: string;
      readonly place?: Place;
      readonly fix?: FindFix;
    }
  | { readonly outcome: "notApplicable"; readonly reason: string }
);

/** The verdict counts for this claim and for no other one of the policy. */
export const forClaim = (claim: string, verdict: Verdict): Verdict => ({ ...verdict, claim });

/**
 * Where a reader fixes it, when that is not the subject itself: a construct, and the setting of its declaration; or a file
 * of the project, and a path in it.
 */
export type Place = PlaceOfConstruct | FilePlace;

export interface PlaceOfConstruct {
  readonly constructPath: string;
  readonly field: string;
}

/**
 * Looks for a change of this very platform that fixes it, and says it: called when the finding is written for a reader.
 * `lineOf` gives the source line of a place as " (file:line)", or nothing where it is in no file.
 */
export type FindFix = (lineOf: (place: Place) => string) => string;

export interface Failure {
  readonly expected: string;
  readonly actual: string;
  /** Setting in the subject's declaration to fix, for example `scale.min`: it refines the source line. */
  readonly field?: string;
  /** @default the subject, with `field` */
  readonly place?: Place | undefined;
  /** One sentence. @default derived from expected and actual */
  readonly message?: string;
  /** @default none - the policy's remedy says all there is to say */
  readonly fix?: FindFix;
}

/** How a comparison shows itself. */
export interface Shown {
  readonly field?: string;
  /** How the actual figure came about, for example `3 replicas − 2 kept`. */
  readonly arithmetic?: string;
}

/** A figure or text of the inventory: undefined and unresolved references make the verdict unknown. */
export type Known =
  string | number | boolean | null | undefined | readonly Known[] | { readonly [field: string]: Known };

export const pass = (actual?: string): Verdict => ({ outcome: "pass", ...(actual === undefined ? {} : { actual }) });
export const fail = (failure: Failure): Verdict => ({ outcome: "fail", ...failure });
export const unknown = (reason: string, field?: string): Verdict => ({
  outcome: "unknown",
  reason,
  ...(field === undefined ? {} : { field }),
});
export const notApplicable = (reason: string): Verdict => ({ outcome: "notApplicable", reason });

/** Below it lie the numbers with which cdktf encodes tokens (about −8e298); no quantity of a platform does. */
const encodedTokenBelow = -1e290;

/** Whether the value is a Terraform reference or a token that only the deployment resolves. */
export function isUnresolved(value: unknown): boolean {
  if (typeof value === "string") return value.includes("${");
  if (typeof value === "number") return Number.isNaN(value) || value < encodedTokenBelow;
  return Array.isArray(value) && value.some(isUnresolved);
}

export function show(value: Known): string {
  if (value === undefined) return "nothing";
  if (isList(value)) return value.length === 0 ? "none" : value.map(show).join(", ");
  return typeof value === "string" ? `"${value}"` : JSON.stringify(value);
}

const isList = (value: Known): value is readonly Known[] => Array.isArray(value);

/** A comparison of a value that may not be known yet: the one place that turns such a value into `unknown`. */
export function compare(
  actual: Known,
  what: string,
  expected: string,
  shown: Shown | undefined,
  holds: boolean,
  difference = "",
): Verdict {
  if (actual === undefined) return unknown(`${what}: no value is set, and none can be derived`, shown?.field);
  if (isUnresolved(actual)) return unknown(`${what}: ${show(actual)} is only known after deployment`, shown?.field);
  const arithmetic = shown?.arithmetic === undefined ? "" : ` = ${shown.arithmetic}`;
  if (holds) return { outcome: "pass", expected: `${what}: ${expected}`, actual: `${show(actual)}${arithmetic}` };
  return fail({
    expected: `${what}: ${expected}`,
    actual: `${show(actual)}${arithmetic}${difference}`,
    ...(shown?.field === undefined ? {} : { field: shown.field }),
  });
}
