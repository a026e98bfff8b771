import { change, changeStack, remove, resource, set } from "../../../readiness/policy/mutation";
import { without } from "../../../readiness/policies/security/iam/_statements";
import { describeFaults } from "./planted-faults";

const rights = (name: string) => (_block: object, id: string) => id.includes(name) && id.includes("permissions");

describeFaults("identity", [
  {
    name: "a backup role without its KMS statement",
    refusedBy: "SC-21",
    says: /velero in .* may not call kms:Decrypt, kms:GenerateDataKey .*no backup is written/,
    plant: (here) => change("m", resource("aws_iam_role_policy", here(rights("velero"))), without("kms:")),
  },
  {
    name: "a secrets role without kms:Decrypt",
    refusedBy: "SC-21",
    says: /external-secrets in .* may not call kms:Decrypt/,
    plant: (here) => change("m", resource("aws_iam_role_policy", here(rights("external-secrets"))), without("kms:")),
  },
  {
    name: "an autoscaler role without SetDesiredCapacity",
    refusedBy: "SC-21",
    says: /cluster-autoscaler in .* may not call autoscaling:SetDesiredCapacity .*no node is added/,
    plant: (here) =>
      change(
        "m",
        resource("aws_iam_role_policy", here(rights("autoscaler"))),
        without("autoscaling:SetDesiredCapacity"),
      ),
  },
  {
    name: "a load balancer controller role without RegisterTargets",
    refusedBy: "SC-21",
    says: /aws-load-balancer-controller in .* may not call elasticloadbalancing:RegisterTargets/,
    plant: (here) =>
      change(
        "m",
        resource("aws_iam_role_policy", here(rights("load-balancer"))),
        without("elasticloadbalancing:RegisterTargets"),
      ),
  },
  {
    name: "nodes without the right to pull images",
    refusedBy: "SC-21",
    says: /node in .* may not call ecr:GetAuthorizationToken/,
    plant: (here) =>
      remove(
        "m",
        resource(
          "aws_iam_role_policy_attachment",
          here((_block, id) => id.includes("PullOnly")),
        ),
      ),
  },
  {
    name: "an association that is removed",
    refusedBy: "WL-20",
    says: /velero in .* has no Pod Identity association/,
    plant: (here) => remove("m", resource("aws_eks_pod_identity_association", here())),
  },
  {
    name: "a release that does not wait for its association",
    refusedBy: "DE-20",
    says: /velero in .* may start before its Pod Identity association/,
    plant: (here) =>
      change("m", resource("helm_release", here()), (block) => {
        const before = block["depends_on"];
        if (Array.isArray(before)) block["depends_on"] = before.filter((one) => !String(one).includes("pod_identity"));
      }),
  },
  {
    name: "a mistyped namespace of an association",
    refusedBy: "WL-20",
    says: /velero in .* runs with velero\/velero-server, which has no Pod Identity association/,
    plant: (here) => change("m", resource("aws_eks_pod_identity_association", here()), set("namespace", "kube-sytem")),
  },
  {
    name: "a key policy that names one role only",
    refusedBy: "SC-27",
    says: /its policy does not give kms:Decrypt/,
    plant: (here) =>
      change(
        "m",
        resource("aws_kms_key", here()),
        set("policy.Statement.0.Principal", { AWS: "arn:aws:iam::210987654321:role/administrator" }),
      ),
  },
  {
    name: "a disabled key",
    refusedBy: "SC-27",
    says: /is disabled: nothing that it encrypts/,
    plant: (here) => change("m", resource("aws_kms_key", here()), set("is_enabled", false)),
  },
  {
    name: "a key opened to everybody",
    refusedBy: "SC-30",
    says: /admits \*/,
    plant: (here) => change("m", resource("aws_kms_key", here()), set("policy.Statement.0.Principal", "*")),
  },
  {
    name: "node disks with an own key that Auto Scaling may not use",
    refusedBy: "SC-28",
    says: /Auto Scaling may not use .*no node of this template starts/,
    plant: (here) =>
      change(
        "m",
        resource("aws_launch_template", here()),
        set("block_device_mappings.ebs.kms_key_id", "${aws_kms_key.key_key.arn}"),
      ),
  },
  {
    name: "a node role that trusts everybody",
    refusedBy: "SC-23",
    says: /AWS:\* may assume role .*-node/,
    plant: (here) =>
      change(
        "m",
        resource(
          "aws_iam_role",
          here((_block, id) => id.startsWith("node-role")),
        ),
        set("assume_role_policy.Statement.0.Principal", { AWS: "*" }),
      ),
  },
  {
    name: "a trust policy without sts:TagSession",
    refusedBy: "SC-23",
    says: /pods of velero\/velero-server .* does not allow pods.eks.amazonaws.com sts:TagSession/,
    plant: (here) =>
      change(
        "m",
        resource(
          "aws_iam_role",
          here((_block, id) => id.includes("velero")),
        ),
        set("assume_role_policy.Statement.0.Action", "sts:AssumeRole"),
      ),
  },
  {
    name: "AdministratorAccess attached to a role",
    refusedBy: "SC-24",
    says: /AdministratorAccess is attached to .*: what it grants was not reviewed/,
    plant: (here) =>
      change(
        "m",
        resource("aws_iam_role_policy_attachment", here()),
        set("policy_arn", "arn:aws:iam::aws:policy/AdministratorAccess"),
      ),
  },
  {
    name: "a foreign account as cluster administrator",
    refusedBy: "SC-25",
    says: /999988887777:role\/admin has access to cluster/,
    plant: (here) =>
      change(
        "m",
        resource("aws_eks_access_entry", here()),
        set("principal_arn", "arn:aws:iam::999988887777:role/admin"),
      ),
  },
  {
    name: "cluster-admin bound to every user",
    refusedBy: "SC-26",
    says: /gives role cluster-admin to system:authenticated/,
    plant: (_here, stacks) =>
      changeStack("m", new RegExp(`^operator-.*${stacks.source}`), (terraform) => {
        const resources = terraform["resource"] as Record<string, Record<string, object>>;
        Object.assign(resources["kubernetes_cluster_role_binding_v1"] ?? {}, {
          everybody: {
            metadata: { name: "everybody" },
            role_ref: { api_group: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
            subject: [{ kind: "Group", name: "system:authenticated", api_group: "rbac.authorization.k8s.io" }],
          },
        });
      }),
  },
  {
    name: "a log key that CloudWatch Logs may not use",
    refusedBy: "SC-22",
    says: /CloudWatch Logs for .*logs\..*\.amazonaws\.com may not call kms:Encrypt/,
    plant: (here) =>
      change("m", resource("aws_kms_key", here()), (block) => {
        block["policy"] = String(block["policy"]).replaceAll('"Service":"logs.', '"Service":"no.');
      }),
  },
  {
    name: "an S3 endpoint that denies everything",
    refusedBy: "SC-21",
    says: /velero in .* may not call s3:.*the policy of the VPC endpoint: an explicit Deny/,
    plant: (here) =>
      change(
        "m",
        resource("aws_vpc_endpoint", here()),
        set("policy", '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}'),
      ),
  },
]);
