import { evaluate, type Statement } from "../../../../models/permissions";
import { arnOf } from "../../../inventory/arns";
import type { Key } from "../../../inventory/facts/aws/keys";
import type { Platform } from "../../../inventory/platform";
import { contextOf } from "../../../permissions/decide";
import { allowsEverything } from "../../../permissions/identity";
import { resourcePolicyOf } from "../../../permissions/resource-policy";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";

/** What IAM of the account must be able to hand out: use, grants for AWS services, and repair of the key policy itself. */
const handedOut = ["kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:DescribeKey", "kms:PutKeyPolicy"];

function refusedToAccount(key: Key, statements: readonly Statement[], platform: Platform): readonly string[] {
  const { accountId } = platform.environment;
  return handedOut.filter(
    (action) =>
      !evaluate(
        {
          principal: { kind: "role", arn: `arn:aws:iam::${accountId}:role/any`, account: accountId },
          action,
          resource: arnOf(key.resource, accountId) ?? "*",
          resourceAccount: accountId,
          context: contextOf(platform, key.region ?? "", { "kms:GrantIsForAWSResource": "true" }),
        },
        { identity: [allowsEverything], resource: statements, resourceDecides: "resource" },
      ).allowed,
  );
}

const keys = resource("aws_kms_key");

export default policy({
  id: "SC-27",
  severity: "error",
  proves: ["CA-23", "CA-28"],
  title: "Each encryption key is enabled, and IAM of the account decides who uses it",
  because:
    "what is encrypted with a disabled key, or with a key whose policy leaves out the account, cannot be read: EKS, EBS, S3 and Secrets Manager fail for everybody",
  remedy: "make keys by EncryptionKey: its policy gives the account the decision and names the services",
  subjects: (platform) => platform.keys,
  check: (key, platform): Verdict | readonly Verdict[] => {
    const { statements, unreadable } = resourcePolicyOf(key.resource, platform);
    if (unreadable !== undefined) return unknown(`policy of ${key.label}: ${unreadable}`);
    const refused = refusedToAccount(key, statements ?? [], platform);
    const enabled = key.resource.flag("is_enabled") ?? key.resource.flag("enabled") ?? true;
    return [
      enabled
        ? pass("enabled")
        : fail({
            expected: "an enabled key",
            actual: "disabled",
            message: `${key.label} is disabled: nothing that it encrypts can be read or written`,
          }),
      refused.length === 0
        ? pass("IAM of the account decides")
        : fail({
            expected: `the key policy gives ${refused.join(", ")} to account ${platform.environment.accountId}`,
            actual: "no statement does, or one denies it",
            message: `${key.label}: its policy does not give ${refused.join(", ")} to the account, so no IAM policy can: services and roles lose what it encrypts`,
          }),
    ];
  },
  mutants: [
    change("disabled", keys, set("is_enabled", false)),
    change(
      "one role only",
      keys,
      set("policy.Statement.0.Principal", { AWS: "arn:aws:iam::210987654321:role/administrator" }),
    ),
    change("another account", keys, set("policy.Statement.0.Principal", { AWS: "arn:aws:iam::999988887777:root" })),
    change(
      "everybody is denied",
      keys,
      set("policy.Statement.0", { Effect: "Deny", Principal: "*", Action: "kms:*", Resource: "*" }),
    ),
    change(
      "no grants",
      keys,
      set("policy.Statement.0.Action", ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:PutKeyPolicy"]),
    ),
  ],
  boundary: {
    holds: change("the actions by name", keys, set("policy.Statement.0.Action", handedOut)),
    breaks: change("all but decryption", keys, set("policy.Statement.0.Action", handedOut.slice(1))),
  },
});
