import type { Item } from "../../inventory/item";
import { itemsOf } from "../../permissions/software";
import { change, changeEnvironment, resource, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, pass, unknown, type Verdict } from "../../policy/verdict";

const entries = resource("aws_eks_access_entry");
const associations = resource("aws_eks_access_policy_association");

/** Access policies that allow changing anything. Source: Amazon EKS user guide, "Review access policy permissions", read 2026-11-28. */
const administrative = /\/(AmazonEKSClusterAdminPolicy|AmazonEKSAdminPolicy|AmazonEKSSecretReaderPolicy)$/;

export default policy({
  id: "SC-25",
  severity: "error",
  proves: ["CA-23"],
  title: "Only the declared administrator of this account administers a cluster",
  because:
    "an access entry of another account, or a second administrator, can read every secret and change every workload of the cluster",
  remedy: "leave the access entry to KubernetesCluster, which takes adminRoleArn of the environment",
  subjects: (platform): readonly Item[] => [
    ...itemsOf(platform, "aws_eks_access_entry"),
    ...itemsOf(platform, "aws_eks_access_policy_association"),
  ],
  check: ({ resource: entry }, platform): Verdict | readonly Verdict[] => {
    const { accountId, adminRoleArn } = platform.environment;
    const principal = entry.expanded("principal_arn") ?? "an unknown principal";
    const own = entry.resource("principal_arn");
    if (principal.includes("${") && own === undefined) return unknown(`principal ${principal} is not known`);
    if (own === undefined && !new RegExp(`^arn:aws:iam::${accountId}:(role|user)/[^*]+$`).test(principal))
      return fail({
        expected: `a role of account ${accountId}`,
        actual: principal,
        message: `${principal} has access to cluster ${entry.expanded("cluster_name") ?? ""}, and is not a role of account ${accountId}`,
      });
    const groups = entry.list("kubernetes_groups").filter((group) => group.startsWith("system:"));
    if (groups.length > 0) return fail({ expected: `no built-in group for ${principal}`, actual: groups.join(", ") });
    const granted = entry.expanded("policy_arn");
    return granted !== undefined && administrative.test(granted) && principal !== adminRoleArn
      ? fail({
          expected: `${granted} only for ${adminRoleArn} (adminRoleArn of the environment)`,
          actual: principal,
          message: `${principal} administers cluster ${entry.expanded("cluster_name") ?? ""}; the declared administrator is ${adminRoleArn}`,
        })
      : pass(principal);
  },
  mutants: [
    change("another account's role", entries, set("principal_arn", "arn:aws:iam::999988887777:role/admin")),
    change(
      "another account's administrator",
      associations,
      set("principal_arn", "arn:aws:iam::999988887777:role/admin"),
    ),
    change("a second administrator", associations, set("principal_arn", "arn:aws:iam::210987654321:role/developer")),
    change("the whole account", entries, set("principal_arn", "arn:aws:iam::210987654321:root")),
    change("a built-in group", entries, set("kubernetes_groups", ["system:masters"])),
    changeEnvironment("another administrator is declared", (environment) => {
      Object.assign(environment, { adminRoleArn: "arn:aws:iam::210987654321:role/other" });
    }),
  ],
  boundary: {
    holds: change("another role that only reads", associations, (block) => {
      set("principal_arn", "arn:aws:iam::210987654321:role/developer")(block);
      set("policy_arn", "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy")(block);
    }),
    breaks: change("another role that changes", associations, (block) => {
      set("principal_arn", "arn:aws:iam::210987654321:role/developer")(block);
      set("policy_arn", "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy")(block);
    }),
  },
});
