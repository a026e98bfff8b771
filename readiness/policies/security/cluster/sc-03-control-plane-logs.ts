import { contains } from "../../../policy/comparison";
import { change, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";

const all = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

export default policy({
  id: "SC-03",
  severity: "error",
  proves: ["CA-23", "XB-20", "FL-33"],
  title: "The control plane writes all five logs",
  because: "who did what, and why a pod was not placed, can only be answered afterwards from logs that were on before",
  remedy: `set enabled_cluster_log_types to ${all.join(", ")}`,
  equivalents: ["checkov CKV_AWS_37", "cdk-nag EKS2"],
  subjects: (platform) => platform.clusters,
  check: (cluster) => contains(all, cluster.logTypes, "enabled_cluster_log_types"),
  mutants: [change("no logs", resource("aws_eks_cluster"), unset("enabled_cluster_log_types"))],
  boundary: {
    holds: change(
      "in another order",
      resource("aws_eks_cluster"),
      set("enabled_cluster_log_types", [...all].reverse()),
    ),
    breaks: change(
      "all but audit",
      resource("aws_eks_cluster"),
      set(
        "enabled_cluster_log_types",
        all.filter((type) => type !== "audit"),
      ),
    ),
  },
});
