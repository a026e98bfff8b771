import { databaseAlarm, idleLag } from "../../../figures/recovery/replica-lag";
import { type Json, numberOf, objectOf, objectsOf } from "../../../inventory/json";
import type { DatabaseInstance } from "../../../inventory/facts/aws/stores";
import type { Platform } from "../../../inventory/platform";
import { atMost } from "../../../policy/comparison";
import { change, remove, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { unknown } from "../../../policy/verdict";

const heartbeats = resource("aws_lambda_function", (block) => JSON.stringify(block).includes("HEARTBEATS"));
const rules = resource("aws_cloudwatch_event_rule", (block) => String(block["name"]).endsWith("-heartbeat"));
const lag = resource("aws_cloudwatch_metric_alarm", (block) => block["metric_name"] === "ReplicaLag");
const each = (expression: string) => set("schedule_expression", expression);

/** Seconds of lag that the promotion of the replica's region takes without asking. */
function promotedAt(platform: Platform, { region, identifier }: DatabaseInstance): number | undefined {
  const steps = platform
    .ofType("aws_lambda_function")
    .filter((one) => one.region === region && one.has("environment.variables.DATABASES"));
  for (const step of steps) {
    const own = objectsOf(parsed(step.expanded("environment.variables.DATABASES"))).find(
      (one) => objectOf(one)["identifier"] === identifier,
    );
    if (own !== undefined) return numberOf(own["maxLagSeconds"]);
  }
  return undefined;
}

function parsed(text: string | undefined): Json {
  try {
    return JSON.parse(text ?? "[]") as Json;
  } catch {
    return [];
  }
}

export default policy({
  id: "DR-12",
  severity: "error",
  proves: ["FG-09"],
  title: "An idle database's replica neither alarms nor stops a promotion",
  because:
    "without transactions a replica of RDS reports up to five minutes of lag: the alarm rings each quiet night until it is ignored, and a promotion is refused though nothing would be lost",
  remedy:
    "keep the heartbeat of stacks/stores/heartbeat.ts, which commits a transaction a minute, or declare a longer rpoMinutes",
  subjects: (platform) => platform.databases.filter(({ replicates }) => replicates),
  check: (replica, platform) => {
    const { seconds, arithmetic } = idleLag(platform, replica);
    const threshold = databaseAlarm(replica, platform, "ReplicaLag")?.threshold;
    const promoted = promotedAt(platform, replica);
    const told = { field: "rpoMinutes", arithmetic };
    return [
      threshold === undefined
        ? unknown(`${replica.label} has no alarm on its lag with a threshold`)
        : atMost(threshold, seconds, "seconds of lag of an idle source, against those that alarm", told),
      promoted === undefined
        ? unknown(`the lag at which ${replica.label} is promoted is not among the stacks`)
        : atMost(promoted, seconds, "seconds of lag of an idle source, against those that are promoted", told),
    ];
  },
  mutants: [
    remove("no heartbeat", heartbeats),
    remove("a heartbeat that nothing starts", rules),
    change("a heartbeat that is switched off", rules, set("state", "DISABLED")),
    change("of no database", heartbeats, set("environment.variables.HEARTBEATS", "[]")),
    change("each hour", rules, each("rate(1 hour)")),
    change("an alarm at a minute", lag, set("threshold", 60)),
  ],
  // Two minutes and the 30 seconds of a run are the 150 seconds at which the alarm of an RPO of five minutes rings.
  boundary: {
    holds: change("each two minutes", rules, each("rate(2 minutes)")),
    breaks: change("each three minutes", rules, each("rate(3 minutes)")),
  },
});
