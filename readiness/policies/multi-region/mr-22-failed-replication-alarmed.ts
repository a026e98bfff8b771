import { isObject, type Json, textOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Resource } from "../../inventory/resource";
import { holds } from "../../policy/comparison";
import { asObject } from "../../policy/json";
import { change, remove, resource, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { notApplicable } from "../../policy/verdict";

const DELIVERED = "AWS Service Event via CloudTrail";
/** What Secrets Manager records, as EventBridge delivers it: the source is named in constructs/aws/functions/secret-rotation.ts. */
const failure: Json = {
  source: "aws.secretsmanager",
  "detail-type": DELIVERED,
  detail: { eventSource: "secretsmanager.amazonaws.com", eventName: "ReplicationFailed" },
};

const rules = resource("aws_cloudwatch_event_rule", (block) => String(block["event_pattern"]).includes("Replication"));
const permissions = resource("aws_lambda_permission", (block) => block["statement_id"] === "replication-failed");
const targets = resource("aws_cloudwatch_event_target", (_, id) => id.includes("replication-failed"));
const pattern = (...path: string[]) => ["event_pattern", ...path];

export default policy({
  id: "MR-22",
  severity: "error",
  proves: ["CA-07", "FL-28"],
  title: "An alarm is raised when a secret's new value does not reach the other region",
  because:
    "replication fails silently: the copy keeps the old value, the standby looks healthy, and its pods are refused by databases and partners on the day of the failover",
  remedy:
    "keep the rule of SecretRotation that matches Secrets Manager's ReplicationFailed, its function and the topic that the function writes to",
  subjects: (platform) => platform.secrets,
  check: (secret, platform) => {
    if (secret.replicas.length === 0) return notApplicable("it has no copy");
    const matching = platform
      .ofType("aws_cloudwatch_event_rule")
      .filter((rule) => rule.region === secret.region && rule.text("state") !== "DISABLED" && hears(rule));
    const called = matching.flatMap((rule) => functionsOf(rule, platform));
    const topics = called.flatMap((one) => one.resources("environment.variables.TOPIC_ARN"));
    return [
      holds(matching.length > 0, `an enabled rule in ${secret.region ?? "its region"} that matches it`, "none"),
      holds(called.length > 0, "a function that the rule may call", "none"),
      holds(
        topics.some((topic) => subscribed(topic, platform)),
        "a topic with a subscription behind it",
        "none",
      ),
    ];
  },
  mutants: [
    remove("no rule", rules),
    change("a rule that is switched off", rules, set("state", "DISABLED")),
    change("another event", rules, set(pattern("detail", "eventName"), ["RotationFailed"])),
    change("an event of another service", rules, set(pattern("source"), ["aws.kms"])),
    change("calls of the API only", rules, set(pattern("detail-type"), ["AWS API Call via CloudTrail"])),
    remove("no target", targets),
    remove("EventBridge may not call the function", permissions),
    change("another rule may call it", permissions, set("source_arn", "arn:aws:events:us-east-1:111122223333:rule/x")),
    change(
      "a function that notifies no topic",
      resource("aws_lambda_function"),
      unset("environment.variables.TOPIC_ARN"),
    ),
    remove("the topic has no subscriber", resource("aws_sns_topic_subscription")),
  ],
  boundary: {
    holds: change("a rule for two events", rules, (block) =>
      set(pattern("detail", "eventName"), ["ReplicationFailed", "RotationFailed"])(asObject(block)),
    ),
    breaks: change("a field that the event has not", rules, set(pattern("detail", "awsRegion"), ["us-west-2"])),
  },
});

/** Whether the rule's pattern admits the event: every field that it names holds one of the values listed. */
function hears(rule: Resource): boolean {
  try {
    return admits(JSON.parse(rule.text("event_pattern") ?? "false") as Json, failure);
  } catch {
    return false;
  }
}

function admits(wanted: Json | undefined, event: Json | undefined): boolean {
  if (Array.isArray(wanted)) return wanted.some((value) => textOf(value as Json) === textOf(event));
  return (
    isObject(wanted) && isObject(event) && Object.entries(wanted).every(([name, value]) => admits(value, event[name]))
  );
}

const functionsOf = (rule: Resource, platform: Platform): readonly Resource[] =>
  platform
    .ofType("aws_cloudwatch_event_target")
    .filter((target) => target.resource("rule") === rule)
    .flatMap((target) => target.resource("arn") ?? [])
    .filter((called) =>
      platform
        .ofType("aws_lambda_permission")
        .some(
          (permission) =>
            permission.resource("function_name") === called &&
            permission.text("principal") === "events.amazonaws.com" &&
            permission.resource("source_arn") === rule,
        ),
    );

const subscribed = (topic: Resource, platform: Platform): boolean =>
  platform.ofType("aws_sns_topic_subscription").some((one) => one.resource("topic_arn") === topic);
