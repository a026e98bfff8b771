import { templateParts } from "./expression";
import type { Resource } from "./resource";
import type { State } from "./state";

/** What stands for a part that AWS makes up, for example the end of a secret's ARN. */
const MADE_UP = "made-by-aws";

const named =
  (service: string, kind: string, argument: string) =>
  (resource: Resource, account: string): string =>
    `arn:aws:${service}:${resource.region ?? ""}:${account}:${kind}${resource.text(argument) ?? idOf(resource)}`;

/** An identity of its own for a resource that AWS names: stack and Terraform name. */
const idOf = (resource: Resource): string => `${resource.stack}.${resource.name}`;

/**
 * ARNs by resource type, as AWS writes them. Source: service authorization reference, "Resource types defined by …" of each
 * service, read 2026-11-28.
 */
const forms: Readonly<Record<string, (resource: Resource, account: string) => string>> = {
  aws_s3_bucket: (bucket) => `arn:aws:s3:::${bucket.text("bucket") ?? idOf(bucket)}`,
  aws_kms_key: (key, account) => `arn:aws:kms:${key.region ?? ""}:${account}:key/${idOf(key)}`,
  aws_kms_replica_key: (key, account) => `arn:aws:kms:${key.region ?? ""}:${account}:key/${idOf(key)}`,
  aws_secretsmanager_secret: (secret, account) => secretArn(secret, secret.region ?? "", account),
  aws_sns_topic: named("sns", "", "name"),
  aws_sqs_queue: named("sqs", "", "name"),
  aws_dynamodb_table: named("dynamodb", "table/", "name"),
  aws_ssm_parameter: named("ssm", "parameter", "name"),
  aws_cloudwatch_log_group: named("logs", "log-group:", "name"),
  aws_cloudwatch_metric_alarm: named("cloudwatch", "alarm:", "alarm_name"),
  aws_cloudwatch_event_rule: named("events", "rule/", "name"),
  aws_cloudtrail: named("cloudtrail", "trail/", "name"),
  aws_lambda_function: named("lambda", "function:", "function_name"),
  aws_db_instance: named("rds", "db:", "identifier"),
  aws_elasticache_user: named("elasticache", "user:", "user_id"),
  aws_ecr_repository: named("ecr", "repository/", "name"),
  aws_eks_cluster: named("eks", "cluster/", "name"),
  aws_lb: (lb, account) =>
    `arn:aws:elasticloadbalancing:${lb.region ?? ""}:${account}:loadbalancer/app/${lb.text("name") ?? idOf(lb)}/${MADE_UP}`,
  aws_lb_target_group: (group, account) =>
    `arn:aws:elasticloadbalancing:${group.region ?? ""}:${account}:targetgroup/${group.text("name") ?? idOf(group)}/${MADE_UP}`,
  aws_eks_node_group: (group, account) =>
    `arn:aws:eks:${group.region ?? ""}:${account}:nodegroup/${group.text("cluster_name") ?? ""}/${group.text("node_group_name") ?? idOf(group)}/${MADE_UP}`,
  aws_iam_role: (role, account) =>
    `arn:aws:iam::${account}:role${role.text("path") ?? "/"}${role.text("name") ?? idOf(role)}`,
  aws_iam_policy: (policy, account) =>
    `arn:aws:iam::${account}:policy${policy.text("path") ?? "/"}${policy.text("name") ?? idOf(policy)}`,
};

/** ARN that the resource will have; parts that AWS makes up are the same text for the same resource. Undefined: no form known. */
export function arnOf(resource: Resource, account: string): string | undefined {
  return resource.mode === "resource" ? forms[resource.type]?.(resource, account) : undefined;
}

/** ARN of a secret in a region: its own, or one that it is replicated to. */
export function secretArn(secret: Resource, region: string, account: string): string {
  return `arn:aws:secretsmanager:${region}:${account}:secret:${secret.text("name") ?? idOf(secret)}-${MADE_UP}`;
}

/** A text with its references replaced: by what they are set to, or by the ARN that their resource will have. */
export function withArns(state: State, stack: string, text: string, account: string): string {
  if (!text.includes("${")) return text;
  return templateParts(text)
    .map((part) => {
      if ("literal" in part) return part.literal;
      const value = state.resolve(stack, `\${${part.expression}}`);
      if (value.kind === "known") return String(value.value as string | number | boolean);
      const arn = value.kind === "reference" && value.attribute === "arn" ? arnOf(value.resource, account) : undefined;
      return arn ?? `\${${part.expression}}`;
    })
    .join("");
}
