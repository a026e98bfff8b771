import { arnOf } from "../../../inventory/arns";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import { judgeServiceCall, type ServiceCall } from "../../../permissions/service-access";
import { itemsOf } from "../../../permissions/software";
import { equals } from "../../../policy/comparison";
import { change, remove, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";

const SNS = "sns.amazonaws.com";
const otherwise = "a message that was not delivered is dropped, and the alarm on the queue stays silent";

/**
 * What SNS calls for a message that it could not deliver. Source: Amazon SNS developer guide, "Amazon SNS dead-letter queues"
 * (same account and region as the subscription; an encrypted queue needs a key whose policy admits SNS) and "Configuring a
 * dead-letter queue" (the queue's policy admits SNS for the topic); read 2026-11-29.
 */
function callsOf(subscription: Resource, queue: Resource, { environment }: Platform): readonly ServiceCall[] {
  const topic = subscription.resource("topic_arn");
  const source = topic && arnOf(topic, environment.accountId);
  const context = { "aws:SourceAccount": environment.accountId, "aws:SourceArn": source ?? "" };
  const who = `subscription of ${topic?.text("name") ?? subscription.address}`;
  const key = queue.resource("kms_master_key_id");
  const call = { who, service: SNS, context, otherwise };
  return [
    { ...call, resource: queue, actions: ["sqs:SendMessage"] },
    ...(key ? [{ ...call, resource: key, actions: ["kms:Decrypt", "kms:GenerateDataKey"] }] : []),
  ];
}

const queues = resource("aws_sqs_queue_policy");
const inSecondary = resource("aws_sqs_queue_policy", (_block, _id, stack) => stack.endsWith("-eu-west-1"));
const statement = "policy.Statement.0";

export default policy({
  id: "SC-41",
  severity: "error",
  proves: ["FL-20", "FF-16"],
  title: "Dead-letter queues take what a topic could not deliver",
  because:
    "AWS creates a subscription whose queue refuses it without an error: an alarm that the function could not deliver is then lost, and nothing says so",
  remedy:
    "let the policy of the queue admit sns.amazonaws.com for topics of the account, and encrypt it with a key that does so as well",
  subjects: (platform) =>
    itemsOf(platform, "aws_sns_topic_subscription").filter(({ resource: one }) => one.has("redrive_policy")),
  check: ({ resource: subscription }, platform): readonly Verdict[] => {
    const queue = subscription.resources("redrive_policy").find(({ type }) => type === "aws_sqs_queue");
    if (queue === undefined)
      return [
        fail({
          expected: "a redrive_policy with a queue of the platform",
          actual: subscription.expanded("redrive_policy") ?? "",
        }),
      ];
    return [
      equals(subscription.region, queue.region, "region of its dead-letter queue, against the subscription's"),
      ...callsOf(subscription, queue, platform).map((call) => judgeServiceCall(call, platform)),
    ];
  },
  mutants: [
    remove("queues without a policy", queues),
    remove("queues of the secondary without a policy", inSecondary),
    change("queues that admit another service", queues, set(`${statement}.Principal.Service`, "events.amazonaws.com")),
    change("queues that may be read", queues, set(`${statement}.Action`, "sqs:ReceiveMessage")),
    change(
      "topics of another account",
      queues,
      set(`${statement}.Condition.StringEquals`, { "aws:SourceAccount": "999988887777" }),
    ),
    change(
      "topics of another name, in the secondary",
      inSecondary,
      set(`${statement}.Condition.ArnLike`, { "aws:SourceArn": "arn:aws:sns:eu-west-1:210987654321:other-*" }),
    ),
    change(
      "a key that SNS may not use",
      resource("aws_kms_key", (_block, _id, stack) => stack.startsWith("alarm-delivery-")),
      set("policy.Statement", [
        { Effect: "Allow", Principal: { AWS: "arn:aws:iam::210987654321:root" }, Action: "kms:*", Resource: "*" },
      ]),
    ),
    change(
      "a queue that is not there",
      resource("aws_sns_topic_subscription", (block) => block["redrive_policy"] !== undefined),
      set("redrive_policy", '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:210987654321:ghost"}'),
    ),
  ],
  boundary: {
    holds: change("every call of SQS", queues, set(`${statement}.Action`, "sqs:*")),
    breaks: change(
      "every call but that one",
      queues,
      set(`${statement}.Action`, ["sqs:GetQueueUrl", "sqs:SendMessageBatch"]),
    ),
  },
});
