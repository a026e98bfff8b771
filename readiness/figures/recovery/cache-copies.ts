import { worstGapHoursOfSchedule } from "../../../models/recovery/schedule";
import { type Json, objectOf, objectsOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Resource } from "../../inventory/resource";

/** Copies that a function makes of a cache's entries. */
export interface CacheCopies {
  /** Region of the bucket that they are written to. */
  readonly target: string | undefined;
  /** Longest time between two copies; undefined: nothing starts them. */
  readonly minutesBetween: number | undefined;
  /** Longest time that one takes. */
  readonly minutesLong: number;
}

/** @param cache `<application>/<name>` @returns undefined where no function of the region copies it */
export function cacheCopies(platform: Platform, region: string | undefined, cache: string): CacheCopies | undefined {
  const copy = platform
    .ofType("aws_lambda_function")
    .find((one) => one.region === region && copiedBy(one).includes(cache));
  if (copy === undefined) return undefined;
  return {
    target: copy.text("environment.variables.BUCKET_REGION"),
    minutesBetween: minutesBetweenRuns(platform, copy),
    minutesLong: (copy.number("timeout") ?? 0) / 60,
  };
}

function copiedBy(one: Resource): string[] {
  const text = one.expanded("environment.variables.CACHES");
  if (text === undefined) return [];
  try {
    return objectsOf(JSON.parse(text) as Json).flatMap((entry) => String(objectOf(entry)["name"] ?? ""));
  } catch {
    return [];
  }
}

/** Longest time between two runs of a function or state machine that EventBridge starts; undefined: nothing starts it. */
export function minutesBetweenRuns(platform: Platform, started: Resource): number | undefined {
  const rules = platform
    .ofType("aws_cloudwatch_event_target")
    .filter((target) => target.resource("arn") === started)
    .flatMap((target) => target.resource("rule") ?? [])
    .filter((rule) => rule.text("state") !== "DISABLED");
  const gaps = rules.flatMap((rule) => gapOf(rule.text("schedule_expression")) ?? []);
  return gaps.length === 0 ? undefined : Math.min(...gaps);
}

function gapOf(expression: string | undefined): number | undefined {
  try {
    return expression === undefined ? undefined : worstGapHoursOfSchedule(expression) * 60;
  } catch {
    return undefined;
  }
}
