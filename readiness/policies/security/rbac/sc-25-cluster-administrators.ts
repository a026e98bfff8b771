import type { Item } from "../../../inventory/item";
import { itemsOf } from "../../../permissions/software";
import { add, change, changeEnvironment, remove, resource, set, type Mutation } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";
import type { Cluster } from "../../../inventory/facts/aws/clusters";
import type { Platform } from "../../../inventory/platform";

const entries = resource("aws_eks_access_entry");
const associations = resource("aws_eks_access_policy_association");

/** Access policies that allow changing anything. Source: Amazon EKS user guide, "Review access policy permissions", read 2026-11-28. */
const administrative = /\/(AmazonEKSClusterAdminPolicy|AmazonEKSAdminPolicy|AmazonEKSSecretReaderPolicy)$/;

const inSecondary = resource("aws_eks_access_policy_association", (_, __, stack) => stack.endsWith("eu-west-1"));

/** Access policies that make everything that the stacks deploy, in all namespaces. Source as above. */
const whole = /\/AmazonEKSClusterAdminPolicy$/;

/** The deployment runs as the declared administrator: no other role can make, repair or promote anything in the cluster. */
function administered(cluster: Cluster, { environment: { adminRoleArn } }: Platform): Verdict {
  const granted = cluster.accessEntries
    .filter(({ principalArn }) => principalArn === adminRoleArn)
    .flatMap(({ policies }) => policies)
    .filter(({ policyArn }) => whole.test(policyArn ?? ""));
  const limited = granted.flatMap(({ scope, namespaces }) => (scope === "cluster" ? [] : namespaces));
  if (granted.some(({ scope }) => scope === "cluster")) return pass(adminRoleArn);
  return fail({
    expected: `AmazonEKSClusterAdminPolicy for ${adminRoleArn}, of scope cluster`,
    actual: granted.length === 0 ? "no association" : `scope of namespaces ${limited.join(", ") || "none"}`,
    message: `${adminRoleArn} does not administer cluster ${cluster.name ?? ""} ${granted.length === 0 ? "at all" : `outside of namespaces ${limited.join(", ") || "none"}`}: no deployment, repair or promotion of anything else is possible`,
  });
}

export default policy({
  id: "SC-25",
  severity: "error",
  proves: ["CA-23"],
  title: "The declared administrator alone administers each cluster as a whole",
  because:
    "an access entry of another account, or a second administrator, can read every secret and change every workload; one whose rights end at a namespace cannot deploy, repair or promote the rest",
  remedy: "leave the access entry to KubernetesCluster, which takes adminRoleArn of the environment",
  subjects: (platform): readonly Item[] => [
    ...itemsOf(platform, "aws_eks_access_entry"),
    ...itemsOf(platform, "aws_eks_access_policy_association"),
    ...platform.clusters,
  ],
  check: (item, platform): Verdict | readonly Verdict[] => {
    const cluster = platform.clusters.find((one) => one === item);
    if (cluster) return administered(cluster, platform);
    const { resource: entry } = item;
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
    change(
      "an administrator of one namespace",
      associations,
      set("access_scope", { type: "namespace", namespaces: ["default"] }),
    ),
    change(
      "an administrator of one namespace, in the secondary",
      inSecondary,
      set("access_scope", { type: "namespace", namespaces: ["default"] }),
    ),
    change(
      "an administrator who only reads",
      associations,
      set("policy_arn", "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"),
    ),
    remove("an administrator without rights, in the secondary", inSecondary),
    changeEnvironment("another administrator is declared", (environment) => {
      Object.assign(environment, { adminRoleArn: "arn:aws:iam::210987654321:role/other" });
    }),
  ],
  boundary: {
    holds: another("another role that only reads", "AmazonEKSViewPolicy"),
    breaks: another("another role that changes", "AmazonEKSAdminPolicy"),
  },
});

function another(name: string, granted: string): Mutation {
  return add(name, /^cluster-/, "aws_eks_access_policy_association", "other", {
    access_scope: { type: "cluster" },
    cluster_name: "${aws_eks_cluster.kubernetes_cluster_C712C9BD.name}",
    policy_arn: `arn:aws:eks::aws:cluster-access-policy/${granted}`,
    principal_arn: "arn:aws:iam::210987654321:role/developer",
  });
}
