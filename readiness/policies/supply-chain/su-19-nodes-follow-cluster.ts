import { holds } from "../../policy/comparison";
import { change, resource, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";

const groups = resource("aws_eks_node_group");
const following = ["version", "launch_template", "launch_template[0].version"];

export default policy({
  id: "SU-19",
  severity: "error",
  proves: ["CA-01", "FF-23"],
  title: "Nodes follow their cluster to the next Kubernetes version",
  because:
    "without the argument Terraform compares no version of a node group and updates none (hashicorp/aws, aws_eks_node_group, version): after an upgrade of the control plane every node keeps the old kubelet, until it is further behind than Kubernetes allows",
  remedy: "give each node group the version of its cluster, as NodePool does, and ignore no change of it",
  subjects: (platform) => platform.nodeGroups,
  check: ({ resource: group }) => {
    const ignored = group.raw("lifecycle.ignore_changes") === "all" ? ["all"] : group.list("lifecycle.ignore_changes");
    const kept = ignored.filter((one) => one === "all" || following.includes(one));
    return [
      holds(group.has("version"), "the version of its cluster", "none: its nodes stay at the version they began with", {
        field: "version",
      }),
      holds(kept.length === 0, "an update of version and launch template", `ignored: ${kept.join(", ")}`, {
        field: "lifecycle.ignore_changes",
      }),
    ];
  },
  mutants: [
    change("no version", groups, unset("version")),
    change(
      "no version in the secondary",
      resource("aws_eks_node_group", (_, __, stack) => stack.endsWith("eu-west-1")),
      unset("version"),
    ),
    change("every change is ignored", groups, set("lifecycle.ignore_changes", "all")),
    change("a new launch template is ignored", groups, set("lifecycle.ignore_changes", ["launch_template"])),
  ],
  boundary: {
    holds: change(
      "desired size and tags are ignored",
      groups,
      set("lifecycle.ignore_changes", ["scaling_config[0].desired_size", "tags"]),
    ),
    breaks: change(
      "the version too",
      groups,
      set("lifecycle.ignore_changes", ["scaling_config[0].desired_size", "version"]),
    ),
  },
});
