import { label } from "../../../contract";
import { EksNodeGroup } from "@cdktf/provider-aws/lib/eks-node-group";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Pool } from "../../../config/environment";
import { type Declaration, Guarded } from "../../guarded";
import { type KubeletSettings, nodeConfigUserData } from "./node-config";

export interface NodePoolProps {
  readonly poolName: string;
  readonly pool: Pool;
  readonly clusterName: string;
  /** Of the cluster: Terraform updates a group's nodes when this argument changes, and leaves them behind without it. */
  readonly kubernetesVersion: string;
  readonly nodeRoleArn: string;
  /** Private subnets, one a zone. */
  readonly subnets: readonly { readonly id: string; readonly zone: string }[];
  readonly tags: Record<string, string>;
  readonly kubelet: KubeletSettings;
  /** The network add-on: a node that joins without it never becomes ready. */
  readonly dependsOn: ITerraformDependable[];
  readonly declaration: Declaration;
}

export const POOL_LABEL = label.pool;
export const CAPACITY_LABEL = label.capacity;
const NODE_TEMPLATE = "k8s.io/cluster-autoscaler/node-template";

/**
 * A pool of nodes: on-demand groups as its floor and, if asked for, diversified Spot groups; of each kind one a zone.
 *
 * The autoscaler takes a group of several zones for one of its first zone (cloudprovider/aws, buildNodeFromTemplate) and
 * could then not know where a spread constraint or a volume needs a node, and EC2 would rebalance the group's zones behind
 * its back. What a node of an empty group offers it reads from the tags of the node group (DescribeNodegroup): by itself it
 * knows CPU and memory of the machine, labels and taints, and no disk. Both read 2026-11-28.
 *
 * A change that replaces a group (instance types, disk, subnets) makes the new group first and drains the old one then.
 */
export class NodePool extends Guarded {
  static readonly guardedBy = [
    "CP-14",
    "AV-09",
    "CP-12",
    "CP-13",
    "SC-12",
    "SC-17",
    "DE-08",
    "CP-03",
    "CP-04",
    "CP-09",
    "CP-11",
    "CP-19",
    "CP-20",
    "CP-21",
    "SU-19",
    "WL-17",
  ] as const;

  readonly groups: EksNodeGroup[] = [];

  constructor(scope: Construct, id: string, props: NodePoolProps) {
    super(scope, id, props.declaration);
    this.addGroups("on-demand", props.pool.onDemand, props);
    if (props.pool.spot) this.addGroups("spot", props.pool.spot, props);
  }

  private addGroups(
    kind: "on-demand" | "spot",
    { instanceTypes, min, max }: Pool["onDemand"],
    props: NodePoolProps,
  ): void {
    const template = this.addLaunchTemplate(kind, props);
    const zones = props.subnets.length;
    for (const [index, { id, zone }] of props.subnets.entries()) {
      const most = share(max, zones, index);
      if (most === 0) continue;
      this.addGroup(
        `${kind}-${zone}`,
        kind,
        template,
        id,
        { instanceTypes, min: share(min, zones, index), max: most },
        props,
      );
    }
  }

  private addGroup(
    name: string,
    kind: "on-demand" | "spot",
    template: LaunchTemplate,
    subnetId: string,
    size: Pool["onDemand"],
    props: NodePoolProps,
  ): void {
    const taints = [
      ...(props.pool.dedicated ? [{ key: POOL_LABEL, value: props.poolName, effect: "NO_SCHEDULE" }] : []),
      // Preferred, not required: pods go to on-demand nodes while those have room, so the minimum stays there.
      ...(kind === "spot" ? [{ key: CAPACITY_LABEL, value: kind, effect: "PREFER_NO_SCHEDULE" }] : []),
    ];
    this.groups.push(
      new EksNodeGroup(this, name, {
        clusterName: props.clusterName,
        version: props.kubernetesVersion,
        // A prefix, because two groups exist while one replaces the other. At most 37 characters.
        nodeGroupNamePrefix: `${props.poolName}-${name}-`,
        nodeRoleArn: props.nodeRoleArn,
        subnetIds: [subnetId],
        amiType: "AL2023_x86_64_STANDARD",
        capacityType: kind === "spot" ? "SPOT" : "ON_DEMAND",
        instanceTypes: size.instanceTypes,
        scalingConfig: { minSize: size.min, maxSize: size.max, desiredSize: size.min },
        launchTemplate: { id: template.id, version: `\${${template.fqn}.latest_version}` },
        labels: { [POOL_LABEL]: props.poolName, [CAPACITY_LABEL]: kind },
        ...(taints.length > 0 ? { taint: taints } : {}),
        nodeRepairConfig: { enabled: true },
        updateConfig: { maxUnavailable: 1 },
        tags: { ...props.tags, ...nodeTemplateTags(props.kubelet) },
        // The autoscaler owns the desired size once the group exists.
        lifecycle: { ignoreChanges: ["scaling_config[0].desired_size"], createBeforeDestroy: true },
        dependsOn: props.dependsOn,
      }),
    );
  }

  private addLaunchTemplate(kind: string, props: NodePoolProps): LaunchTemplate {
    const name = `${props.clusterName}-${props.poolName}-${kind}`;
    return new LaunchTemplate(this, `${kind}-template`, {
      name,
      updateDefaultVersion: true,
      userData: nodeConfigUserData(props.kubelet),
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        httpPutResponseHopLimit: 1,
        instanceMetadataTags: "disabled",
      },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: { volumeType: "gp3", volumeSize: props.pool.diskGiB, encrypted: "true", deleteOnTermination: "true" },
        },
      ],
      monitoring: { enabled: false },
      tagSpecifications: [
        { resourceType: "instance", tags: { ...props.tags, Name: name } },
        { resourceType: "volume", tags: { ...props.tags, Name: name } },
      ],
    });
  }
}

/** What the autoscaler takes for granted of a node that does not exist yet. */
function nodeTemplateTags({ maxPods, allocatable }: KubeletSettings): Record<string, string> {
  const resources = {
    cpu: `${allocatable.cpuMillis}m`,
    memory: `${allocatable.memoryMiB}Mi`,
    "ephemeral-storage": `${allocatable.ephemeralStorageMiB}Mi`,
    pods: String(maxPods),
  };
  return Object.fromEntries(
    Object.entries(resources).map(([name, amount]) => [`${NODE_TEMPLATE}/resources/${name}`, amount]),
  );
}

/** Nodes of a pool divided over its zones; the first zones take what is left over. */
function share(total: number, zones: number, index: number): number {
  return Math.floor(total / zones) + (index < total % zones ? 1 : 0);
}
