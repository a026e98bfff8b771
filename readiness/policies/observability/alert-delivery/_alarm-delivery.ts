import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";

/** The function that delivers alarms of a region: it knows the digest of Alertmanager's receivers. */
export const deliveriesIn = (platform: Platform): readonly Resource[] =>
  platform.ofType("aws_lambda_function").filter((one) => one.has("environment.variables.RECEIVERS_SHA256"));

/** Subscriptions of a topic in its own region. */
const subscriptionsOf = (topic: Resource, platform: Platform): readonly Resource[] =>
  platform
    .ofType("aws_sns_topic_subscription")
    .filter((one) => one.resource("topic_arn") === topic && one.region === topic.region && !one.has("filter_policy"));

export const isMailed = (topic: Resource, platform: Platform): boolean =>
  subscriptionsOf(topic, platform).some(
    (one) => one.text("protocol") === "email" && /^[^@\s]+@[^@\s]+$/.test(one.expanded("endpoint") ?? ""),
  );

/** Why messages of a topic do not reach the function; undefined: they do. */
export function undelivered(topic: Resource, delivery: Resource, platform: Platform): string | undefined {
  const subscription = subscriptionsOf(topic, platform).find(
    (one) => one.text("protocol") === "lambda" && one.resource("endpoint") === delivery,
  );
  if (subscription === undefined) return "the topic does not call it";
  const admitted = platform
    .ofType("aws_lambda_permission")
    .some(
      (one) =>
        one.resource("function_name") === delivery &&
        one.text("principal") === "sns.amazonaws.com" &&
        one.text("action") === "lambda:InvokeFunction" &&
        one.resource("source_arn") === topic,
    );
  if (!admitted) return "no permission admits the topic";
  const kept = subscription.resources("redrive_policy").some(({ type }) => type === "aws_sqs_queue");
  return kept ? undefined : "its subscription has no dead-letter queue";
}
