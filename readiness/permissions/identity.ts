import { managedPolicies } from "../../catalog/permissions/managed-policies";
import type { Statement } from "../../models/permissions";
import { perPlatform } from "../figures/per-platform";
import type { Platform } from "../inventory/platform";
import type { Resource } from "../inventory/resource";

/** What the policies of one IAM role grant. */
export interface Identity {
  readonly role: Resource;
  readonly statements: readonly Statement[];
  /** Of the permissions boundary. @default none - the role has no boundary */
  readonly boundary?: readonly Statement[];
  /** Policies whose content is not known. */
  readonly unreadable: readonly string[];
}

/** Of a role that may do everything in IAM: what it is refused nevertheless, a policy of the resource refuses. */
export const allowsEverything: Statement = {
  effect: "Allow",
  actions: ["*"],
  notActions: [],
  resources: ["*"],
  notResources: [],
  principals: [],
  notPrincipals: [],
  conditions: [],
};

/** A policy attached to roles, users or groups by its ARN. */
export interface Attachment {
  readonly resource: Resource;
  /** Roles of the platform that it is attached to. */
  readonly roles: readonly Resource[];
  /** ARN of the policy as written, with references replaced where they are known. */
  readonly policyArn: string;
  /** The policy, if the platform makes it. */
  readonly policy: Resource | undefined;
}

/** Attachments of every form that the AWS provider has. */
export const attachmentsOf = perPlatform((platform: Platform): readonly Attachment[] => [
  ...platform
    .ofType(
      "aws_iam_role_policy_attachment",
      "aws_iam_policy_attachment",
      "aws_iam_user_policy_attachment",
      "aws_iam_group_policy_attachment",
    )
    .map((resource) => attachment(resource, "policy_arn", rolesNamed(resource, platform))),
  ...platform.ofType("aws_iam_role").flatMap((role) =>
    role.list("managed_policy_arns").map((policyArn, index) => ({
      resource: role,
      roles: [role],
      policyArn,
      policy: role.resource(`managed_policy_arns.${index}`),
    })),
  ),
  ...platform.ofType("aws_iam_role_policy_attachments_exclusive").flatMap((resource) =>
    resource.list("policy_arns").map((policyArn, index) => ({
      resource,
      roles: rolesNamed(resource, platform),
      policyArn,
      policy: resource.resource(`policy_arns.${index}`),
    })),
  ),
]);

function attachment(resource: Resource, argument: string, roles: readonly Resource[]): Attachment {
  return {
    resource,
    roles,
    policyArn: resource.expanded(argument) ?? "nothing",
    policy: resource.resource(argument),
  };
}

/** Roles by reference or by literal name. */
function rolesNamed(resource: Resource, platform: Platform): readonly Resource[] {
  const referred = ["role", "roles", "role_name"].flatMap((field) => resource.resources(field));
  const names = [resource.text("role"), resource.text("role_name"), ...resource.list("roles")];
  const byName = platform.ofType("aws_iam_role").filter((role) => names.includes(role.text("name")));
  return [...new Set([...referred.filter(({ type }) => type === "aws_iam_role"), ...byName])];
}

const identities = new WeakMap<Platform, Map<Resource, Identity>>();

/** Everything that is attached to the role, inline or managed. */
export function identityOf(role: Resource, platform: Platform): Identity {
  const known = identities.get(platform) ?? new Map<Resource, Identity>();
  identities.set(platform, known);
  const identity = known.get(role) ?? gathered(role, platform);
  known.set(role, identity);
  return identity;
}

function gathered(role: Resource, platform: Platform): Identity {
  const inline = platform.policyDocuments.filter(
    ({ resource, argument }) =>
      (resource === role && argument.startsWith("inline_policy")) ||
      (resource.type === "aws_iam_role_policy" && rolesNamed(resource, platform).includes(role)),
  );
  const attached = attachmentsOf(platform)
    .filter(({ roles }) => roles.includes(role))
    .map(({ policy, policyArn }) => documentOf(policy, policyArn, platform));
  const boundary = role.has("permissions_boundary")
    ? documentOf(role.resource("permissions_boundary"), role.expanded("permissions_boundary") ?? "", platform)
    : undefined;
  return {
    role,
    statements: [...inline.flatMap(({ statements }) => statements), ...attached.flatMap((one) => one.statements)],
    ...(boundary ? { boundary: boundary.statements } : {}),
    unreadable: [
      ...inline.flatMap(({ unreadable, label, argument }) =>
        unreadable === undefined ? [] : [`${argument} of ${label}: ${unreadable}`],
      ),
      ...[...attached, ...(boundary ? [boundary] : [])].flatMap(({ unreadable }) => unreadable ?? []),
    ],
  };
}

function documentOf(
  policy: Resource | undefined,
  arn: string,
  platform: Platform,
): { statements: readonly Statement[]; unreadable?: string } {
  const own = policy && platform.policyDocuments.find(({ resource }) => resource === policy);
  if (own)
    return own.unreadable === undefined
      ? { statements: own.statements }
      : { statements: [], unreadable: `${own.label}: ${own.unreadable}` };
  const managed = managedPolicies.get(arn);
  return managed
    ? { statements: managed }
    : { statements: [], unreadable: `${arn} is not in catalog/permissions/managed-policies.json` };
}
