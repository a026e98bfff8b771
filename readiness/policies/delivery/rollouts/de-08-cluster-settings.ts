import { equals, holds } from "../../../policy/comparison";
import { change, remove, resource, set, unset } from "../../../policy/mutation";
import { mustProtectData } from "../../../policy-terms/scope";
import { policy } from "../../../policy/policy";
import { notApplicable } from "../../../policy/verdict";

const clusters = resource("aws_eks_cluster");
const addOn = (name: string) => resource("aws_eks_addon", (block) => block["addon_name"] === name);

/** Without its add-on a cluster that EKS gives none by itself has no such part: bootstrap_self_managed_addons is off. */
const needed: Readonly<Record<string, string>> = {
  coredns: "no pod resolves a name",
  "kube-proxy": "no Service leads to a pod",
  "vpc-cni": "no pod gets an address",
  "eks-pod-identity-agent": "no pod gets its role",
  "aws-ebs-csi-driver": "no volume is attached",
  "snapshot-controller": "no volume is in a backup",
  "eks-node-monitoring-agent": "node repair sees only nodes that are gone, not disks, kernels and networks that fail",
};

export default policy({
  id: "DE-08",
  severity: "error",
  proves: ["CA-23", "CA-24", "FL-33"],
  title: "Clusters are in standard support, protected, and repair their nodes",
  because:
    "extended support costs six times as much and begins by itself; an implicit creator admin outlives the person; a zone that fails must be left",
  remedy: "make the cluster with KubernetesCluster and its nodes with NodePool, which set all of it",
  equivalents: ["checkov CKV_AWS_339 (version only)"],
  subjects: (platform) => platform.clusters,
  check: (cluster, platform) => [
    equals("STANDARD", cluster.supportType ?? "EXTENDED", "upgrade_policy.support_type"),
    equals("API", cluster.authenticationMode ?? "CONFIG_MAP", "access_config.authentication_mode"),
    // Terraform's provider makes the creator an administrator by default.
    equals(false, cluster.creatorIsAdmin ?? true, "bootstrap_cluster_creator_admin_permissions"),
    ...Object.entries(needed).map(([name, otherwise]) =>
      holds(
        cluster.addOns.some((one) => one.name === name),
        `the add-on ${name}`,
        `none: ${otherwise}`,
      ),
    ),
    holds(cluster.accessEntries.length > 0, "an access entry", `${cluster.accessEntries.length}`),
    equals(true, cluster.zonalShift ?? false, "zonal_shift_config.enabled"),
    mustProtectData(platform)
      ? equals(true, cluster.deletionProtection ?? false, "deletion_protection", { field: "protectData" })
      : notApplicable("the emulated environment is thrown away"),
    ...cluster.nodeGroups.map((group) =>
      equals(true, group.nodeRepair ?? false, `node repair of ${group.name ?? "a group"}`),
    ),
  ],
  mutants: [
    change("extended support", clusters, unset("upgrade_policy")),
    change("the old ConfigMap besides", clusters, set("access_config.authentication_mode", "API_AND_CONFIG_MAP")),
    change("the creator is admin", clusters, unset("access_config.bootstrap_cluster_creator_admin_permissions")),
    change("no zonal shift", clusters, unset("zonal_shift_config")),
    change("no deletion protection", clusters, set("deletion_protection", false)),
    change("nodes stay broken", resource("aws_eks_node_group"), unset("node_repair_config")),
    remove("names that nothing resolves", addOn("coredns")),
    remove("faults that nothing sees", addOn("eks-node-monitoring-agent")),
    remove("no role has access", resource("aws_eks_access_entry")),
  ],
  boundary: {
    holds: change("the block as a list", clusters, set("upgrade_policy", [{ support_type: "STANDARD" }])),
    breaks: change("EXTENDED", clusters, set("upgrade_policy", [{ support_type: "EXTENDED" }])),
  },
});
