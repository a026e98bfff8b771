import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import { itemsOf } from "../../../permissions/software";
import { equals, holds, oneOf } from "../../../policy/comparison";
import { change, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";

/** Service, type of what calls, and the resource that hands the call over to a function. */
const callers = {
  "events.amazonaws.com": {
    type: "aws_cloudwatch_event_rule",
    through: "aws_cloudwatch_event_target",
    from: "rule",
    to: "arn",
  },
  "sns.amazonaws.com": {
    type: "aws_sns_topic",
    through: "aws_sns_topic_subscription",
    from: "topic_arn",
    to: "endpoint",
  },
} as const;

const isCaller = (service: string): service is keyof typeof callers => service in callers;

/** One rule or topic, which does call the function. */
function bySource(
  permission: Resource,
  called: Resource,
  service: keyof typeof callers,
  platform: Platform,
): Verdict[] {
  const { type, through, from, to } = callers[service];
  const source = permission.resource("source_arn");
  if (source?.type !== type)
    return [
      fail({
        expected: `source_arn of one ${type} of the platform`,
        actual: permission.expanded("source_arn") ?? "none",
        message: `${permission.label}: source_arn of one ${type}; found ${permission.expanded("source_arn") ?? "none"}, so rules and topics of other accounts may call ${called.address} through ${service}`,
      }),
    ];
  const calls = platform.ofType(through).some((one) => one.resource(from) === source && one.resource(to) === called);
  return [
    holds(calls, `a source that calls ${called.address}: ${through} with both`, `${source.address}, which does not`),
    equals(called.region, permission.region, "region of the permission, against its function's"),
  ];
}

/** Secrets Manager: the secrets of the account that the function rotates. */
function byAccount(permission: Resource, called: Resource, { environment, secrets }: Platform): Verdict[] {
  const rotates = secrets.some(({ rotation }) => rotation?.rotator === called);
  return [
    holds(
      permission.text("source_account") === environment.accountId,
      `source_account ${environment.accountId}`,
      permission.text("source_account") ?? "none",
    ),
    holds(rotates, `a function that rotates a secret`, `${called.address}, which rotates none`),
  ];
}

const permissions = resource("aws_lambda_permission");
const of = (service: string) => resource("aws_lambda_permission", (block) => block["principal"] === service);
const inSecondary = resource("aws_lambda_permission", (_block, _id, stack) => stack.endsWith("-eu-west-1"));
const GHOST = "arn:aws:sns:eu-west-1:210987654321:ghost";

export default policy({
  id: "SC-43",
  severity: "error",
  proves: ["CA-23", "FL-23"],
  title: "A function is called by its own rule, topic or secrets only",
  because:
    "a permission for a whole service admits rules and topics of every account of AWS (the confused deputy); one for another source admits no call at all",
  remedy: "name the rule or topic in source_arn; for Secrets Manager name the account in source_account",
  equivalents: ["checkov CKV_AWS_364", "cdk cfn-guard CT.LAMBDA.PR.2"],
  subjects: (platform) => itemsOf(platform, "aws_lambda_permission"),
  check: ({ resource: permission }, platform): readonly Verdict[] => {
    const called = permission.resource("function_name");
    if (called?.type !== "aws_lambda_function")
      return [fail({ expected: "a function of the platform", actual: permission.expanded("function_name") ?? "none" })];
    const service = permission.text("principal") ?? "";
    if (isCaller(service)) return bySource(permission, called, service, platform);
    return service === "secretsmanager.amazonaws.com"
      ? byAccount(permission, called, platform)
      : [oneOf([...Object.keys(callers), "secretsmanager.amazonaws.com"], service, "principal")];
  },
  mutants: [
    change("any rule", of("events.amazonaws.com"), unset("source_arn")),
    change("any topic, in the secondary", inSecondary, unset("source_arn")),
    change("a topic that is not there", of("sns.amazonaws.com"), set("source_arn", GHOST)),
    change("secrets of another account", of("secretsmanager.amazonaws.com"), set("source_account", "999988887777")),
    change("secrets of any account", of("secretsmanager.amazonaws.com"), unset("source_account")),
    change("every caller", permissions, set("principal", "*")),
    change("a function that is not there", permissions, set("function_name", "ghost")),
    change("rules call for topics", of("sns.amazonaws.com"), set("principal", "events.amazonaws.com")),
  ],
  boundary: {
    holds: change("another statement", permissions, set("statement_id", "other")),
    breaks: change("a rule by a pattern", of("events.amazonaws.com"), set("source_arn", "arn:aws:events:*:*:rule/*")),
  },
});
