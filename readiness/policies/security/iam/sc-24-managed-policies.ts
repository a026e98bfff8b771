import { managedPolicies } from "../../../../catalog/permissions/managed-policies";
import { type Attachment, attachmentsOf } from "../../../permissions/identity";
import { add, change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass } from "../../../policy/verdict";
import type { Subject } from "../../../inventory/subject";

interface AttachedPolicy extends Subject {
  readonly attachment: Attachment;
}

const attachments = resource("aws_iam_role_policy_attachment");

export default policy({
  id: "SC-24",
  severity: "error",
  proves: ["CA-23", "FL-14"],
  title: "Only reviewed managed policies are attached to identities",
  because:
    "AdministratorAccess or another broad managed policy gives everything to any holder of the role's credentials, and AWS changes managed policies by itself",
  remedy:
    "write the actions into a policy of the role, or record the managed policy with its statements in catalog/permissions/managed-policies.json",
  subjects: (platform): readonly AttachedPolicy[] =>
    attachmentsOf(platform).map((attachment) => {
      const { stack, address, constructPath } = attachment.resource;
      return { stack, address, constructPath, label: `policy attachment ${constructPath}`, attachment };
    }),
  check: ({ attachment: { policyArn, policy: own, roles } }, platform) => {
    if (own && platform.policyDocuments.some(({ resource: document }) => document === own)) return pass(policyArn);
    const to = roles.map((role) => role.text("name") ?? role.name).join(", ") || "an identity";
    return managedPolicies.has(policyArn)
      ? pass(policyArn)
      : fail({
          expected: "a policy of the platform, or a managed policy of the catalogue",
          actual: policyArn,
          message: `${policyArn} is attached to ${to}: what it grants was not reviewed`,
        });
  },
  mutants: [
    change("administrators", attachments, set("policy_arn", "arn:aws:iam::aws:policy/AdministratorAccess")),
    change("a policy of another account", attachments, set("policy_arn", "arn:aws:iam::999988887777:policy/any")),
    change(
      "attached by the role itself",
      resource("aws_iam_role"),
      set("managed_policy_arns", ["arn:aws:iam::aws:policy/AdministratorAccess"]),
    ),
    add("attached to several roles at once", /^platform-/, "aws_iam_policy_attachment", "all", {
      name: "all",
      roles: ["acme-production-us-east-1-velero-server"],
      policy_arn: "arn:aws:iam::aws:policy/PowerUserAccess",
    }),
  ],
  boundary: {
    holds: change(
      "one more of the catalogue",
      attachments,
      set("policy_arn", "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"),
    ),
    breaks: change(
      "one that is not in it",
      attachments,
      set("policy_arn", "arn:aws:iam::aws:policy/AmazonEKSServicePolicy"),
    ),
  },
});
