import type { Statement } from "../../../../models/permissions";
import type { Platform } from "../../../inventory/platform";
import type { PolicyDocument } from "../../../inventory/views/aws/policy-document";
import { add, change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";

/** Condition keys that keep callers of other accounts out when they name this account. */
const restricting = ["aws:sourceaccount", "aws:sourceowner", "aws:principalaccount", "kms:calleraccount"];

const restricted = ({ conditions }: Statement, account: string): boolean =>
  conditions.some(
    ({ operator, key, values }) =>
      /^(String|Arn)(Equals|Like)$/.test(operator) &&
      ((restricting.includes(key.toLowerCase()) && values.every((value) => value === account)) ||
        (key.toLowerCase() === "aws:sourcearn" && values.every((value) => value.split(":")[4] === account))),
  );

/** Principals of an Allow that are not of this account. */
function strangers(statement: Statement, account: string): readonly string[] {
  if (statement.effect !== "Allow" || restricted(statement, account)) return [];
  return [
    ...statement.notPrincipals.map((one) => `everybody but ${one}`),
    ...statement.principals.filter(
      (one) =>
        one === "*" ||
        one.startsWith("Federated:") ||
        (one.startsWith("AWS:") && one !== `AWS:${account}` && one.split(":")[5] !== account),
    ),
  ];
}

const endpointOrTrust = ({ argument, resource: holder }: PolicyDocument): boolean =>
  argument === "assume_role_policy" || holder.type === "aws_vpc_endpoint" || /^aws_iam_/.test(holder.type);

const keys = resource("aws_kms_key");

const everybodyOf = (account: string, operator = "StringEquals") =>
  set("policy.Statement.0", {
    Effect: "Allow",
    Principal: "*",
    Action: "kms:*",
    Resource: "*",
    Condition: { [operator]: { "kms:CallerAccount": account } },
  });

export default policy({
  id: "SC-30",
  severity: "error",
  proves: ["CA-23", "CA-28"],
  title: "Keys, buckets, topics, secrets and images admit this account only",
  because:
    "a resource policy that names everybody or another account hands out data and keys without any role of this account being involved",
  remedy: "name roles of the account or AWS services with a condition on the account; leave everything else to IAM",
  equivalents: ["checkov CKV_AWS_33", "cdk-nag AwsSolutions-SNS2 (part)"],
  subjects: (platform: Platform) => platform.policyDocuments.filter((document) => !endpointOrTrust(document)),
  check: ({ statements, unreadable, resource: holder }, platform): Verdict | readonly Verdict[] => {
    if (unreadable !== undefined) return unknown(unreadable);
    const found = statements.flatMap((statement) => strangers(statement, platform.environment.accountId));
    return found.length === 0
      ? pass("this account and services for it")
      : fail({
          expected: `principals of account ${platform.environment.accountId}`,
          actual: found.join(", "),
          message: `the policy of ${holder.label} admits ${found.join(", ")}`,
        });
  },
  mutants: [
    change("a key for everybody", keys, set("policy.Statement.0.Principal", "*")),
    change(
      "a key for another account",
      keys,
      set("policy.Statement.0.Principal", {
        AWS: ["arn:aws:iam::210987654321:root", "arn:aws:iam::999988887777:root"],
      }),
    ),
    change(
      "a bucket for everybody",
      resource("aws_s3_bucket_policy"),
      set("policy.Statement.0", { Effect: "Allow", Principal: { AWS: "*" }, Action: "s3:GetObject", Resource: "*" }),
    ),
    change(
      "everybody but one",
      keys,
      set("policy.Statement.0", {
        Effect: "Allow",
        NotPrincipal: { AWS: "arn:aws:iam::210987654321:role/a" },
        Action: "kms:*",
        Resource: "*",
      }),
    ),
    add("images for another account", /^data-/, "aws_ecr_repository_policy", "shared", {
      repository: "any",
      policy: '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"999988887777"},"Action":"ecr:BatchGetImage"}]}',
    }),
    change("the account of another owner as a condition", keys, everybodyOf("999988887777")),
  ],
  boundary: {
    holds: change("everybody of this account", keys, everybodyOf("210987654321")),
    breaks: change("everybody who does not say otherwise", keys, everybodyOf("210987654321", "StringEqualsIfExists")),
  },
});
