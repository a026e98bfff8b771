import { nodeImage } from "../../../catalog/nodes/node-images";
import { minorOf } from "../../../catalog/kubernetes/removed-apis";
import { instanceTypes } from "../../../catalog/instance-types";
import type { Platform } from "../../inventory/platform";
import type { NodeGroup } from "../../inventory/facts/aws/node-groups";
import { change, resource, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, pass, type Verdict } from "../../policy/verdict";

function judgeGroup(group: NodeGroup, platform: Platform): Verdict[] {
  // EKS takes AL2023 for amd64 where no type is written.
  const amiType = group.amiType ?? "AL2023_x86_64_STANDARD";
  const image = nodeImage(amiType);
  if (image === undefined)
    return [
      fail({
        expected: "an AMI type of catalog/nodes/node-images.json",
        actual: amiType,
        message: `${group.label}: ${amiType} is not a known AMI type`,
      }),
    ];
  const version = platform.clusters.find(
    (one) => one.name === group.clusterName && one.region === group.region,
  )?.version;
  const [last, own] = [minorOf(image.latestKubernetes ?? undefined), minorOf(version)];
  const foreign = group.instanceTypes.filter((type) => {
    const architecture = instanceTypes().get(type)?.architecture;
    return architecture !== undefined && architecture !== image.architecture;
  });
  const unknownTypes = group.instanceTypes.filter((type) => !instanceTypes().has(type));
  const devices = group.launchTemplate?.volumes.flatMap(({ device }) => device ?? []) ?? [];
  return [
    last === undefined || own === undefined || own <= last
      ? pass(`${amiType} on ${version ?? ""}`)
      : fail({
          expected: `an AMI type that EKS releases for ${version ?? ""}`,
          actual: amiType,
          message: `${group.label}: EKS releases ${amiType} up to ${image.latestKubernetes ?? ""}, and the cluster has ${version ?? ""}: the group is not created`,
        }),
    unknownTypes.length === 0
      ? pass(group.instanceTypes.join(", "))
      : fail({
          expected: "instance types of catalog/instance-types.json",
          actual: unknownTypes.join(", "),
          message: `${group.label}: CPU, memory, addresses and price of ${unknownTypes.join(", ")} are not recorded: whether a pod fits on such a node is not known`,
        }),
    group.launchTemplate?.imageId === true
      ? fail({
          expected: "no image_id in the launch template: EKS chooses the AMI of the type and version",
          actual: group.launchTemplate.resource.expanded("image_id") ?? "an image",
          message: `${group.label}: its launch template names an image of its own, which EKS neither configures to join the cluster nor updates`,
        })
      : pass("the image that EKS chooses"),
    foreign.length === 0
      ? pass(image.architecture)
      : fail({
          expected: `instance types of ${image.architecture}, as ${amiType} has`,
          actual: foreign.join(", "),
          message: `${group.label}: ${foreign.join(", ")} cannot run ${amiType} (${image.architecture}): EKS refuses the group`,
        }),
    devices.length === 0 || devices.includes(image.rootDevice)
      ? pass(devices.join(", "))
      : fail({
          expected: `device ${image.rootDevice}, the root volume of ${amiType}`,
          actual: devices.join(", "),
          message: `${group.label}: ${devices.join(", ")} is not the root volume of ${amiType}: nodes keep the default disk of 20 GiB, unencrypted settings included`,
        }),
  ];
}

const groups = resource("aws_eks_node_group");
const templates = resource("aws_launch_template");

export default policy({
  id: "SU-13",
  severity: "error",
  proves: ["CA-01"],
  title: "Image, instance types and disk device of a node group are known and fit",
  because:
    "EKS refuses an AMI of another version or architecture, and a mapping of another device adds a disk that nothing uses",
  remedy: "take AL2023 of the architecture of the instance types, and /dev/xvda for its disk",
  subjects: (platform) => platform.nodeGroups,
  check: judgeGroup,
  mutants: [
    change("Amazon Linux 2", groups, set("ami_type", "AL2_x86_64")),
    change("an image of the other architecture", groups, set("ami_type", "AL2023_ARM_64_STANDARD")),
    change("instances of the other architecture", groups, set("instance_types", ["c7g.large"])),
    change("the device of another image", templates, set("block_device_mappings.0.device_name", "/dev/sda1")),
    change("a type that is not recorded", groups, set("instance_types", ["t3.nano"])),
    change("an image of one's own", templates, set("image_id", "ami-0123456789abcdef0")),
    change(
      "an image of one's own, in the secondary",
      resource("aws_launch_template", (_, __, stack) => stack.endsWith("eu-west-1")),
      set("image_id", "ami-0123456789abcdef0"),
    ),
    change("an unknown image", groups, set("ami_type", "AL2023_x86_64_FAST")),
  ],
  boundary: {
    holds: change("both of the other architecture", groups, (block) => {
      set("ami_type", "AL2023_ARM_64_STANDARD")(block);
      set("instance_types", ["c7g.large"])(block);
    }),
    breaks: change("one of two instance types", groups, set("instance_types", ["m6a.large", "c7g.large"])),
  },
});
