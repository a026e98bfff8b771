import { holds } from "../../../policy/comparison";
import { change, resource, set, together, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { nodeGroups } from "../../../policy-terms/targets";

export default policy({
  id: "CP-19",
  severity: "error",
  proves: [],
  beyond: "a changed instance type is an ordinary change, and without it all nodes of a pool are gone for ten minutes",
  title: "A node group is replaced by a new one before it is destroyed",
  because:
    "Terraform destroys first by default: every pod of the pool is Pending until the new group has nodes, and a fixed name makes the other order fail",
  remedy: "set lifecycle.create_before_destroy, and node_group_name_prefix instead of node_group_name",
  subjects: (platform) => platform.nodeGroups,
  check: (group) =>
    holds(
      group.replacedFirst,
      "create_before_destroy and a name that EKS completes",
      group.resource.has("node_group_name") ? "a fixed name" : "destroyed first",
    ),
  mutants: [
    change("destroyed first", nodeGroups, set("lifecycle.create_before_destroy", false)),
    change("no lifecycle", nodeGroups, unset("lifecycle")),
    change("a fixed name", nodeGroups, set("node_group_name", "general")),
    change(
      "a fixed name in the secondary",
      resource("aws_eks_node_group", (_, __, stack) => stack.endsWith("eu-west-1")),
      set("node_group_name", "general"),
    ),
  ],
  boundary: {
    holds: change("another prefix", nodeGroups, set("node_group_name_prefix", "pool-")),
    breaks: together(
      "the prefix as a name",
      change("", nodeGroups, unset("node_group_name_prefix")),
      change("", nodeGroups, set("node_group_name", "pool-")),
    ),
  },
});
