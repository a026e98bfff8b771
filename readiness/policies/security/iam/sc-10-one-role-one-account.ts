import { holds, present } from "../../../policy/comparison";
import { change, resource, set } from "../../../policy/mutation";
import type { PodIdentity } from "../../../inventory/facts/aws/clusters";
import { policy } from "../../../policy/policy";

const roleOf = (identity: PodIdentity) => identity.role ?? identity.roleName;
const associations = resource("aws_eks_pod_identity_association");

export default policy({
  id: "SC-10",
  severity: "error",
  proves: ["CA-23", "FL-14"],
  title: "An IAM role is bound to exactly one service account",
  because:
    "a role that two service accounts share gives each of them the permissions of the other, and audit logs cannot separate them",
  remedy: "make a WorkloadRole of its own for each service account",
  subjects: (platform) => platform.podIdentities,
  check: (identity, platform) => {
    const others = platform.podIdentities.filter(
      (other) => other !== identity && roleOf(other) !== undefined && roleOf(other) === roleOf(identity),
    );
    const trust = platform.iamStatements.filter((statement) => statement.trust && statement.resource === identity.role);
    return [
      present(identity.role ?? identity.roleName, "the role"),
      holds(
        identity.namespace !== undefined && identity.namespace !== "*",
        "exactly one namespace",
        identity.namespace ?? "none",
      ),
      holds(
        identity.serviceAccount !== undefined && !/[*?]/.test(identity.serviceAccount),
        "exactly one service account",
        identity.serviceAccount ?? "none",
      ),
      holds(
        others.length === 0,
        "no other association uses the role",
        others.map((other) => `${other.namespace}/${other.serviceAccount}`).join(", ") || "none",
      ),
      holds(
        trust.every((statement) =>
          statement.principals.every((principal) => principal === "Service:pods.eks.amazonaws.com"),
        ),
        "only EKS Pod Identity may assume the role",
        trust.flatMap((statement) => statement.principals).join(", ") || "none",
      ),
    ];
  },
  mutants: [
    change("one role for all", associations, set("role_arn", "arn:aws:iam::111122223333:role/shared")),
    change("any service account", associations, set("service_account", "*")),
    change(
      "every principal may assume",
      resource("aws_iam_role", (_, __, stack) => stack.startsWith("platform-")),
      set("assume_role_policy.Statement.0.Principal", "*"),
    ),
  ],
  boundary: {
    holds: change("another single account", associations, set("tags", { note: "one account" })),
    breaks: change("a pattern of accounts", associations, set("service_account", "velero-*")),
  },
});
