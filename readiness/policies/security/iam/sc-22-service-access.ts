import type { Item } from "../../../inventory/item";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { notApplicable } from "../../../policy/verdict";
import { judgeServiceCall, servedItems, serviceCallsOf } from "../../../permissions/service-access";

const keysIn = (stack: RegExp) => resource("aws_kms_key", (_block, _id, name) => stack.test(name));
const topics = resource("aws_sns_topic");
const notFor = (service: string) => (block: Parameters<ReturnType<typeof set>>[0]) => {
  const policyText = block["policy"];
  if (typeof policyText === "string")
    block["policy"] = policyText.replaceAll(`"Service":"${service}`, '"Service":"no.such');
};

export default policy({
  id: "SC-22",
  severity: "error",
  proves: ["CA-23", "CA-28"],
  title: "AWS services may use the keys, topics and buckets that they write to",
  because:
    "an alarm on an encrypted topic, a log group or a trail whose key does not admit the service loses every message, and AWS reports no error to anyone",
  remedy: "name the service in the policy of the key (servicePrincipals of EncryptionKey), the topic or the bucket",
  subjects: (platform): readonly Item[] => servedItems(platform),
  check: (item, platform) => {
    const calls = serviceCallsOf(item, platform);
    return calls.length === 0
      ? notApplicable("it calls no resource of the platform as a service")
      : calls.map((call) => ("outcome" in call ? call : judgeServiceCall(call, platform)));
  },
  mutants: [
    change("alarms cannot use the key of their topic", keysIn(/^(edge|data-)/), notFor("cloudwatch.amazonaws.com")),
    change("SNS's own key", topics, set("kms_master_key_id", "alias/aws/sns")),
    change("logs cannot use their key", keysIn(/^network-/), notFor("logs.")),
    change("the trail cannot use its key", keysIn(/^audit/), notFor("cloudtrail.amazonaws.com")),
    change(
      "the trail cannot write to its bucket",
      resource("aws_s3_bucket_policy", (_block, _id, stack) => stack === "audit"),
      set("policy.Statement.2.Effect", "Deny"),
    ),
    change(
      "load balancers cannot write to their bucket",
      resource("aws_s3_bucket_policy", (_block, _id, stack) => stack.startsWith("ingress-")),
      set("policy.Statement.1.Principal.Service", "delivery.logs.amazonaws.com"),
    ),
    change("only another account's alarms", keysIn(/^edge/), (block) => {
      block["policy"] = String(block["policy"]).replace(
        /"aws:SourceAccount":"\d+"/g,
        '"aws:SourceAccount":"999988887777"',
      );
    }),
    change(
      "a topic that admits no publisher",
      topics,
      set("policy", '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"sns:Publish","Resource":"*"}]}'),
    ),
  ],
  boundary: {
    holds: change("a topic without a key", topics, (block) => {
      delete block["kms_master_key_id"];
    }),
    breaks: change(
      "a topic with a key of another owner",
      topics,
      set("kms_master_key_id", "arn:aws:kms:eu-west-1:999988887777:key/1"),
    ),
  },
});
