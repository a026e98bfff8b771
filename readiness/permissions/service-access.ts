import { evaluate, type Statement } from "../../models/permissions";
import { arnOf } from "../inventory/arns";
import type { Item } from "../inventory/item";
import type { Platform } from "../inventory/platform";
import type { Resource } from "../inventory/resource";
import { fail, pass, unknown, type Verdict } from "../policy/verdict";
import { contextOf } from "./decide";
import { resourcePolicyOf } from "./resource-policy";
import { itemsOf } from "./software";

/** A call that an AWS service makes on its own behalf. */
export interface ServiceCall {
  /** For example `alarm plimsoll-production-failover`. */
  readonly who: string;
  /** For example `cloudwatch.amazonaws.com`. */
  readonly service: string;
  readonly actions: readonly string[];
  readonly resource: Resource;
  readonly context: Readonly<Record<string, string>>;
  readonly otherwise: string;
  /** ARN that is called. @default that of the resource */
  readonly arn?: string;
}

const textOrArn = (resource: Resource, field: string): string => resource.text(field) ?? resource.name;

/**
 * What services call for one resource. Sources: CloudWatch user guide, "Allow CloudWatch alarms to publish to an encrypted
 * topic"; CloudWatch Logs user guide, "Encrypt log data using AWS KMS"; CloudTrail user guide, "Configure KMS key policies"
 * and "S3 bucket policy for CloudTrail"; read 2026-11-28.
 */
export function serviceCallsOf(item: Item, platform: Platform): readonly (ServiceCall | Verdict)[] {
  const { resource } = item;
  const region = resource.region ?? "";
  const account = platform.environment.accountId;
  const source = { "aws:SourceAccount": account, "aws:SourceArn": arnOf(resource, account) ?? "" };
  if (resource.type === "aws_cloudwatch_log_group") {
    const key = resource.resource("kms_key_id");
    return key ? [logCall(resource, key, region, account)] : [];
  }
  if (resource.type === "aws_cloudtrail") return trailCalls(resource, source, platform);
  if (resource.type === "aws_lb") return accessLogCalls(resource, platform);
  const [service, topics] =
    resource.type === "aws_cloudwatch_metric_alarm"
      ? ["cloudwatch.amazonaws.com", ["alarm_actions", "ok_actions", "insufficient_data_actions"]]
      : resource.type === "aws_budgets_budget"
        ? ["budgets.amazonaws.com", ["notification"]]
        : ["events.amazonaws.com", ["arn"]];
  const targets = topics.flatMap((field) => resource.resources(field)).filter(({ type }) => type === "aws_sns_topic");
  return [...new Set(targets)].flatMap((topic) => topicCalls(item.label, service, topic, source, platform));
}

function logCall(resource: Resource, key: Resource, region: string, account: string): ServiceCall {
  return {
    who: `CloudWatch Logs for ${textOrArn(resource, "name")}`,
    service: `logs.${region}.amazonaws.com`,
    actions: [
      "kms:Encrypt",
      "kms:Decrypt",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
      "kms:GenerateDataKey",
      "kms:DescribeKey",
    ],
    resource: key,
    context: {
      "kms:EncryptionContext:aws:logs:arn": arnOf(resource, account) ?? "",
      "aws:SourceAccount": account,
      "aws:SourceArn": arnOf(resource, account) ?? "",
    },
    otherwise: "the log group cannot be created, and what would write to it leaves no log",
  };
}

/** The log's own bucket. Source: Elastic Load Balancing user guide, "Enable access logs for your Application Load Balancer", read 2026-11-29. */
function accessLogCalls(balancer: Resource, platform: Platform): readonly ServiceCall[] {
  const account = platform.environment.accountId;
  const bucket = balancer.resource("access_logs.bucket");
  if (bucket === undefined || balancer.flag("access_logs.enabled") !== true) return [];
  const prefix = balancer.text("access_logs.prefix");
  const folder = `${prefix === undefined ? "" : `${prefix}/`}AWSLogs/${account}/elasticloadbalancing`;
  return [
    {
      who: `access log of ${textOrArn(balancer, "name")}`,
      service: "logdelivery.elasticloadbalancing.amazonaws.com",
      actions: ["s3:PutObject"],
      resource: bucket,
      arn: `${arnOf(bucket, account) ?? ""}/${folder}/log.gz`,
      context: {
        "aws:SourceAccount": account,
        "aws:SourceArn": `arn:aws:elasticloadbalancing:${balancer.region ?? ""}:${account}:loadbalancer/app/one/1`,
      },
      otherwise: "AWS refuses to switch the access log on, and the deployment stops",
    },
  ];
}

function trailCalls(trail: Resource, source: Record<string, string>, platform: Platform): readonly ServiceCall[] {
  const account = platform.environment.accountId;
  const who = `CloudTrail ${textOrArn(trail, "name")}`;
  const service = "cloudtrail.amazonaws.com";
  const otherwise = "no event of the account is recorded";
  const key = trail.resource("kms_key_id");
  const bucket = trail.resource("s3_bucket_name");
  const acl = { ...source, "s3:x-amz-acl": "bucket-owner-full-control" };
  return [
    ...(key
      ? [
          {
            who,
            service,
            actions: ["kms:GenerateDataKey", "kms:DescribeKey"],
            resource: key,
            context: { ...source, "kms:EncryptionContext:aws:cloudtrail:arn": source["aws:SourceArn"] ?? "" },
            otherwise,
          },
        ]
      : []),
    ...(bucket
      ? [
          { who, service, actions: ["s3:GetBucketAcl"], resource: bucket, context: source, otherwise },
          {
            who,
            service,
            actions: ["s3:PutObject"],
            resource: bucket,
            arn: `${arnOf(bucket, account) ?? ""}/AWSLogs/${account}/CloudTrail/events.json.gz`,
            context: acl,
            otherwise,
          },
        ]
      : []),
  ];
}

function topicCalls(
  who: string,
  service: string,
  topic: Resource,
  source: Record<string, string>,
  platform: Platform,
): readonly (ServiceCall | Verdict)[] {
  const otherwise = "its messages are dropped without a notification";
  const account = platform.environment.accountId;
  const publish: ServiceCall = { who, service, actions: ["sns:Publish"], resource: topic, context: source, otherwise };
  if (!topic.has("kms_master_key_id")) return [publish];
  const key = topic.resource("kms_master_key_id");
  const name = topic.text("name") ?? topic.name;
  if (key === undefined)
    return [
      publish,
      fail({
        expected: `topic ${name} is encrypted with a key whose policy admits ${service}`,
        actual: topic.expanded("kms_master_key_id") ?? "another key",
        message: `${who} cannot publish to topic ${name}: the key policy of ${topic.expanded("kms_master_key_id") ?? "its key"} does not admit ${service} and cannot be changed here; ${otherwise}`,
      }),
    ];
  return [
    publish,
    {
      who,
      service,
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resource: key,
      context: { ...source, "kms:EncryptionContext:aws:sns:topicArn": arnOf(topic, account) ?? "" },
      otherwise: `topic ${name} is encrypted: ${otherwise}`,
    },
  ];
}

/** Resources on whose behalf services call others. */
export const servedItems = (platform: Platform): readonly Item[] =>
  [
    "aws_cloudwatch_log_group",
    "aws_cloudwatch_metric_alarm",
    "aws_cloudwatch_event_target",
    "aws_cloudtrail",
    "aws_lb",
    "aws_budgets_budget",
  ].flatMap((type) => itemsOf(platform, type));

/** Whether the policy of the called resource admits the service. */
export function judgeServiceCall(call: ServiceCall, platform: Platform): Verdict {
  const { who, service, actions, resource, otherwise } = call;
  const policy = resourcePolicyOf(resource, platform);
  if (policy.unreadable !== undefined) return unknown(`${who}: the policy of ${resource.label}: ${policy.unreadable}`);
  const refused = actions.filter((action) => !admits(call, action, policy.statements ?? [], platform));
  if (refused.length === 0) return pass(`${service} may call ${actions.join(", ")}`);
  const what = `${refused.join(", ")} on ${resource.text("name") ?? resource.text("bucket") ?? resource.text("description") ?? resource.address}`;
  return fail({
    expected: `${service} may call ${what}`,
    actual: "no statement of its policy allows it, or one denies it",
    message: `${who}: ${service} may not call ${what}: ${otherwise}`,
  });
}

function admits(call: ServiceCall, action: string, statements: readonly Statement[], platform: Platform): boolean {
  const { accountId } = platform.environment;
  return evaluate(
    {
      principal: { kind: "service", name: call.service },
      action,
      resource: call.arn ?? arnOf(call.resource, accountId) ?? "*",
      resourceAccount: accountId,
      context: contextOf(platform, call.resource.region ?? "", call.context),
    },
    { identity: [], resource: statements, resourceDecides: "resource" },
  ).allowed;
}
