import { addOnVersion } from "../../../../catalog/charts/add-ons";
import { ClusterAddOns } from "../../../../constructs/aws/cluster/cluster-add-ons";
import { Made } from "../../empty-stack";

const made = (kubernetesMinor = "1.36") =>
  new Made((stack) => {
    const addOns = new ClusterAddOns(stack, "add-ons", {
      clusterName: "acme",
      clusterArn: "arn:cluster",
      accountId: "210987654321",
      namePrefix: "acme",
      kubernetesMinor,
      declaration: { file: "here.ts" },
    });
    addOns.addAfterNodes([{ fqn: "aws_eks_node_group.general" }]);
  });
const byName = (all: Made) => new Map(all.all("aws_eks_addon").map((one) => [one["addon_name"], one]));
const nodes = "aws_eks_node_group.general";

describe("the add-ons of a cluster", () => {
  const addOns = byName(made());

  it("are these seven, each in the exact version that the catalogue holds", () => {
    expect([...addOns.keys()].sort()).toEqual([
      "aws-ebs-csi-driver",
      "coredns",
      "eks-node-monitoring-agent",
      "eks-pod-identity-agent",
      "kube-proxy",
      "snapshot-controller",
      "vpc-cni",
    ]);
    for (const [name, addOn] of addOns) {
      expect(addOn["addon_version"]).toMatch(/^v\d/);
      expect(addOn["addon_version"]).toBe(addOnVersion(String(name), "1.36"));
    }
  });

  it("follow EKS's default where the catalogue holds no version for the cluster's", () => {
    for (const addOn of byName(made("1.1")).values()) expect(addOn).not.toHaveProperty("addon_version");
  });

  it("enforce network policies and give nodes whole prefixes of addresses", () =>
    expect(JSON.parse(String(addOns.get("vpc-cni")?.["configuration_values"]))).toMatchObject({
      enableNetworkPolicy: "true",
      env: { ENABLE_PREFIX_DELEGATION: "true" },
    }));

  it("come before the nodes only where a node needs them to join", () => {
    for (const name of ["coredns", "snapshot-controller", "aws-ebs-csi-driver", "eks-node-monitoring-agent"])
      expect(addOns.get(name)?.["depends_on"]).toContain(nodes);
    for (const name of ["eks-pod-identity-agent", "vpc-cni", "kube-proxy"])
      expect(addOns.get(name)?.["depends_on"] ?? []).not.toContain(nodes);
    expect(addOns.get("vpc-cni")?.["depends_on"]).toEqual([expect.stringContaining("pod-identity-agent")]);
  });

  it("call AWS by roles of their own, with one policy each, and the others with none", () => {
    const policies = made()
      .all("aws_iam_role_policy_attachment")
      .map((one) => one["policy_arn"]);
    expect(policies.sort()).toEqual([
      "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
      "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
    ]);
    const associated = [...addOns].filter(([, one]) => one["pod_identity_association"] !== undefined);
    expect(Object.fromEntries(associated.map(([name, one]) => [name, one["pod_identity_association"]]))).toMatchObject({
      "vpc-cni": [{ service_account: "aws-node" }],
      "aws-ebs-csi-driver": [{ service_account: "ebs-csi-controller-sa" }],
    });
    expect(associated).toHaveLength(2);
  });
});
