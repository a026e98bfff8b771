import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import type { Subject } from "../../../inventory/subject";
import { holds } from "../../../policy/comparison";
import { add, change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";

/**
 * Arguments that name what a resource is a part of, and its name there. AWS refuses the second of one name (permissions), or
 * lets the later one replace the earlier without a word (policies of buckets, topics and queues). Source: arguments and
 * import ids of hashicorp/aws 6, read 2026-11-29.
 */
const places: Readonly<Record<string, readonly string[]>> = {
  aws_cloudwatch_event_target: ["rule", "target_id"],
  aws_ecr_lifecycle_policy: ["repository"],
  aws_iam_role_policy: ["role", "name"],
  aws_iam_role_policy_attachment: ["role", "policy_arn"],
  aws_lambda_function_event_invoke_config: ["function_name"],
  aws_lambda_permission: ["function_name", "statement_id"],
  aws_route: ["route_table_id", "destination_cidr_block"],
  aws_route_table_association: ["subnet_id"],
  aws_s3_bucket_lifecycle_configuration: ["bucket"],
  aws_s3_bucket_policy: ["bucket"],
  aws_s3_bucket_public_access_block: ["bucket"],
  aws_s3_bucket_server_side_encryption_configuration: ["bucket"],
  aws_s3_bucket_versioning: ["bucket"],
  aws_secretsmanager_secret_rotation: ["secret_id"],
  aws_sns_topic_policy: ["arn"],
  aws_sqs_queue_policy: ["queue_url"],
  aws_wafv2_web_acl_association: ["resource_arn"],
};

interface Placed extends Subject {
  readonly others: readonly Resource[];
}

/** What the argument stands for: the resource that it refers to, in whatever stack, else its text in the region. */
function meaning(one: Resource, argument: string): string {
  const other = one.resource(argument);
  return other === undefined
    ? `${one.region ?? ""} ${one.expanded(argument) ?? JSON.stringify(one.raw(argument) ?? null)}`
    : `${other.stack} ${other.address}`;
}

function placed(platform: Platform): readonly Placed[] {
  const found = new Map<string, Resource[]>();
  for (const one of platform.ofType(...Object.keys(places))) {
    const key = [one.type, ...(places[one.type] ?? []).map((argument) => meaning(one, argument))].join("\n");
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return [...found.values()].flatMap((all) =>
    all.map((one) => ({
      stack: one.stack,
      address: one.address,
      constructPath: one.constructPath,
      label: one.label,
      others: all.filter((other) => other !== one),
    })),
  );
}

const permissions = resource("aws_lambda_permission", (_, id) => id.includes("notifications-delivery"));
const permission = (statement: string, region: string) => ({
  statement_id: statement,
  action: "lambda:InvokeFunction",
  function_name: `plimsoll-${region}-twice`,
  principal: "sns.amazonaws.com",
});
const versioningTwice = (name: string, stack: RegExp) =>
  add(name, stack, "aws_s3_bucket_versioning", "second", {
    bucket: "${aws_s3_bucket.backups_bucket.id}",
    versioning_configuration: { status: "Suspended" },
  });

export default policy({
  id: "DE-41",
  severity: "error",
  proves: [],
  beyond:
    "no claim speaks of it: a deployment to an empty account was seen to stop at the second permission of one name",
  title: "No two resources set the same thing of a third one",
  because:
    "AWS refuses the second permission of one name in the middle of a deployment, and of two policies of a bucket the one that comes later replaces the other at each apply",
  remedy: "give each its own name, such as one that begins with its stack, or write both settings in one resource",
  subjects: placed,
  check: ({ label, others }) =>
    holds(
      others.length === 0,
      `only ${label} sets this`,
      others.map(({ stack, address }) => `${stack} ${address} sets it, too`).join(", "),
    ),
  mutants: [
    change("permissions of several stacks under one name", permissions, set("statement_id", "notifications")),
    versioningTwice("the backup bucket set twice", /^data-us-east-1$/),
    versioningTwice("in the secondary alone", /^data-eu-west-1$/),
  ],
  boundary: {
    holds: add("another name", /^alerting-us-east-1$/, "aws_lambda_permission", "one", permission("one", "us-east-1")),
    breaks: change(
      "a name that another stack has",
      permissions,
      set("statement_id", "alerting-us-east-1-notifications"),
    ),
  },
});
