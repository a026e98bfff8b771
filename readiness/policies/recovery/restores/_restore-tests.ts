import { actionOf, type RestoreTest } from "../../../figures/recovery/restore-tests";
import { objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { Alarm } from "../../../inventory/facts/aws/alarms";
import { atMost, contains, holds } from "../../../policy/comparison";
import type { JsonObject } from "../../../policy/json";
import { resource, set } from "../../../policy/mutation";
import type { Verdict } from "../../../policy/verdict";

/** State machines of tests of a kind: `databases`, `caches`, `namespaces`. */
export const tests = (kind: string) =>
  resource("aws_sfn_state_machine", (block) => String(block["name"]).endsWith(`-restore-${kind}`));
/** What starts them. */
export const testRules = (kind: string) =>
  resource("aws_cloudwatch_event_rule", (block) => String(block["name"]).endsWith(`-restore-${kind}`));
/** Alarms on a metric of tests; of one kind where it is named. */
export const testAlarms = (metric: string, kind = "") =>
  resource(
    "aws_cloudwatch_metric_alarm",
    (block) => block["metric_name"] === metric && String(block["alarm_name"]).includes(`-restore-${kind}`),
  );
/** Changes the text of a state machine. */
export const edited = (from: string | RegExp, to: string) => (block: JsonObject) =>
  set("definition", String(block["definition"]).replaceAll(from, to))(block);

/** The test looks at what it restored, and deletes it whatever happened. */
export function deletesWhatItMade({ states, machine }: RestoreTest): Verdict[] {
  const all = Object.entries(states).map(([name, state]) => ({ name, state: objectOf(state) }));
  const actions = all.flatMap(({ state }) => actionOf(state) ?? []);
  const removes = all.find(({ state }) => actionOf(state) === "remove")?.name;
  const caught = all
    .filter(({ state }) => ["restore", "progress", "check"].includes(actionOf(state) ?? ""))
    .every(({ state }) => objectsOf(state["Catch"]).some((one) => textOf(one["Next"]) === removes));
  const outer = machine.expanded("definition") ?? "";
  return [
    contains(["restore", "progress", "check", "remove"], actions, "steps of one store"),
    holds(removes !== undefined && caught, "what was restored is deleted after every failure too", "it stays"),
    holds(outer.includes('"action":"sweep"'), "what an earlier test left is deleted first", "it stays"),
    holds(outer.includes('"action":"verdict"'), "the test fails when a store did not pass", "it succeeds"),
  ];
}

/** Failure and absence reach the same topic. Absence counts later than the next test, and its longest run. */
export function told({ alarms: all, minutesBetween, timeoutSeconds }: RestoreTest): Verdict[] {
  const on = (metric: string): Alarm | undefined => all.find((alarm) => alarm.metric === metric);
  const absent = on("ExecutionsSucceeded");
  const looksBack = ((absent?.periodSeconds ?? 0) * (absent?.evaluationPeriods ?? 0)) / 60;
  const earliest = (minutesBetween ?? Infinity) + (timeoutSeconds ?? Infinity) / 60;
  return [
    ...["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsSucceeded"].map((metric) =>
      holds((on(metric)?.actions.length ?? 0) > 0, `an alarm on ${metric} with an action`, "none"),
    ),
    holds(absent?.missingData === "breaching", "a test that never ran is an alarm", absent?.missingData ?? "no alarm"),
    holds(
      absent?.comparison?.startsWith("LessThan") === true && absent.threshold === 1,
      "the alarm fires without one success",
      `${absent?.comparison ?? "no comparison"} ${absent?.threshold ?? ""}`,
    ),
    atMost(looksBack, earliest, "minutes after which a test is missed, at least one gap and its longest run", {
      arithmetic: `${minutesBetween ?? "no"} min between tests + ${(timeoutSeconds ?? 0) / 60} min`,
    }),
  ];
}
