import { evaluate } from "../../../../models/permissions";
import { arnOf } from "../../../inventory/arns";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import { contextOf } from "../../../permissions/decide";
import { resourcePolicyOf } from "../../../permissions/resource-policy";
import { add, change, resource, set, together } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, pass, type Verdict } from "../../../policy/verdict";

/** Source: Amazon EC2 Auto Scaling user guide, "Required AWS KMS key policy for use with encrypted volumes", read 2026-11-28. */
const needed = [
  "kms:CreateGrant",
  "kms:Decrypt",
  "kms:DescribeKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
];
const serviceRole = (account: string): string =>
  `arn:aws:iam::${account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`;

function refusedBy(key: Resource, platform: Platform): readonly string[] {
  const { accountId } = platform.environment;
  const granted = platform
    .ofType("aws_kms_grant")
    .some(
      (grant) => grant.resource("key_id") === key && grant.expanded("grantee_principal") === serviceRole(accountId),
    );
  if (granted) return [];
  const { statements = [] } = resourcePolicyOf(key, platform);
  return needed.filter(
    (action) =>
      !evaluate(
        {
          principal: { kind: "role", arn: serviceRole(accountId), account: accountId },
          action,
          resource: arnOf(key, accountId) ?? "*",
          resourceAccount: accountId,
          context: contextOf(platform, key.region ?? "", { "kms:GrantIsForAWSResource": "true" }),
        },
        { identity: [], resource: statements, resourceDecides: "resource" },
      ).allowed,
  );
}

const own = "${aws_kms_key.key_key.arn}";
const templates = resource("aws_launch_template");
const withKey = set("block_device_mappings.ebs.kms_key_id", own);
const grant = (principal: string) =>
  add("", /^cluster-/, "aws_kms_grant", "disks", {
    key_id: own,
    grantee_principal: principal,
    operations: ["CreateGrant", "Decrypt"],
  });

export default policy({
  id: "SC-28",
  severity: "error",
  proves: ["CA-01", "CA-28"],
  title: "Auto Scaling may use the key of the node disks",
  because:
    "Auto Scaling starts instances with its own service role: with a key that does not admit it, each new node is terminated at once (Client.InvalidKMSKey.InvalidState)",
  remedy:
    "leave kms_key_id out, so that the account's EBS key is taken, or name AWSServiceRoleForAutoScaling in the key policy",
  subjects: (platform) => platform.launchTemplates,
  check: (template, platform): Verdict | readonly Verdict[] => {
    const keyed = template.resource.blocks("block_device_mappings").filter((mapping) => mapping.has("ebs.kms_key_id"));
    if (keyed.length === 0) return notApplicable("its disks use the account's own EBS key");
    return keyed.map((mapping) => {
      const key = mapping.resource("ebs.kms_key_id");
      const name = mapping.expanded("ebs.kms_key_id") ?? "";
      const refused = key === undefined ? needed : refusedBy(key, platform);
      return refused.length === 0
        ? pass(name)
        : fail({
            expected: `the key policy of ${key?.text("description") ?? name} allows AWSServiceRoleForAutoScaling ${refused.join(", ")}`,
            actual: key === undefined ? "a key that no stack makes" : "no statement and no grant does",
            message: `${template.label}: Auto Scaling may not use ${key?.text("description") ?? name}, so no node of this template starts`,
          });
    });
  },
  mutants: [
    change("an own key", templates, withKey),
    change(
      "a key of elsewhere",
      templates,
      set("block_device_mappings.ebs.kms_key_id", "arn:aws:kms:us-east-1:999988887777:key/1"),
    ),
    together("a grant for another role", change("", templates, withKey), grant("arn:aws:iam::210987654321:role/other")),
  ],
  boundary: {
    holds: together("an own key with a grant", change("", templates, withKey), grant(serviceRole("210987654321"))),
    breaks: together(
      "a grant for the role of another account",
      change("", templates, withKey),
      grant(serviceRole("999988887777")),
    ),
  },
});
