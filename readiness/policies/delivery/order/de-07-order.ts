import { holds } from "../../../policy/comparison";
import { change, remove, resource, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { type Verdict } from "../../../policy/verdict";
import type { Item } from "../../../inventory/item";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import { objectOf } from "../../../inventory/json";

const addOn = (name: string) => resource("aws_eks_addon", (block) => block["addon_name"] === name);
const beforeNodes = ["eks-pod-identity-agent", "kube-proxy", "vpc-cni"];
const afterNodes = ["aws-ebs-csi-driver", "coredns"];

export default policy({
  id: "DE-07",
  severity: "error",
  proves: ["CA-24", "FL-27"],
  // The emulated environment costs nothing, answers no checker and has no cluster to ask for access.
  environments: ["production", "staging", "development"],
  title: "Resources are created in dependency order and destroyed in reverse",
  because:
    "a node without the network add-on never becomes ready, CoreDNS without a node times out, and a release outlives the access that could remove it",
  remedy: "make add-ons with ClusterAddOns, nodes with its beforeNodes, and workloads in a KubernetesStack",
  subjects: (platform): readonly Item[] => [...platform.nodeGroups, ...platform.addOns, ...platform.releases],
  check: (item, platform) => {
    const group = platform.nodeGroups.find((one) => one === item);
    if (group)
      return beforeNodes.map((name) =>
        comes(
          name,
          platform.after(group.resource).some((one) => one.text("addon_name") === name),
          "before the node group",
        ),
      );
    const own = platform.addOns.find((one) => one === item);
    const before = platform.after(item.resource);
    if (own)
      return [
        ...(afterNodes.includes(own.name ?? "")
          ? [
              comes(
                "a node group",
                before.some(({ type }) => type === "aws_eks_node_group"),
                `before ${own.name ?? ""}`,
              ),
            ]
          : []),
        ...(own.resource.has("pod_identity_association")
          ? [
              comes(
                "eks-pod-identity-agent",
                before.some((one) => one.text("addon_name") === "eks-pod-identity-agent"),
                `before ${own.name ?? ""}`,
              ),
            ]
          : []),
      ];
    return [
      comes(
        "an access entry with its policy",
        accessBefore(item.resource, platform),
        "before the release, in its stack or in one that deploys before it",
      ),
    ];
  },
  mutants: [
    change("nodes do not wait", resource("aws_eks_node_group"), unset("depends_on")),
    remove("no network add-on", addOn("vpc-cni")),
    change("DNS does not wait for nodes", addOn("coredns"), unset("depends_on")),
    change("roles before their agent", addOn("vpc-cni"), unset("depends_on")),
    remove("no role may deploy", resource("aws_eks_access_policy_association")),
  ],
  boundary: {
    holds: change("one dependency less", addOn("coredns"), unset("depends_on.3")),
    breaks: change("none left", addOn("coredns"), (block) => {
      block["depends_on"] = [];
    }),
  },
});

const comes = (what: string, does: boolean, when: string): Verdict =>
  holds(does, `${what} comes ${when}`, does ? "it does" : "nothing makes it");

/** A stack that reads another's state deploys after the whole of it, and is destroyed before. */
function accessBefore(release: Resource, platform: Platform): boolean {
  const stack = platform.stacks.find(({ name }) => name === release.stack);
  const read = Object.keys(objectOf(objectOf(stack?.terraform["data"])["terraform_remote_state"])).map((input) =>
    input.replace("cross-stack-reference-input-", ""),
  );
  return platform
    .ofType("aws_eks_access_policy_association")
    .some((access) => read.includes(access.stack) || platform.after(release).includes(access));
}
