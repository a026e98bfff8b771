import { EksAddon } from "@cdktf/provider-aws/lib/eks-addon";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { addOnVersion } from "../../../catalog/charts/add-ons";
import { type Declaration, Guarded } from "../../guarded";
import { WorkloadRole } from "./workload-role";

export interface ClusterAddOnsProps {
  readonly clusterName: string;
  readonly clusterArn: string;
  readonly accountId: string;
  readonly namePrefix: string;
  /** Minor version that the add-ons' versions are chosen for. */
  readonly kubernetesMinor: string;
  readonly declaration: Declaration;
}

/**
 * The cluster's own add-ons in the order in which they work: Pod Identity agent and network before the first node,
 * everything that needs a node after it.
 */
export class ClusterAddOns extends Guarded {
  static readonly guardedBy = ["DE-07", "NW-11", "SC-10", "CP-04", "SU-07"] as const;

  /** What a node needs before it joins. */
  readonly beforeNodes: ITerraformDependable[];
  private readonly props: ClusterAddOnsProps;

  constructor(scope: Construct, id: string, props: ClusterAddOnsProps) {
    super(scope, id, props.declaration);
    this.props = props;
    const agent = this.addOn("eks-pod-identity-agent", {});
    const network = this.addOn("vpc-cni", {
      serviceAccount: "aws-node",
      managedPolicyArn: "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
      dependsOn: [agent],
      configuration: {
        // Without this the agent that enforces NetworkPolicies does not run, and every policy is decoration.
        // Standard mode: a new pod is unrestricted for the second or two until the agent has its policies (aws-network-policy-agent
        // issue 271). Strict mode would deny everything to pods without a policy, those of kube-system among them.
        enableNetworkPolicy: "true",
        env: { ENABLE_PREFIX_DELEGATION: "true", WARM_PREFIX_TARGET: "1", AWS_VPC_K8S_CNI_EXTERNALSNAT: "false" },
      },
    });
    this.beforeNodes = [agent, network, this.addOn("kube-proxy", {})];
  }

  /** Adds what runs on nodes; returns what workloads wait for. */
  addAfterNodes(nodes: ITerraformDependable[]): ITerraformDependable[] {
    const snapshots = this.addOn("snapshot-controller", { dependsOn: nodes });
    return [
      this.addOn("coredns", { dependsOn: nodes }),
      snapshots,
      this.addOn("aws-ebs-csi-driver", {
        serviceAccount: "ebs-csi-controller-sa",
        managedPolicyArn: "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
        dependsOn: [...nodes, snapshots],
      }),
      this.addOn("eks-node-monitoring-agent", { dependsOn: nodes }),
    ];
  }

  private addOn(
    name: string,
    options: {
      serviceAccount?: string;
      managedPolicyArn?: string;
      configuration?: Record<string, unknown>;
      dependsOn?: ITerraformDependable[];
    },
  ): EksAddon {
    const { clusterName, clusterArn, accountId, namePrefix } = this.props;
    const role =
      options.serviceAccount && options.managedPolicyArn
        ? new WorkloadRole(this, `${name}-role`, {
            name: `${namePrefix}-${name}`,
            clusterName,
            clusterArn,
            accountId,
            namespace: "kube-system",
            serviceAccount: options.serviceAccount,
            managedPolicyArns: [options.managedPolicyArn],
            associate: false,
            declaration: this.props.declaration,
          })
        : undefined;
    const version = addOnVersion(name, this.props.kubernetesMinor);
    return new EksAddon(this, name, {
      clusterName,
      addonName: name,
      ...(version === undefined ? {} : { addonVersion: version }),
      resolveConflictsOnCreate: "OVERWRITE",
      resolveConflictsOnUpdate: "OVERWRITE",
      preserve: false,
      ...(options.configuration ? { configurationValues: JSON.stringify(options.configuration) } : {}),
      ...(role && options.serviceAccount
        ? { podIdentityAssociation: [{ serviceAccount: options.serviceAccount, roleArn: role.arn }] }
        : {}),
      ...(options.dependsOn ? { dependsOn: options.dependsOn } : {}),
    });
  }
}
