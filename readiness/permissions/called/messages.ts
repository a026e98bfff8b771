import type { ResourceKind } from "../../../catalog/permissions/needs";
import { arnOf } from "../../inventory/arns";
import { type JsonObject, objectOf, objectsOf, textOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Resource } from "../../inventory/resource";
import type { Software } from "../software";
import { accountOf, called, type CalledResource, type Find, key, via } from "./resource";

/** Topics and log groups. */
export const messageFinders = {
  "heartbeat-topics": heartbeatTopics,
  "notification-topic": ({ item }, platform) => topicOf(item.resource).map((topic) => called(topic, platform)),
  "keys-of-notification-topic": ({ item, region }, platform) =>
    topicOf(item.resource).flatMap((topic) => key(topic.resource("kms_master_key_id"), platform, via("sns", region))),
  "dead-letter-queue": ({ item }, platform) => queueOf(item.resource).map((queue) => called(queue, platform)),
  "keys-of-dead-letter-queue": ({ item, region }, platform) =>
    queueOf(item.resource).flatMap((queue) => key(queue.resource("kms_master_key_id"), platform, via("sqs", region))),
  "own-log-group": ({ item, region }, platform) => {
    const group = item.resource.resource("log_destination");
    const name =
      group?.text("name") ??
      item.resource.text("logging_config.log_group") ??
      `/aws/lambda/${item.resource.text("function_name") ?? ""}`;
    const arn = `arn:aws:logs:${region}:${accountOf(platform)}:log-group:${name}:log-stream:stream`;
    return [{ arn, label: `log group ${name}` }];
  },
} as const satisfies Readonly<Partial<Record<ResourceKind, Find>>>;

/** Topics that Alertmanager of the region publishes to, in whatever region they are. */
function heartbeatTopics({ region }: Software, platform: Platform): readonly CalledResource[] {
  const routings = platform.objects
    .filter((one) => one.region === region)
    .flatMap(({ object }) => textOf(objectOf(object["stringData"])["alertmanager.yaml"]) ?? []);
  return routings
    .flatMap((text) => objectsOf((JSON.parse(text) as JsonObject)["receivers"]))
    .flatMap((receiver) => objectsOf(receiver["sns_configs"]))
    .flatMap((settings) => textOf(settings["topic_arn"]) ?? [])
    .map((arn) => {
      const topic = platform.ofType("aws_sns_topic").find((one) => arnOf(one, accountOf(platform)) === arn);
      return { arn, label: `topic ${arn.split(":").at(-1) ?? arn}`, ...(topic ? { resource: topic } : {}) };
    });
}

const queueOf = (resource: Resource): readonly Resource[] =>
  resource.resources("dead_letter_config.target_arn").filter(({ type }) => type === "aws_sqs_queue");

const topicOf = (resource: Resource): readonly Resource[] =>
  resource.resources("environment.variables.TOPIC_ARN").filter(({ type }) => type === "aws_sns_topic");
