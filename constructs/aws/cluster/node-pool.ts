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

/**
 * A pool of nodes: on-demand groups as its floor, one a zone, so that the autoscaler can add a node in the zone where a
 * spread constraint or a volume needs it; and, if asked for, one diversified Spot group over all zones.
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
  ] as const;

  readonly groups: EksNodeGroup[] = [];

  constructor(scope: Construct, id: string, props: NodePoolProps) {
    super(scope, id, props.declaration);
    this.addOnDemand(props);
    if (props.pool.spot) this.addSpot(props.pool.spot, props);
  }

  private addOnDemand(props: NodePoolProps): void {
    const { instanceTypes, min, max } = props.pool.onDemand;
    const template = this.addLaunchTemplate("on-demand", instanceTypes, props);
    const zones = props.subnets.length;
    for (const [index, subnet] of props.subnets.entries())
      this.addGroup(
        `on-demand-${subnet.zone}`,
        "on-demand",
        template,
        [subnet.id],
        {
          instanceTypes,
          min: share(min, zones, index),
          max: share(max, zones, index),
        },
        props,
      );
  }

  private addSpot(spot: Pool["onDemand"], props: NodePoolProps): void {
    const template = this.addLaunchTemplate("spot", spot.instanceTypes, props);
    this.addGroup(
      "spot",
      "spot",
      template,
      props.subnets.map((subnet) => subnet.id),
      spot,
      props,
    );
  }

  private addGroup(
    name: string,
    kind: "on-demand" | "spot",
    template: LaunchTemplate,
    subnetIds: string[],
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
        nodeGroupName: `${props.poolName}-${name}`,
        nodeRoleArn: props.nodeRoleArn,
        subnetIds,
        amiType: "AL2023_x86_64_STANDARD",
        capacityType: kind === "spot" ? "SPOT" : "ON_DEMAND",
        instanceTypes: size.instanceTypes,
        scalingConfig: { minSize: size.min, maxSize: size.max, desiredSize: size.min },
        launchTemplate: { id: template.id, version: `\${${template.fqn}.latest_version}` },
        labels: { [POOL_LABEL]: props.poolName, [CAPACITY_LABEL]: kind },
        ...(taints.length > 0 ? { taint: taints } : {}),
        nodeRepairConfig: { enabled: true },
        updateConfig: { maxUnavailable: 1 },
        tags: props.tags,
        // The autoscaler owns the desired size once the group exists.
        lifecycle: { ignoreChanges: ["scaling_config[0].desired_size"] },
        dependsOn: props.dependsOn,
      }),
    );
  }

  private addLaunchTemplate(kind: string, instanceTypes: readonly string[], props: NodePoolProps): LaunchTemplate {
    const name = `${props.clusterName}-${props.poolName}-${kind}`;
    const burstable = instanceTypes.some((type) => type.startsWith("t"));
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
      // Standard credits: with unlimited credits a busy burstable Spot node costs more than on-demand.
      ...(burstable ? { creditSpecification: { cpuCredits: "standard" } } : {}),
      monitoring: { enabled: false },
      tagSpecifications: [
        { resourceType: "instance", tags: { ...props.tags, Name: name } },
        { resourceType: "volume", tags: { ...props.tags, Name: name } },
      ],
    });
  }
}

/** Nodes of a pool divided over its zones; the first zones take what is left over. */
function share(total: number, zones: number, index: number): number {
  return Math.floor(total / zones) + (index < total % zones ? 1 : 0);
}
