import { receiversDigest } from "../../../../contract";
import { objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import { atLeast, equals, holds } from "../../../policy/comparison";
import { change, type JsonObject, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";
import { deliveriesIn } from "./_alarm-delivery";
import { alertmanagerSecret, configuration, notificationsOf } from "../_alerts";

/** Lambda's own repetitions, one and two minutes later (developer guide, asynchronous invocation). */
const RETRIES = 2;

/** Secret of Secrets Manager behind the files of Alertmanager's credentials. */
const credentialsOf = (region: string | undefined, { objects }: Platform): string | undefined =>
  objects
    .filter((one) => one.region === region && one.object.kind === "ExternalSecret")
    .filter(({ object }) => textOf(objectOf(objectOf(object["spec"])["target"])["name"]) === "alertmanager-credentials")
    .flatMap(({ object }) => objectsOf(objectOf(object["spec"])["data"]))
    .flatMap((entry) => textOf(objectOf(entry["remoteRef"])["key"]) ?? [])[0];

function queueVerdicts(delivery: Resource, platform: Platform): Verdict[] {
  const queue = delivery.resource("dead_letter_config.target_arn");
  if (queue?.type !== "aws_sqs_queue")
    return [fail({ expected: "a dead-letter queue for alarms that no attempt delivered", actual: "none" })];
  const name = queue.text("name");
  const told = platform.alarms.some(
    (alarm) =>
      alarm.namespace === "AWS/SQS" &&
      alarm.region === delivery.region &&
      alarm.actions.length > 0 &&
      alarm.dimensions.some((one) => one.resource === queue || (name !== undefined && one.value === name)),
  );
  return [
    holds(queue.has("kms_master_key_id"), "an encrypted dead-letter queue", "it is not encrypted with a key"),
    atLeast(4 * 86_400, queue.number("message_retention_seconds") ?? 345_600, "seconds that the queue keeps an alarm"),
    holds(told, "an alarm on messages in the dead-letter queue", "none"),
  ];
}

function attemptVerdict(delivery: Resource, { ofType }: Platform): Verdict {
  const settings = ofType("aws_lambda_function_event_invoke_config").find(
    (one) => one.resource("function_name") === delivery,
  );
  return atLeast(RETRIES, settings?.number("maximum_retry_attempts") ?? RETRIES, "repetitions after a failed attempt");
}

const functions = resource("aws_lambda_function", (_block, id) => id.startsWith("delivery"));
const inRegion = (region: string) =>
  resource("aws_lambda_function", (_block, id, stack) => id.startsWith("delivery") && stack.endsWith(region));
const queues = resource("aws_sqs_queue");

export default policy({
  id: "OB-22",
  severity: "error",
  proves: [],
  beyond: "the reports route alerts by severity (FL-20, FF-16), and do not say that alarms of AWS go the same way",
  title: "Alarms of AWS are delivered to Alertmanager's own receivers, and none is lost",
  because:
    "a second list of channels and keys is forgotten when a team moves: the alarm goes to a channel that its owner does not read",
  remedy: "build the function with AlarmDelivery, which packs the receivers of config/notifications.ts",
  subjects: (platform) => platform.clusters,
  check: ({ resource: { region } }, platform) => {
    const delivery = deliveriesIn(platform).find((one) => one.region === region);
    const routing = notificationsOf(platform).find((one) => one.region === region)?.routing;
    if (!delivery || !routing)
      return fail({
        expected: "Alertmanager, and a function that delivers alarms of AWS",
        actual: delivery ? "no Alertmanager" : "no function",
      });
    return [
      equals(
        receiversDigest(objectOf((routing as unknown as JsonObject)["global"]), routing.receivers),
        delivery.text("environment.variables.RECEIVERS_SHA256") ?? "",
        "digest of Alertmanager's receivers",
      ),
      equals(credentialsOf(region, platform) ?? "", delivery.text("environment.variables.SECRET") ?? "", "secret"),
      holds(!delivery.has("vpc_config"), "a function outside of the network that it reports on", "it is in the VPC"),
      attemptVerdict(delivery, platform),
      ...queueVerdicts(delivery, platform),
    ];
  },
  mutants: [
    remove("no function", functions),
    change("other receivers in the primary", inRegion("us-east-1"), set("environment.variables.RECEIVERS_SHA256", "0")),
    change(
      "other receivers in the secondary",
      inRegion("eu-west-1"),
      set("environment.variables.RECEIVERS_SHA256", "0"),
    ),
    change(
      "a channel that changes in Alertmanager alone",
      alertmanagerSecret,
      configuration((routing) => {
        for (const receiver of routing["receivers"] as JsonObject[])
          for (const one of (receiver["slack_configs"] ?? []) as JsonObject[]) one["channel"] = "#elsewhere";
      }),
    ),
    change("another secret", functions, set("environment.variables.SECRET", "acme/production/monitoring/OTHER")),
    change("inside of the network", functions, (block) => {
      block["vpc_config"] = { subnet_ids: ["subnet-1"], security_group_ids: ["sg-1"] };
    }),
    change("nothing keeps what fails", functions, unset("dead_letter_config")),
    change("a queue in the clear", queues, unset("kms_master_key_id")),
    remove(
      "a queue that no alarm watches",
      resource("aws_cloudwatch_metric_alarm", (block) => block["namespace"] === "AWS/SQS"),
    ),
    change("one attempt", resource("aws_lambda_function_event_invoke_config"), set("maximum_retry_attempts", 0)),
  ],
  boundary: {
    holds: change("kept for four days", queues, set("message_retention_seconds", 345_600)),
    breaks: change("kept for a second less", queues, set("message_retention_seconds", 345_599)),
  },
});
