import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { EksAccessEntry } from "@cdktf/provider-aws/lib/eks-access-entry";
import { EksAccessPolicyAssociation } from "@cdktf/provider-aws/lib/eks-access-policy-association";
import { EksCluster } from "@cdktf/provider-aws/lib/eks-cluster";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import type { Construct } from "constructs";
import { type Declaration, Guarded } from "../../guarded";

export interface KubernetesClusterProps {
  readonly name: string;
  /** Minor version such as `1.36`. */
  readonly version: string;
  /** Subnets of the control plane's network interfaces, at least three zones. */
  readonly subnetIds: readonly string[];
  /** Networks that may reach the API endpoint from outside the VPC. */
  readonly apiAccessCidrs: readonly string[];
  /** The one IAM role with administrator rights in the cluster. */
  readonly adminRoleArn: string;
  /** Key that encrypts Kubernetes secrets and control-plane logs. */
  readonly keyArn: string;
  readonly logRetentionDays: number;
  /** Refuse deletion of the cluster. @default true */
  readonly protect?: boolean;
  readonly declaration: Declaration;
}

/** Addresses of Services. Written, because EKS else chooses one of two by the network's own range, and policies name the API server's. */
export const SERVICE_CIDR = "172.20.0.0/16";
const controlPlaneLogs = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/** EKS control plane: encrypted secrets, all logs, access by entries only, standard support, no implicit administrator. */
export class KubernetesCluster extends Guarded {
  static readonly guardedBy = [
    "NW-20",
    "SC-01",
    "SC-02",
    "SC-03",
    "SC-04",
    "SC-18",
    "SC-23",
    "SC-24",
    "SC-25",
    "SU-07",
    "DE-08",
    "OB-06",
  ] as const;

  readonly resource: EksCluster;
  /** Releases depend on it, so that destroy runs while the deploying role still has access. */
  readonly adminAccess: EksAccessPolicyAssociation;

  constructor(scope: Construct, id: string, props: KubernetesClusterProps) {
    super(scope, id, props.declaration);
    const role = new IamRole(this, "role", {
      name: `${props.name}-control-plane`,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["sts:AssumeRole", "sts:TagSession"],
            Principal: { Service: "eks.amazonaws.com" },
          },
        ],
      }),
    });
    const permissions = new IamRolePolicyAttachment(this, "role-policy", {
      role: role.name,
      policyArn: "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
    });
    const logs = new CloudwatchLogGroup(this, "logs", {
      name: `/aws/eks/${props.name}/cluster`,
      retentionInDays: props.logRetentionDays,
      kmsKeyId: props.keyArn,
    });
    this.resource = new EksCluster(this, "cluster", {
      name: props.name,
      version: props.version,
      roleArn: role.arn,
      vpcConfig: {
        subnetIds: [...props.subnetIds],
        endpointPrivateAccess: true,
        endpointPublicAccess: true,
        publicAccessCidrs: [...props.apiAccessCidrs],
      },
      kubernetesNetworkConfig: { ipFamily: "ipv4", serviceIpv4Cidr: SERVICE_CIDR },
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      bootstrapSelfManagedAddons: false,
      encryptionConfig: { resources: ["secrets"], provider: { keyArn: props.keyArn } },
      enabledClusterLogTypes: controlPlaneLogs,
      upgradePolicy: { supportType: "STANDARD" },
      zonalShiftConfig: { enabled: true },
      deletionProtection: props.protect ?? true,
      dependsOn: [permissions, logs],
    });
    const entry = new EksAccessEntry(this, "admin-entry", {
      clusterName: this.resource.name,
      principalArn: props.adminRoleArn,
      type: "STANDARD",
    });
    this.adminAccess = new EksAccessPolicyAssociation(this, "admin-access", {
      clusterName: this.resource.name,
      principalArn: props.adminRoleArn,
      policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
      accessScope: { type: "cluster" },
      dependsOn: [entry],
    });
  }
}
