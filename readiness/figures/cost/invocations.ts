import type { Resource } from "../../inventory/resource";
import type { BillingContext } from "./billing-context";

const daysOfMonth = 365 / 12;
const perDay: Readonly<Record<string, number>> = { minute: 1440, hour: 24, day: 1 };
/** createSecret, setSecret, testSecret, finishSecret. */
const stepsOfRotation = 4;

/** Runs a month of an EventBridge schedule `rate(N unit)`; undefined for one that is no rate. */
export function scheduledRuns(rule: Resource): number | undefined {
  const [, every, unit = ""] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(rule.text("schedule_expression") ?? "") ?? [];
  const runs = perDay[unit];
  return runs === undefined ? undefined : (runs * daysOfMonth) / Number(every);
}

/** Whether the rule matches only events of what failed, which an ordinary month has none of. */
function reportsFailures(rule: Resource): boolean {
  return /"eventName":\[("\w+Failed",?)+\]/.test(rule.text("event_pattern") ?? "");
}

/** Whether a schedule calls the function again and again, whatever the call before it did. */
export const calledByRate = (lambda: Resource, { platform }: BillingContext): boolean =>
  platform
    .ofType("aws_cloudwatch_event_target")
    .filter((target) => target.resource("arn") === lambda)
    .some((target) => {
      const rule = target.resource("rule");
      return rule !== undefined && scheduledRuns(rule) !== undefined;
    });

/** Calls of a function a month: by the schedules whose target it is, the secrets that it rotates and the topics that call it. Those of other callers are the declared assumption. */
export function invocations(lambda: Resource, { platform, usage }: BillingContext): number {
  const scheduled = platform
    .ofType("aws_cloudwatch_event_target")
    .filter((target) => target.resource("arn") === lambda)
    .map((target) => target.resource("rule"))
    .map((rule) => (rule && reportsFailures(rule) ? 0 : rule && scheduledRuns(rule)));
  const rotated = platform
    .ofType("aws_secretsmanager_secret_rotation")
    .filter((rotation) => rotation.resource("rotation_lambda_arn") === lambda)
    .map((rotation) => rotation.number("rotation_rules.automatically_after_days"))
    .map((days) => days && (stepsOfRotation * daysOfMonth) / days);
  const published = platform
    .ofType("aws_sns_topic_subscription")
    .filter((subscription) => subscription.resource("endpoint") === lambda)
    .map(() => usage.global.notifications);
  const known = [...scheduled, ...rotated, ...published];
  return known.length === 0
    ? usage.global.functionInvocations
    : known.reduce<number>((sum, runs) => sum + (runs ?? usage.global.functionInvocations), 0);
}
