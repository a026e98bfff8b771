import type { Alarm } from "../../../inventory/facts/aws/alarms";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import { itemsOf } from "../../../permissions/software";
import { holds } from "../../../policy/comparison";
import { change, type JsonObject, remove, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";

/** Alarms with an action on a metric of what runs, in its own region. */
const alarmsOn = (runs: Resource, metric: string, dimension: string, { alarms }: Platform): readonly Alarm[] =>
  alarms.filter(
    (alarm) =>
      alarm.metric === metric &&
      alarm.region === runs.region &&
      alarm.actionsEnabled &&
      alarm.actions.length > 0 &&
      alarm.dimensions.some(
        ({ name, value, resource: from }) =>
          name === dimension && (from === runs || (value !== undefined && value === runs.text("function_name"))),
      ),
  );

/** A person who starts a promotion or a game day looks at it; what EventBridge starts has no one who does. */
const isStarted = (runs: Resource, platform: Platform): boolean =>
  runs.type === "aws_lambda_function" ||
  platform.ofType("aws_cloudwatch_event_target").some((target) => target.resource("arn") === runs);

/** A function that publishes a sign of life each minute is missed when the sign is: that covers its failure, too. */
const isMissed = (runs: Resource, { alarms }: Platform): boolean =>
  alarms.some(
    (alarm) =>
      alarm.region === runs.region &&
      alarm.statistic === "SampleCount" &&
      alarm.actionsEnabled &&
      alarm.actions.length > 0 &&
      alarm.namespace !== undefined &&
      alarm.namespace === runs.text("environment.variables.METRIC_NAMESPACE"),
  );

const needed = {
  aws_lambda_function: { failed: "Errors", dimension: "FunctionName" },
  aws_sfn_state_machine: { failed: "ExecutionsFailed", dimension: "StateMachineArn" },
} as const;

const alarms = resource("aws_cloudwatch_metric_alarm");
const on = (metric: string) => resource("aws_cloudwatch_metric_alarm", (block) => block["metric_name"] === metric);
const inSecondary = resource("aws_cloudwatch_metric_alarm", (_block, _id, stack) => stack.endsWith("-eu-west-1"));
/** Every alarm on one metric watches what the first of its stack watches. */
const alike = (metric: string) => {
  const kept = new Map<string, JsonObject[string]>();
  return (block: JsonObject): void => {
    if (block["metric_name"] !== metric) return;
    const place = JSON.stringify(block["alarm_actions"]);
    if (!kept.has(place)) kept.set(place, structuredClone(block["dimensions"] ?? null));
    block["dimensions"] = structuredClone(kept.get(place) ?? null);
  };
};

export default policy({
  id: "DE-53",
  severity: "error",
  proves: ["FL-19", "FF-25"],
  title: "Each function and state machine has an alarm on its failure",
  because:
    "a rotation, copy, restore test or promotion that fails writes a line into a log and nothing else: it is found when its result is needed",
  remedy: "make functions with PlatformFunction, and state machines with an alarm of failureAlarm",
  subjects: (platform) =>
    (["aws_lambda_function", "aws_sfn_state_machine"] as const).flatMap((type) =>
      itemsOf(platform, type).filter(({ resource: runs }) => isStarted(runs, platform)),
    ),
  check: ({ resource: runs, label }, platform) => {
    const { failed, dimension } =
      needed[runs.type === "aws_lambda_function" ? "aws_lambda_function" : "aws_sfn_state_machine"];
    return holds(
      alarmsOn(runs, failed, dimension, platform).length > 0 || isMissed(runs, platform),
      `an alarm with an action on ${failed} of ${label}`,
      "none",
    );
  },
  mutants: [
    remove("no alarm on functions", on("Errors")),
    remove("no alarm on state machines", on("ExecutionsFailed")),
    change("alarms that are switched off", alarms, set("actions_enabled", false)),
    change("alarms without an action, in the secondary", inSecondary, set("alarm_actions", [])),
    change("every alarm watches one function", alarms, alike("Errors")),
    change("every alarm watches one state machine", alarms, alike("ExecutionsFailed")),
  ],
  boundary: {
    holds: change("another threshold", on("Errors"), set("threshold", 2)),
    breaks: change("another metric", on("Errors"), set("metric_name", "Throttles")),
  },
});
