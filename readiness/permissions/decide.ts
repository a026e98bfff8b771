import type { PermissionNeed } from "../../catalog/permissions/needs";
import { type Decision, evaluate, type PermissionRequest } from "../../models/permissions";
import { arnOf } from "../inventory/arns";
import type { Platform } from "../inventory/platform";
import type { Resource } from "../inventory/resource";
import { fail, pass, unknown, type Verdict } from "../policy/verdict";
import { calledResources } from "./called-resources";
import type { CalledResource } from "./called/resource";
import { identityOf } from "./identity";
import { endpointPolicies, resourcePolicyOf } from "./resource-policy";
import type { Software } from "./software";

/** Kinds of software whose calls leave through the VPC of their region. */
const insideVpc = ["chart", "add-on", "node", "application"];

/** Whether the role of the software may do what one need asks for, on every resource of it. */
export function judgeNeed(software: Software, need: PermissionNeed, role: Resource, platform: Platform): Verdict {
  const resources =
    need.resources?.map((arn): CalledResource => ({ arn, label: arn })) ?? calledResources(need.on, software, platform);
  const identity = identityOf(role, platform);
  const refused = resources.flatMap((resource) =>
    need.actions.flatMap((action) => {
      const decision = decide(software, need, action, resource, role, platform);
      return decision.allowed ? [] : [{ action, resource, reason: decision.reason }];
    }),
  );
  const [first] = refused;
  if (first === undefined)
    return pass(`${software.who}: ${need.actions.join(", ")} on ${resources.length} of ${need.on}`);
  if (identity.unreadable.length > 0 && first.reason.startsWith("no policy of the role"))
    return unknown(`${software.who}: ${identity.unreadable.join("; ")}`);
  const actions = [...new Set(refused.map(({ action }) => action))];
  const where = [...new Set(refused.map(({ resource }) => resource.label))];
  return fail({
    expected: `${software.who} may call ${actions.join(", ")} on ${where.join(", ")}`,
    actual: first.reason,
    message: `${software.who} may not call ${actions.join(", ")} on ${where.join(", ")} (${first.reason}): ${need.otherwise}`,
  });
}

function decide(
  software: Software,
  need: PermissionNeed,
  action: string,
  called: CalledResource,
  role: Resource,
  platform: Platform,
): Decision {
  const { accountId } = platform.environment;
  const identity = identityOf(role, platform);
  const policy = called.resource && resourcePolicyOf(called.resource, platform);
  if (policy?.unreadable !== undefined)
    return { allowed: false, reason: `the policy of ${called.label}: ${policy.unreadable}` };
  const service = action.split(":")[0] ?? "";
  const request: PermissionRequest = {
    principal: { kind: "role", arn: arnOf(role, accountId) ?? role.label, account: accountId },
    action,
    resource: called.arn,
    resourceAccount: accountId,
    context: contextOf(platform, software.region, { ...need.context, ...called.context }),
  };
  return evaluate(request, {
    identity: identity.statements,
    ...(identity.boundary ? { boundary: identity.boundary } : {}),
    ...(policy?.statements ? { resource: policy.statements } : {}),
    endpoints: insideVpc.includes(software.kind) ? endpointPolicies(platform, software.region, service) : [],
    resourceDecides: service === "kms" && policy !== undefined ? "resource" : "either",
  });
}

/** Condition keys that every call of the platform has. */
export function contextOf(
  { environment: { accountId } }: Platform,
  region: string,
  more: Readonly<Record<string, string>>,
): PermissionRequest["context"] {
  const common = {
    "aws:SecureTransport": "true",
    // The newest that S3 speaks (Amazon S3 user guide, "Enforcing TLS", read 2026-11-29): a policy that asks for more refuses every call.
    "s3:TlsVersion": "1.3",
    "aws:RequestedRegion": region,
    "aws:PrincipalAccount": accountId,
    "aws:ResourceAccount": accountId,
    "kms:CallerAccount": accountId,
  };
  return Object.fromEntries(Object.entries({ ...common, ...more }).map(([key, value]) => [key, [value]]));
}
