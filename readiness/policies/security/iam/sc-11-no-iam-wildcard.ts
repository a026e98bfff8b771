import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import type { IamStatement } from "../../../inventory/facts/aws/iam";

const roles = resource("aws_iam_role_policy", (_, __, stack) => stack.startsWith("platform-"));

export default policy({
  id: "SC-11",
  severity: "error",
  proves: ["CA-23", "FL-14", "FL-31"],
  title: "No IAM statement allows wildcard actions",
  because: "a wildcard allows actions that were never reviewed, including those AWS adds later",
  remedy: "name the actions that the software calls, and the ARNs they are called on",
  equivalents: ["cdk-nag AwsSolutions-IAM5"],
  subjects: (platform) => platform.iamStatements.filter((statement) => statement.effect === "Allow"),
  check: (statement): Verdict => {
    // In a key policy `*` means the key itself, and the account's root must hold every right or the key can be lost.
    if (isKeyOwnership(statement)) return pass("the account's own hold on its key");
    const wide = statement.actions.filter((action) => action.includes("*"));
    if (statement.notActions.length > 0)
      return fail({ expected: "actions by name", actual: `everything but ${statement.notActions.join(", ")}` });
    if (wide.length > 0) return fail({ expected: "actions by name", actual: wide.join(", ") });
    const open =
      statement.resources.includes("*") &&
      statement.document === "policy" &&
      statement.resource.type !== "aws_kms_key" &&
      statement.resource.type !== "aws_kms_replica_key";
    const changing = statement.actions.filter((action) => !/:(Describe|List|Get)/.test(action));
    if (open && changing.length > 0 && statement.conditions.length === 0)
      return fail({ expected: "resources by ARN for what changes something", actual: `${changing.join(", ")} on *` });
    return pass(statement.actions.join(", "));
  },
  mutants: [
    change("every action", roles, set("policy.Statement.0.Action", ["*"])),
    change("every action of a service", roles, set("policy.Statement.0.Action", ["s3:*"])),
    change(
      "all but one action",
      roles,
      set("policy.Statement.0", { Effect: "Allow", NotAction: ["iam:CreateUser"], Resource: ["*"] }),
    ),
    change(
      "changes anything",
      roles,
      set("policy.Statement.0", { Effect: "Allow", Action: ["ec2:TerminateInstances"], Resource: ["*"] }),
    ),
  ],
  boundary: {
    holds: change(
      "reads anything",
      roles,
      set("policy.Statement.0", { Effect: "Allow", Action: ["ec2:DescribeInstances"], Resource: ["*"] }),
    ),
    breaks: change(
      "reads anything by wildcard",
      roles,
      set("policy.Statement.0", { Effect: "Allow", Action: ["ec2:Describe*"], Resource: ["*"] }),
    ),
  },
});

function isKeyOwnership(statement: IamStatement): boolean {
  return (
    ["aws_kms_key", "aws_kms_replica_key"].includes(statement.resource.type) &&
    statement.principals.length > 0 &&
    statement.principals.every((principal) => /^AWS:arn:aws:iam::\d{12}:root$/.test(principal))
  );
}
