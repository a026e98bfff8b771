import { resourceType } from "../../catalog/resource-types";
import { evaluate } from "../../models/permissions";
import { arnOf } from "../inventory/arns";
import type { Platform } from "../inventory/platform";
import type { Resource } from "../inventory/resource";
import { fail, pass, unknown, type Verdict } from "../policy/verdict";
import { contextOf } from "./decide";
import { identityOf } from "./identity";
import { judgeAssumption } from "./trust";

/** What a service has to be allowed to call, by the type of what it starts. */
const starts: Readonly<Record<string, string>> = {
  aws_lambda_function: "lambda:InvokeFunction",
  aws_sfn_state_machine: "states:StartExecution",
  aws_sns_topic: "sns:Publish",
  aws_sqs_queue: "sqs:SendMessage",
};

/** Argument that hands a role to a service; undefined: the type has none. */
export const roleArgument = (resource: Resource): string | undefined =>
  resourceType(resource.type)?.assumesRole?.argument;

/** The role that the resource hands to its service: by reference, or by a literal name or ARN of a role of the platform. */
export function handedRole(resource: Resource, argument: string, platform: Platform): Resource | undefined {
  const referred = resource.resource(argument);
  if (referred !== undefined) return referred.type === "aws_iam_role" ? referred : undefined;
  const written = resource.text(argument);
  return platform
    .ofType("aws_iam_role")
    .find(
      (role) =>
        written !== undefined && [role.text("name"), arnOf(role, platform.environment.accountId)].includes(written),
    );
}

/** Whether the role is there, and its service may assume it where SC-23 does not see who is handed it. */
export function judgeHandedRole(resource: Resource, platform: Platform): readonly Verdict[] {
  const known = resourceType(resource.type)?.assumesRole;
  if (known === undefined || !resource.has(known.argument)) return [];
  const { argument, service } = known;
  const referred = resource.resource(argument);
  const written = resource.expanded(argument) ?? "nothing";
  if (referred?.mode === "data") return [unknown(`${argument}: ${written} is not part of the platform`, argument)];
  const role = handedRole(resource, argument, platform);
  if (role === undefined)
    return /:role\/aws-service-role\//.test(written)
      ? [pass("a role that AWS makes for the service")]
      : [
          fail({
            expected: `${argument} is a role of the platform`,
            actual: written,
            message: `${resource.label} is handed ${written}, which is no role of the platform: ${service} gets no credentials`,
          }),
        ];
  const assumption = {
    service,
    actions: ["sts:AssumeRole"],
    who: resource.label,
    context: {
      "aws:SourceAccount": platform.environment.accountId,
      "aws:SourceArn": arnOf(resource, platform.environment.accountId) ?? "",
    },
  };
  return [pass(role.label), ...(referred === undefined ? [judgeAssumption(role, assumption, platform)] : [])];
}

/** Whether a role may start what its service is to start with it. */
export function judgeStart(role: Resource, started: Resource, platform: Platform): readonly Verdict[] {
  const action = starts[started.type];
  const { accountId } = platform.environment;
  const arn = arnOf(started, accountId);
  if (action === undefined || arn === undefined) return [];
  const identity = identityOf(role, platform);
  const decision = evaluate(
    {
      principal: { kind: "role", arn: arnOf(role, accountId) ?? role.label, account: accountId },
      action,
      resource: arn,
      resourceAccount: accountId,
      context: contextOf(platform, started.region ?? "", {}),
    },
    {
      identity: identity.statements,
      ...(identity.boundary ? { boundary: identity.boundary } : {}),
      resourceDecides: "either",
    },
  );
  if (decision.allowed) return [pass(`${role.text("name") ?? role.name} may call ${action}`)];
  if (identity.unreadable.length > 0) return [unknown(identity.unreadable.join("; "))];
  return [
    fail({
      expected: `role ${role.text("name") ?? role.name} may call ${action} on ${arn}`,
      actual: decision.reason,
      message: `role ${role.text("name") ?? role.name} may not call ${action} on ${arn} (${decision.reason}): it is never started`,
    }),
  ];
}
