import type { ResourceKind } from "../../../catalog/permissions/needs";
import type { Platform } from "../../inventory/platform";
import type { Software } from "../software";
import { accountOf, called, type CalledResource, type Find, key, via } from "./resource";

/** What controllers and nodes of a cluster call in EC2, Auto Scaling, load balancing and ECR. */
export const clusterFinders = {
  "bound-target-groups": ({ region }, platform) =>
    platform.objects
      .filter((one) => one.object.kind === "TargetGroupBinding" && one.region === region)
      .flatMap((binding) => binding.resource.resources("values").filter(({ type }) => type === "aws_lb_target_group"))
      .map((group) => called(group, platform)),
  "network-interfaces": ({ region }, platform) => [made("network-interface/eni-0", region, platform)],
  "node-groups": ({ region }, platform) =>
    platform.nodeGroups.filter((group) => group.region === region).map(({ resource }) => called(resource, platform)),
  "scaling-groups": scalingGroups,
  "pulled-repositories": pulledRepositories,
  "keys-of-storage-classes": ({ region }, platform) =>
    platform.storageClasses
      .filter((one) => one.region === region && one.parameters["kmsKeyId"] !== undefined)
      .flatMap((one) =>
        key(
          one.resource.resources("parameters").find(({ type }) => /^aws_kms_/.test(type)),
          platform,
          { ...via("ec2", region), "kms:GrantIsForAWSResource": "true" },
          one.parameters["kmsKeyId"],
        ),
      ),
  snapshots: ({ region }, platform) => [
    { ...made("snapshot/snap-0", region, platform), context: byDriver("CSIVolumeSnapshotName") },
  ],
  volumes: ({ region }, platform) => [
    { ...made("volume/vol-0", region, platform), context: byDriver("CSIVolumeName") },
  ],
} as const satisfies Readonly<Partial<Record<ResourceKind, Find>>>;

const made = (name: string, region: string, platform: Platform): CalledResource => ({
  arn: `arn:aws:ec2:${region}:${accountOf(platform)}:${name}`,
  label: `${name.split("/")[0] ?? name}s of the cluster`,
});

/** Tags that the EBS driver puts on what it makes. Source: aws-ebs-csi-driver docs/tagging.md, read 2026-11-28. */
const byDriver = (name: string): Record<string, string> =>
  Object.fromEntries(
    ["aws:RequestTag", "ec2:ResourceTag", "aws:ResourceTag"].flatMap((kind) => [
      [`${kind}/ebs.csi.aws.com/cluster`, "true"],
      [`${kind}/${name}`, "made-by-driver"],
    ]),
  );

/** EKS names the Auto Scaling group of a node group, and tags it for the autoscaler (EKS user guide, Cluster Autoscaler tags). */
function scalingGroups({ region }: Software, platform: Platform): readonly CalledResource[] {
  return platform.nodeGroups
    .filter((group) => group.region === region)
    .map(({ name = "", clusterName = "" }) => ({
      arn: `arn:aws:autoscaling:${region}:${accountOf(platform)}:autoScalingGroup:made-by-aws:autoScalingGroupName/eks-${name}-made-by-aws`,
      label: `node group ${name}`,
      context: Object.fromEntries(
        ["aws:ResourceTag", "autoscaling:ResourceTag"].flatMap((kind) => [
          [`${kind}/k8s.io/cluster-autoscaler/enabled`, "true"],
          [`${kind}/k8s.io/cluster-autoscaler/${clusterName}`, "owned"],
          [`${kind}/kubernetes.io/cluster/${clusterName}`, "owned"],
          [`${kind}/eks:cluster-name`, clusterName],
          [`${kind}/eks:nodegroup-name`, name],
        ]),
      ),
    }));
}

function pulledRepositories({ region }: Software, platform: Platform): readonly CalledResource[] {
  const names = platform.containers
    .filter((one) => one.region === region)
    .flatMap(
      ({ container }) =>
        /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\/([^@:]+)/.exec(container.image ?? "")?.[1] ?? [],
    );
  return [...new Set(names)].sort().map((name) => {
    const repository = platform.repositories.find((one) => one.name === name && one.region === region);
    return {
      arn: `arn:aws:ecr:${region}:${accountOf(platform)}:repository/${name}`,
      label: `repository ${name}`,
      ...(repository ? { resource: repository.resource } : {}),
    };
  });
}
