import { EksPodIdentityAssociation } from "@cdktf/provider-aws/lib/eks-pod-identity-association";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { IamStatement } from "../../../catalog/charts/model/iam-statement";
import { type Declaration, Guarded } from "../../guarded";

export type { IamStatement };

export interface WorkloadRoleProps {
  /** Name of the role, unique in the account, at most 64 characters. */
  readonly name: string;
  readonly clusterName: string;
  readonly clusterArn: string;
  readonly accountId: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** What the pods may do. @default none - an AWS managed policy is given instead */
  readonly statements?: readonly IamStatement[];
  readonly managedPolicyArns?: readonly string[];
  /** Whether this construct associates the role; an EKS add-on makes its own association. @default true */
  readonly associate?: boolean;
  /** What must be there before the association, usually the Pod Identity agent. */
  readonly dependsOn?: ITerraformDependable[];
  readonly declaration?: Declaration;
}

/** An IAM role that pods of exactly one service account in one namespace of one cluster assume by EKS Pod Identity. */
export class WorkloadRole extends Guarded {
  static readonly guardedBy = ["SC-10", "SC-11", "SC-21", "SC-23", "SC-24", "WL-20", "DE-20"] as const;

  readonly arn: string;
  /** Depend on it before pods start: they get their credentials when they are created. */
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: WorkloadRoleProps) {
    super(scope, id, props.declaration);
    const role = new IamRole(this, "role", {
      name: props.name,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["sts:AssumeRole", "sts:TagSession"],
            Principal: { Service: "pods.eks.amazonaws.com" },
            // The service tags sessions with the pod's identity; the account and cluster conditions keep others out.
            Condition: {
              StringEquals: { "aws:SourceAccount": props.accountId },
              ArnEquals: { "aws:SourceArn": props.clusterArn },
            },
          },
        ],
      }),
    });
    this.arn = role.arn;
    if (props.statements)
      new IamRolePolicy(this, "permissions", {
        name: "permissions",
        role: role.id,
        policy: JSON.stringify({ Version: "2012-10-17", Statement: props.statements }),
      });
    for (const [index, policyArn] of (props.managedPolicyArns ?? []).entries())
      new IamRolePolicyAttachment(this, `managed-policy-${index}`, { role: role.name, policyArn });
    this.ready =
      props.associate === false
        ? []
        : [
            new EksPodIdentityAssociation(this, "association", {
              clusterName: props.clusterName,
              namespace: props.namespace,
              serviceAccount: props.serviceAccount,
              roleArn: role.arn,
              ...(props.dependsOn ? { dependsOn: props.dependsOn } : {}),
            }),
          ];
  }
}
