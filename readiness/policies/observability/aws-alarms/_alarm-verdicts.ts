import type { AlarmMetric } from "../../../../catalog/alarm-metrics";
import type { Platform } from "../../../inventory/platform";
import type { Alarm } from "../../../inventory/facts/aws/alarms";
import { above, atLeast, atMost, holds, oneOf } from "../../../policy/comparison";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";
import { silent } from "./_alarm-metrics";

/** CloudWatch looks back a day, and a week by periods of an hour or more. Source: CloudWatch API reference, PutMetricAlarm, read 2026-11-29. */
const LONGEST = { byMinutes: 86_400, byHours: 604_800 };
/** Longest time for which what an alarm watches may last before it notifies its receivers. */
const SLOWEST = 3600;

const rising = (alarm: Alarm): boolean => alarm.comparison?.startsWith("GreaterThan") === true;
/** It fires when something has not happened. */
const ofAbsence = (alarm: Alarm, metric: AlarmMetric): boolean =>
  !rising(alarm) && (metric.kind === "count" || alarm.statistic === "SampleCount");

/** Some value of the metric fires it, and another one does not. */
export function thresholdVerdict(alarm: Alarm, metric: AlarmMetric, most: number): Verdict {
  const { threshold, comparison, statistic } = alarm;
  if (threshold === undefined || Number.isNaN(most))
    return unknown("the threshold, or the highest value of the metric");
  const counted = statistic === "Sum" || statistic === "SampleCount";
  const [least, highest] = [counted ? 0 : metric.least, counted ? Number.POSITIVE_INFINITY : most];
  const fires: Readonly<Record<string, (value: number) => boolean>> = {
    GreaterThanThreshold: (value) => value > threshold,
    GreaterThanOrEqualToThreshold: (value) => value >= threshold,
    LessThanThreshold: (value) => value < threshold,
    LessThanOrEqualToThreshold: (value) => value <= threshold,
  };
  const test = fires[comparison ?? ""];
  if (!test) return fail({ expected: "a comparison with a threshold", actual: comparison ?? "none" });
  if (metric.everyOneIsAFailure && (!test(1) || test(0)))
    return fail({
      expected: "it fires at the first failure, and not without one",
      actual: `${comparison ?? ""} ${threshold}`,
    });
  return holds(
    test(least) !== test(highest),
    `a value from ${least} to ${highest} fires it, and another one does not`,
    `${comparison ?? ""} ${threshold}: ${test(least) ? "it always fires" : "it never fires"}`,
  );
}

/** An alarm on too little of something leaves time to act; on another metric nothing is asked. */
export function roomVerdicts(
  { threshold, comparison }: Alarm,
  { leastShare, metric }: AlarmMetric,
  most: number,
): Verdict[] {
  return leastShare === undefined || comparison?.startsWith("LessThan") !== true
    ? []
    : [atLeast(most * leastShare, threshold, `${metric} at which it fires, with ${leastShare * 100} % left to act in`)];
}

export function timeVerdicts(alarm: Alarm, metric: AlarmMetric, interval: number | undefined): Verdict[] {
  const { periodSeconds: period, evaluationPeriods: periods } = alarm;
  if (period === undefined || periods === undefined) return [unknown("its period or number of periods")];
  const points = alarm.datapointsToAlarm ?? periods;
  const absence = ofAbsence(alarm, metric);
  return [
    holds(
      period % 60 === 0 && period >= metric.resolutionSeconds,
      `a period of whole minutes, at least ${metric.resolutionSeconds} s`,
      `${period} s`,
    ),
    holds(points >= 1 && points <= periods, "points of its periods", `${points} of ${periods}`),
    atMost(
      absence ? (period >= 3600 ? LONGEST.byHours : LONGEST.byMinutes) : SLOWEST,
      period * periods,
      "seconds that it looks back before it notifies its receivers",
      {
        arithmetic: `${period} s × ${periods}`,
      },
    ),
    ...(metric.ownRemedySeconds === undefined
      ? []
      : [above(metric.ownRemedySeconds, period * points, "seconds of the state, against those in which AWS ends it")]),
    ...(absence && interval !== undefined
      ? [above(interval, period * points, "seconds of silence, against those between two runs")]
      : []),
  ];
}

/** What no data means: of something that is absent an alarm, of a count that nothing happened; it never keeps the last state. */
export function silenceVerdict(alarm: Alarm, metric: AlarmMetric, platform: Platform): Verdict {
  const missing = alarm.missingData ?? "missing";
  if (ofAbsence(alarm, metric)) return oneOf(["breaching"], missing, "what no data means: nothing was published");
  if (missing === "ignore") {
    const watched = platform.alarms.some(
      (other) =>
        other !== alarm &&
        other.region === alarm.region &&
        other.namespace === alarm.namespace &&
        other.metric === alarm.metric &&
        ofAbsence(other, metric) &&
        other.missingData === "breaching",
    );
    return holds(
      watched,
      "an alarm beside it that fires when no data comes",
      "none, and without data it keeps its state",
    );
  }
  const allowed =
    metric.kind === "count" || metric.absentWhenIdle === true ? ["missing", "notBreaching"] : ["missing", "breaching"];
  return oneOf(allowed, missing, "what no data means");
}

export function deliveryVerdicts(alarm: Alarm, platform: Platform): Verdict[] {
  if (!alarm.actionsEnabled) return [fail({ expected: "actions of the alarm", actual: "actions_enabled is off" })];
  const topics = alarm.actions.flatMap((action) =>
    typeof action !== "string" && action.type === "aws_sns_topic" && action.region === alarm.region ? [action] : [],
  );
  const reasons = topics.map((topic) => silent(topic, platform));
  const why = reasons.find((reason) => reason !== undefined) ?? "no action is a topic of the stacks in its region";
  return [reasons.includes(undefined) ? pass("it has a receiver") : fail({ expected: "a receiver", actual: why })];
}
