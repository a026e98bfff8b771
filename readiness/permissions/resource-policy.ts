import { resourceType } from "../../catalog/resource-types";
import type { Statement } from "../../models/permissions";
import type { Platform } from "../inventory/platform";
import type { Resource } from "../inventory/resource";

export interface ResourcePolicy {
  /** Undefined: the resource has no policy. */
  readonly statements: readonly Statement[] | undefined;
  readonly unreadable?: string;
}

/** Policy of a key, bucket, topic, queue, secret or repository, in its own argument or in a resource beside it. */
export function resourcePolicyOf(resource: Resource, platform: Platform): ResourcePolicy {
  const documents = platform.policyDocuments.filter(({ resource: holder, argument }) => {
    if (holder === resource) return argument === "policy";
    const named = resourceType(holder.type)?.policyOf;
    return named !== undefined && holder.resource(named) === resource;
  });
  const unreadable = documents.find((one) => one.unreadable !== undefined);
  if (unreadable?.unreadable !== undefined) return { statements: undefined, unreadable: unreadable.unreadable };
  if (documents.length > 0) return { statements: documents.flatMap(({ statements }) => statements) };
  return { statements: defaults(resource, platform.environment.accountId) };
}

/** Policies that AWS writes where none is given: KMS developer guide, default key policy; SNS access policy of a new topic. */
function defaults({ type }: Resource, account: string): readonly Statement[] | undefined {
  const everything = { notActions: [], resources: ["*"], notResources: [], notPrincipals: [], conditions: [] };
  if (type === "aws_kms_key" || type === "aws_kms_replica_key")
    return [{ ...everything, effect: "Allow", actions: ["kms:*"], principals: [`AWS:arn:aws:iam::${account}:root`] }];
  // The default topic policy admits callers of the owner's account, services that act for it included.
  return type === "aws_sns_topic"
    ? [{ ...everything, effect: "Allow", actions: ["sns:Publish"], principals: ["*"] }]
    : undefined;
}

/** Policies of the VPC endpoints of a region that calls to a service pass. */
export function endpointPolicies(
  platform: Platform,
  region: string,
  service: string,
): readonly (readonly Statement[])[] {
  return platform
    .ofType("aws_vpc_endpoint")
    .filter((one) => one.region === region && one.text("service_name")?.endsWith(`.${service}`))
    .flatMap((endpoint) => platform.policyDocuments.filter(({ resource }) => resource === endpoint))
    .map(({ statements }) => statements);
}
