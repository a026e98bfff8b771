import { evaluate, type Statement } from "../../../../models/permissions";
import { arnOf } from "../../../inventory/arns";
import type { Bucket } from "../../../inventory/facts/aws/buckets";
import type { Platform } from "../../../inventory/platform";
import { contextOf } from "../../../permissions/decide";
import { allowsEverything } from "../../../permissions/identity";
import { resourcePolicyOf } from "../../../permissions/resource-policy";
import { change, type JsonObject, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, pass, unknown } from "../../../policy/verdict";

/** What every bucket of the platform is for. */
const used = [
  { action: "s3:ListBucket", on: "" },
  { action: "s3:GetObject", on: "/any" },
  { action: "s3:PutObject", on: "/any" },
  { action: "s3:PutBucketPolicy", on: "" },
] as const;

/** Calls of a role that IAM allows everything, over TLS, which the policy of the bucket refuses nevertheless. */
function refused(
  { resource: bucket }: Bucket,
  statements: readonly Statement[],
  platform: Platform,
): readonly string[] {
  const { accountId } = platform.environment;
  const arn = arnOf(bucket, accountId) ?? "*";
  return used
    .filter(
      ({ action, on }) =>
        !evaluate(
          {
            principal: { kind: "role", arn: `arn:aws:iam::${accountId}:role/any`, account: accountId },
            action,
            resource: `${arn}${on}`,
            resourceAccount: accountId,
            context: contextOf(platform, bucket.region ?? "", {}),
          },
          { identity: [allowsEverything], resource: statements, resourceDecides: "either" },
        ).allowed,
    )
    .map(({ action }) => action);
}

const policies = resource("aws_s3_bucket_policy");
const inSecondary = resource("aws_s3_bucket_policy", (_block, _id, stack) => stack.endsWith("-eu-west-1"));
const denying =
  (denied: JsonObject) =>
  (block: JsonObject): void => {
    const written = JSON.parse(String(block["policy"])) as { Statement: JsonObject[] };
    const [first] = written.Statement;
    const statement = {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: first?.["Resource"] ?? "*",
      ...denied,
    };
    block["policy"] = JSON.stringify({ ...written, Statement: [...written.Statement, statement] });
  };
const belowTls = (version: string) => denying({ Condition: { NumericLessThan: { "s3:TlsVersion": version } } });

export default policy({
  id: "SC-42",
  severity: "error",
  proves: ["CA-23", "CA-28"],
  title: "No bucket policy refuses the account's own calls over TLS",
  because:
    "a Deny wins over every role, and a condition that no call meets, such as TLS 1.4 or a VPC endpoint that is not there, locks the bucket: no state is read and no backup written",
  remedy: "deny calls without TLS only (aws:SecureTransport), as PrivateBucket does",
  subjects: (platform) => platform.buckets,
  check: (bucket, platform) => {
    const { statements, unreadable } = resourcePolicyOf(bucket.resource, platform);
    if (unreadable !== undefined) return unknown(`policy of ${bucket.label}: ${unreadable}`);
    if (statements === undefined) return notApplicable("it has no policy");
    const calls = refused(bucket, statements, platform);
    return calls.length === 0
      ? pass("IAM of the account decides")
      : fail({
          expected: `roles of the account may call ${used.map(({ action }) => action).join(", ")} over TLS 1.3`,
          actual: `a statement denies ${calls.join(", ")}`,
          message: `${bucket.label}: its policy denies ${calls.join(", ")} to every role of the account, also over TLS 1.3: nothing reads or writes it any more`,
        });
  },
  mutants: [
    change("a version of TLS that is not spoken", policies, belowTls("1.4")),
    change("the same in the secondary", inSecondary, belowTls("1.4")),
    change("everything is denied", policies, denying({})),
    change("writing is denied", policies, denying({ Action: "s3:PutObject" })),
    change(
      "an endpoint that is not there",
      policies,
      denying({ Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-1" } } }),
    ),
    change("TLS is denied", policies, denying({ Condition: { Bool: { "aws:SecureTransport": "true" } } })),
    change(
      "another account's calls only",
      policies,
      denying({ Condition: { StringEquals: { "aws:PrincipalAccount": "210987654321" } } }),
    ),
    change(
      "nothing else than one statement",
      policies,
      set("policy", '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}'),
    ),
  ],
  boundary: {
    holds: change("TLS 1.3", policies, belowTls("1.3")),
    breaks: change("a tenth more", policies, belowTls("1.31")),
  },
});
