import { type Json, type JsonObject, objectOf, textOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Resource } from "../../inventory/resource";
import { minutesBetweenRuns } from "../../figures/recovery/cache-copies";
import { atLeast, atMost, holds } from "../../policy/comparison";
import { change, type Edit, remove, resource, set, update } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, type Verdict } from "../../policy/verdict";

const machines = resource("aws_sfn_state_machine", (block) => String(block["name"]).endsWith("-game-day"));
const rules = resource("aws_cloudwatch_event_rule", (block) => String(block["name"]).endsWith("-game-day"));
const edited = (from: string | RegExp, to: string): Edit =>
  update("definition", (text) => String(text).replaceAll(from, to));
/** Second Tuesdays of two quarters are 98 days apart at most. */
const DAYS = 98;
const MINUTES_OF_DAY = 1440;
const LEAST = { steps: 5, aborts: 3 };

export default policy({
  id: "MR-09",
  severity: "warning",
  proves: ["FF-25", "FF-24"],
  title: "A game day is scheduled each quarter, with steps and abort conditions",
  because: "a failover that was last tried a year ago meets changed names, changed people and a changed platform",
  remedy: "keep GameDay beside the Promotion of the standby; its steps are in catalog/game-day.json",
  subjects: (platform) => platform.clusters.filter(({ region }) => region === standbyOf(platform)),
  check: ({ region }, platform) => {
    const day = platform.ofType("aws_sfn_state_machine").find((one) => one.region === region && announces(one));
    if (day === undefined)
      return platform.databases.some(({ replicates }) => replicates)
        ? fail({ expected: `a state machine in ${region ?? "the standby"} that announces a game day`, actual: "none" })
        : holds(true, "nothing is promoted", "");
    return [scheduled(day, platform), ...content(day, platform)];
  },
  mutants: [
    remove("no game day", machines),
    remove("nothing starts it", rules),
    change("switched off", rules, set("state", "DISABLED")),
    change("once a year", rules, set("schedule_expression", "cron(0 8 ? JAN TUE#2 *)")),
    change("no dry run", machines, edited('"dryRun":true', '"dryRun":false')),
    change("no abort conditions", machines, edited(/Abort when/g, "Perhaps")),
    change("no steps", machines, edited(/\d+\. /g, "")),
    remove(
      "its failure notifies no one",
      resource("aws_cloudwatch_metric_alarm", (block) => String(block["alarm_name"]).endsWith("-game-day-failed")),
    ),
  ],
  boundary: {
    holds: change("each 98 days", rules, set("schedule_expression", "rate(98 days)")),
    breaks: change("each 99 days", rules, set("schedule_expression", "rate(99 days)")),
  },
});

/** The region that does not write. */
const standbyOf = ({ environment }: Platform): string =>
  environment.regions[environment.writer === "secondary" ? "primary" : "secondary"].name;

const statesOf = (machine: Resource): readonly JsonObject[] => {
  try {
    const definition = objectOf(JSON.parse(machine.expanded("definition") ?? "{}") as Json);
    return Object.values(objectOf(definition["States"])).map(objectOf);
  } catch {
    return [];
  }
};
const parametersOf = (state: JsonObject): JsonObject => objectOf(state["Parameters"]);
const messageOf = (machine: Resource): string =>
  statesOf(machine)
    .flatMap((state) => textOf(parametersOf(state)["Message"]) ?? [])
    .join("\n");
const announces = (machine: Resource): boolean => messageOf(machine).includes("Game day");

function scheduled(day: Resource, platform: Platform): Verdict {
  const minutes = minutesBetweenRuns(platform, day);
  return minutes === undefined
    ? fail({ expected: "an enabled schedule that starts the game day", actual: "none" })
    : atMost(DAYS * MINUTES_OF_DAY, minutes, "minutes between two game days", {
        arithmetic: `${DAYS} d × ${MINUTES_OF_DAY}`,
      });
}

function content(day: Resource, platform: Platform): Verdict[] {
  const lines = messageOf(day).split("\n");
  const dryRun = statesOf(day).some((state) => objectOf(parametersOf(state)["Input"])["dryRun"] === true);
  const told = platform.alarms.some(
    ({ namespace, metric, actions, resource: alarm }) =>
      namespace === "AWS/States" &&
      metric === "ExecutionsFailed" &&
      actions.length > 0 &&
      alarm.resource("dimensions.StateMachineArn") === day,
  );
  return [
    holds(dryRun, "it begins with a dry run of the promotion", "no dry run"),
    atLeast(
      LEAST.steps,
      lines.filter((line) => /^\d+\. .+Expected: /.test(line)).length,
      "steps, each with what is expected",
    ),
    atLeast(LEAST.aborts, lines.filter((line) => /^Abort when .+: /.test(line)).length, "abort conditions"),
    holds(told, "an alarm when it cannot be announced", "none"),
  ];
}
