import type { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import type { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import type { Construct } from "constructs";
import { trustOf } from "../service-role";

export interface FunctionRoleProps {
  /** Of the role. */
  readonly name: string;
  /** Of its inline policy. */
  readonly policyName: string;
  readonly statements: readonly object[];
  readonly logs: CloudwatchLogGroup;
}

/** The role of a function: its own statements, and writing into its log group. */
export function functionRole(
  scope: Construct,
  { name, policyName, statements, logs }: FunctionRoleProps,
): { readonly role: IamRole; readonly permissions: IamRolePolicy } {
  const role = new IamRole(scope, "role", { name, assumeRolePolicy: trustOf("lambda.amazonaws.com") });
  const permissions = new IamRolePolicy(scope, "permissions", {
    name: policyName,
    role: role.id,
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        ...statements,
        { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: `${logs.arn}:*` },
      ],
    }),
  });
  return { role, permissions };
}

/** Lets the rule call the function, as its target `<id>-target` with the permission `<id>-permission`. */
export function callOn(scope: Construct, id: string, rule: CloudwatchEventRule, called: LambdaFunction): void {
  new CloudwatchEventTarget(scope, `${id}-target`, { rule: rule.name, arn: called.arn });
  new LambdaPermission(scope, `${id}-permission`, {
    statementId: id,
    action: "lambda:InvokeFunction",
    functionName: called.functionName,
    principal: "events.amazonaws.com",
    sourceArn: rule.arn,
  });
}
