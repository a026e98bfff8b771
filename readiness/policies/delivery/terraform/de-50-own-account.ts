import { type Json, type JsonObject, objectOf, textsWithin } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import { itemsOf } from "../../../permissions/software";
import { change, resource, set, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";

/** Region and account of an ARN; AWS's own resources have the account "aws", and S3 and IAM leave parts empty. */
const ARN = /\barn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9-]*):(\d{12}):/g;
/** Arguments that hold an account by itself. */
const ACCOUNTS = /^(registry_id|source_account|account_id|owner_id|aws_account_id|peer_owner_id)$/;

/** Accounts that are named by themselves, at any depth. */
function accountsWithin(value: Json | undefined, name = ""): readonly string[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((one) => accountsWithin(one, name));
  if (typeof value === "object" && value !== null)
    return Object.entries(objectOf(value)).flatMap(([inner, one]) => accountsWithin(one, inner));
  return ACCOUNTS.test(name) && /^\d+$/.test(String(value)) ? [String(value)] : [];
}

/** What an argument names outside of the account and the two regions. */
function strangers(args: JsonObject, { environment }: Platform): readonly string[] {
  const { accountId, regions } = environment;
  // What is global is in us-east-1, whatever the regions of the platform.
  const known = new Set(["", "us-east-1", regions.primary.name, regions.secondary.name]);
  const arns = textsWithin(args).flatMap((text) => [...text.matchAll(ARN)]);
  return [
    ...arns.filter(([, , account]) => account !== accountId).map(([whole]) => `${whole}…`),
    ...arns.filter(([, region = ""]) => !known.has(region)).map(([whole]) => `${whole}…`),
    ...accountsWithin(args).filter((account) => account !== accountId),
  ];
}

/** Types of AWS's provider that the stacks have. */
const awsTypes = ({ resources }: Platform): readonly string[] =>
  [...new Set(resources.map(({ type }) => type))].filter((type) => type.startsWith("aws_"));

const replicas = resource("aws_db_instance", (block) => block["replicate_source_db"] !== undefined);
const edited = (from: string, to: string) => (value: unknown) => String(value).replace(from, to);

export default policy({
  id: "DE-50",
  severity: "error",
  proves: ["CA-23", "CA-28"],
  title: "Every ARN names this account and one of its two regions",
  because:
    "an ARN of another account or region is accepted by AWS and leads nowhere, or to a resource of another owner: a replica without a source, images that go to a stranger",
  remedy: "compose ARNs from the environment's account and regions, or refer to the resource itself",
  subjects: (platform) => awsTypes(platform).flatMap((type) => itemsOf(platform, type)),
  check: ({ resource: one }, platform): Verdict | readonly Verdict[] => {
    const found = [...new Set(strangers(one.arguments, platform))];
    return found.length === 0
      ? pass("this account")
      : found.map((actual) =>
          fail({
            expected: `account ${platform.environment.accountId} in ${platform.environment.regions.primary.name} or ${platform.environment.regions.secondary.name}`,
            actual,
          }),
        );
  },
  mutants: [
    change(
      "a replica of another account's database",
      replicas,
      update("replicate_source_db", edited("210987654321", "999988887777")),
    ),
    change(
      "a replica of a third region's database",
      replicas,
      update("replicate_source_db", edited("us-east-1", "ap-southeast-2")),
    ),
    change(
      "images for another registry",
      resource("aws_ecr_replication_configuration"),
      set("replication_configuration.rule.0.destination.0.registry_id", "999988887777"),
    ),
    change(
      "secrets of another account",
      resource("aws_lambda_permission", (block) => block["source_account"] !== undefined),
      set("source_account", "999988887777"),
    ),
    change("rights on another account's secrets", resource("aws_iam_role_policy"), (block) => {
      block["policy"] = JSON.stringify({
        Statement: [
          {
            Effect: "Allow",
            Action: "secretsmanager:GetSecretValue",
            Resource: "arn:aws:secretsmanager:us-east-1:999988887777:secret:x",
          },
        ],
      });
    }),
  ],
  boundary: {
    holds: change("the own account's registry", resource("aws_ecr_replication_configuration"), (block) => {
      block["tags"] = { registry: "none" };
    }),
    breaks: change(
      "one digit more",
      resource("aws_ecr_replication_configuration"),
      set("replication_configuration.rule.0.destination.0.registry_id", "2109876543210"),
    ),
  },
});
