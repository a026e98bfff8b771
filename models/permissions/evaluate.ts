import { meets } from "./conditions";
import { matchesArn, matchesPattern } from "./patterns";
import type { ApplicablePolicies, Decision, PermissionRequest, Principal, Statement } from "./types";

/**
 * Decides one call as IAM does: an explicit denial anywhere wins, then every kind of policy that applies must allow.
 * A condition that cannot be decided counts against the call: its Allow does not apply, its Deny does.
 * Source: IAM user guide, "Policy evaluation logic", read 2026-11-28.
 */
export function evaluate(request: PermissionRequest, policies: ApplicablePolicies): Decision {
  const { identity, boundary, resource, endpoints = [] } = policies;
  const written = [
    ["its own policies", identity],
    ["its permissions boundary", boundary ?? []],
    ["the policy of the resource", resource ?? []],
    ...endpoints.map((one): [string, readonly Statement[]] => ["the policy of the VPC endpoint", one]),
  ] as const;
  for (const [where, statements] of written)
    if (statements.some((one) => one.effect === "Deny" && applies(one, request, "Deny")))
      return refused(`${where}: an explicit Deny`);
  if (endpoints.some((one) => !allows(one, request)))
    return refused("the policy of the VPC endpoint does not allow it");
  const byResource = resource !== undefined && resourceAllows(resource, request);
  if (request.principal.kind === "service")
    return byResource ? { allowed: true } : refused("the policy of the resource does not allow the service");
  return roleDecision(request, policies, byResource);
}

function roleDecision(request: PermissionRequest, policies: ApplicablePolicies, byResource: boolean): Decision {
  const { identity, boundary, resource, resourceDecides } = policies;
  const byIdentity = allows(identity, request) && (boundary === undefined || allows(boundary, request));
  if (resourceDecides === "resource") {
    if (byResource) return { allowed: true };
    if (resource === undefined || !givesToAccount(resource, request))
      return refused("the policy of the resource allows neither the role nor the account");
    return byIdentity ? { allowed: true } : refused(lacking(identity, boundary, request));
  }
  return byIdentity || byResource ? { allowed: true } : refused(lacking(identity, boundary, request));
}

const refused = (reason: string): Decision => ({ allowed: false, reason });

function lacking(
  identity: readonly Statement[],
  boundary: readonly Statement[] | undefined,
  request: PermissionRequest,
): string {
  return boundary !== undefined && allows(identity, request)
    ? "its permissions boundary does not allow it"
    : "no policy of the role allows it";
}

const allows = (statements: readonly Statement[], request: PermissionRequest): boolean =>
  statements.some((one) => one.effect === "Allow" && applies(one, request, "Allow"));

/** A resource policy that names the principal itself; the account alone only hands the decision to IAM. */
const resourceAllows = (statements: readonly Statement[], request: PermissionRequest): boolean =>
  statements.some((one) => one.effect === "Allow" && names(one, request.principal) && applies(one, request, "Allow"));

const givesToAccount = (statements: readonly Statement[], request: PermissionRequest): boolean =>
  statements.some(
    (one) =>
      one.effect === "Allow" &&
      request.principal.kind === "role" &&
      one.principals.some((principal) => isAccount(principal, request.resourceAccount)) &&
      request.principal.account === request.resourceAccount &&
      applies(one, request, "Allow"),
  );

const isAccount = (principal: string, account: string): boolean =>
  principal === `AWS:arn:aws:iam::${account}:root` || principal === `AWS:${account}`;

function names({ principals, notPrincipals }: Statement, principal: Principal): boolean {
  const id = principal.kind === "role" ? `AWS:${principal.arn}` : `Service:${principal.name}`;
  if (notPrincipals.length > 0) return !notPrincipals.includes(id);
  return principals.some((one) => one === "*" || one === "AWS:*" || one === id);
}

/** Identity policies name no principal; the others name the caller, its account, or everybody. */
function concerns(statement: Statement, { principal }: PermissionRequest): boolean {
  if (statement.principals.length + statement.notPrincipals.length === 0) return true;
  return (
    names(statement, principal) ||
    (principal.kind === "role" && statement.principals.some((one) => isAccount(one, principal.account)))
  );
}

function applies(statement: Statement, request: PermissionRequest, effect: Statement["effect"]): boolean {
  const action = (pattern: string): boolean => matchesPattern(pattern, request.action, false);
  const resource = (pattern: string): boolean => pattern === "*" || matchesArn(pattern, request.resource);
  if (!concerns(statement, request)) return false;
  if (statement.notActions.length > 0 ? statement.notActions.some(action) : !statement.actions.some(action))
    return false;
  if (statement.notResources.length > 0) {
    if (statement.notResources.some(resource)) return false;
  } else if (statement.resources.length > 0 && !statement.resources.some(resource)) return false;
  return statement.conditions.every((one) => meets(one, request.context) ?? effect === "Deny");
}
