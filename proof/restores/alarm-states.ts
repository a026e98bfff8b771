import { arrayOf, type JsonObject, numberOf, textOf } from "../../readiness/inventory/json";

/** When a metric was counted once, in milliseconds since 1970. */
export type Counts = Readonly<Record<string, readonly number[]>>;

/** Metric of Step Functions that an execution with this end counts (Step Functions developer guide, CloudWatch metrics: ExecutionsSucceeded and its likes). */
export const metricOfStatus: Readonly<Record<string, string>> = {
  SUCCEEDED: "ExecutionsSucceeded",
  FAILED: "ExecutionsFailed",
  TIMED_OUT: "ExecutionsTimedOut",
  ABORTED: "ExecutionsAborted",
};

/**
 * Whether an alarm on the sum of counts is in state ALARM: every one of its newest periods breaches, a period without a
 * value as `treat_missing_data` says (CloudWatch user guide, how alarms evaluate missing data). Statistics other than Sum
 * are not played: Step Functions counts.
 */
export function inAlarm(alarm: JsonObject, counts: Counts, now: number): boolean {
  if (textOf(alarm["statistic"]) !== "Sum")
    throw new Error(`${textOf(alarm["alarm_name"]) ?? "?"} is no alarm on a sum`);
  const times = counts[textOf(alarm["metric_name"]) ?? ""] ?? [];
  const [period, periods] = [(numberOf(alarm["period"]) ?? 0) * 1000, numberOf(alarm["evaluation_periods"]) ?? 0];
  const threshold = numberOf(alarm["threshold"]) ?? 0;
  const breaches = (sum: number): boolean =>
    textOf(alarm["comparison_operator"]) === "LessThanThreshold" ? sum < threshold : sum >= threshold;
  return Array.from({ length: periods }, (_, back) => now - back * period).every((end) => {
    const sum = times.filter((time) => time > end - period && time <= end).length;
    return sum > 0 ? breaches(sum) : textOf(alarm["treat_missing_data"]) === "breaching";
  });
}

/** Whether a person receives it. */
export const isSent = (alarm: JsonObject): boolean => arrayOf(alarm["alarm_actions"]).length > 0;
