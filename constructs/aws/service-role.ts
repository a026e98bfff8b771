import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { Construct } from "constructs";

export interface ServiceRoleProps {
  /** Prefix of the role's name; the id follows. Unique in the account, across regions. */
  readonly name: string;
  /** Service principal that assumes the role, such as `states.amazonaws.com`. */
  readonly service: string;
  readonly statements: readonly object[];
}

/** Who may assume a role: one AWS service and no other principal. */
export const trustOf = (service: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } }],
  });

/** A role `<id>-role` of one AWS service, with its permissions as the inline policy `<id>-permissions`. */
export function serviceRole(
  scope: Construct,
  id: string,
  { name, service, statements }: ServiceRoleProps,
): { readonly role: IamRole; readonly policy: IamRolePolicy } {
  const role = new IamRole(scope, `${id}-role`, {
    name: `${name}-${id}`,
    assumeRolePolicy: trustOf(service),
  });
  const policy = new IamRolePolicy(scope, `${id}-permissions`, {
    name: id,
    role: role.id,
    policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
  });
  return { role, policy };
}
