import { KubernetesCluster, type KubernetesClusterProps } from "../../../../constructs/aws/cluster/kubernetes-cluster";
import { Made, statementsOf } from "../../empty-stack";

const made = (props: Partial<KubernetesClusterProps> = {}) =>
  new Made(
    (stack) =>
      new KubernetesCluster(stack, "cluster", {
        name: "acme",
        version: "1.36",
        subnetIds: ["subnet-a", "subnet-b", "subnet-c"],
        apiAccessCidrs: ["198.51.100.0/24"],
        adminRoleArn: "arn:admin",
        keyArn: "arn:key",
        logRetentionDays: 365,
        declaration: { file: "here.ts" },
        ...props,
      }),
  );

describe("a Kubernetes cluster", () => {
  const cluster = made().only("aws_eks_cluster");

  it("encrypts secrets and keeps every log of its control plane, encrypted and for the days given", () => {
    expect(cluster["encryption_config"]).toEqual({ resources: ["secrets"], provider: { key_arn: "arn:key" } });
    const logs = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
    expect(cluster["enabled_cluster_log_types"]).toEqual(logs);
    expect(made().only("aws_cloudwatch_log_group")).toMatchObject({
      name: "/aws/eks/acme/cluster",
      kms_key_id: "arn:key",
      retention_in_days: 365,
    });
  });

  it("starts when its log group and its permissions are there", () =>
    expect(cluster["depends_on"]).toEqual([
      expect.stringContaining("aws_iam_role_policy_attachment.") as unknown,
      expect.stringContaining("aws_cloudwatch_log_group.") as unknown,
    ]));

  it("is reached from outside by the named networks alone, and from its own subnets directly", () =>
    expect(cluster["vpc_config"]).toEqual({
      subnet_ids: ["subnet-a", "subnet-b", "subnet-c"],
      endpoint_private_access: true,
      endpoint_public_access: true,
      public_access_cidrs: ["198.51.100.0/24"],
    }));

  it("makes the deploying role no administrator: access is by entries, and one role has it", () => {
    expect(cluster["access_config"]).toEqual({
      authentication_mode: "API",
      bootstrap_cluster_creator_admin_permissions: false,
    });
    expect(made().only("aws_eks_access_entry")["principal_arn"]).toBe("arn:admin");
    expect(made().only("aws_eks_access_policy_association")).toMatchObject({
      principal_arn: "arn:admin",
      policy_arn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
      access_scope: { type: "cluster" },
    });
  });

  it("acts by a role that EKS alone assumes, with EKS's own policy", () => {
    expect(statementsOf(made().only("aws_iam_role")["assume_role_policy"])).toMatchObject([
      { Principal: { Service: "eks.amazonaws.com" } },
    ]);
    expect(made().only("aws_iam_role_policy_attachment")["policy_arn"]).toBe(
      "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
    );
  });

  it("stays in standard support, leaves a failing zone, and has addresses of Services that policies may name", () =>
    expect(cluster).toMatchObject({
      version: "1.36",
      upgrade_policy: { support_type: "STANDARD" },
      zonal_shift_config: { enabled: true },
      bootstrap_self_managed_addons: false,
      kubernetes_network_config: { service_ipv4_cidr: "172.20.0.0/16" },
    }));

  it("refuses its deletion unless that is switched off", () => {
    expect(cluster["deletion_protection"]).toBe(true);
    expect(made({ protect: false }).only("aws_eks_cluster")["deletion_protection"]).toBe(false);
  });
});
