import type { NetworkRule } from "../../../inventory/facts/kubernetes/workload-graph";
import { matches } from "../../../inventory/kubernetes/selector";
import { change, resource, set, unset, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { holds } from "../../../policy/comparison";
import { notApplicable, unknown } from "../../../policy/verdict";

/** Labels of the pods of CoreDNS, as EKS installs it: eksctl-io/eksctl, coredns-1.35.json at 99984adb6164 (catalog/charts/eks-addons.json). */
const dnsPods = { "k8s-app": "kube-dns", "eks.amazonaws.com/component": "coredns" };
const inSystem = { "kubernetes.io/metadata.name": "kube-system" };
const DNS_PORT = 53;

type Peer = NetworkRule["peers"][number];

/** Selects pods of the namespace that answer DNS, by their labels: without any it would select every pod. */
const selectsDns = ({ podSelector, namespaceSelector }: Peer): boolean =>
  namespaceSelector !== undefined &&
  matches(namespaceSelector, inSystem) &&
  podSelector !== undefined &&
  Object.keys(podSelector.matchLabels).length + podSelector.matchExpressions.length > 0 &&
  matches(podSelector, dnsPods);

const targetOf = ({ cidr, podSelector, namespaceSelector }: Peer): string => {
  if (cidr !== undefined) return cidr;
  const pods = podSelector === undefined ? "every pod" : `pods of ${JSON.stringify(podSelector.matchLabels)}`;
  return namespaceSelector === undefined ? pods : `${pods} in ${JSON.stringify(namespaceSelector.matchLabels)}`;
};

const ownPolicies = resource("kubernetes_network_policy_v1", (block) => JSON.stringify(block).includes('"53"'));
const PEER = "spec.egress.0.to.0";

export default policy({
  id: "NW-27",
  severity: "error",
  proves: ["CA-15", "FL-15"],
  title: "A way out for DNS leads to the DNS pods alone",
  because:
    "port 53 of all of kube-system, or of a network, is a way out for data that nothing else closes: it reaches each pod there that listens on the port",
  remedy:
    "use dnsRule of constructs/kubernetes/access/traffic-rules.ts: port 53 to pods with the label k8s-app=kube-dns in kube-system",
  subjects: (platform) => platform.networkPolicies.filter(({ isolatesEgress }) => isolatesEgress),
  check: ({ egress, unknowns }) => {
    const notYet = unknowns.find(({ path }) => path.includes("egress"));
    if (notYet) return unknown(`egress: ${notYet.reason}`);
    const rules = egress.filter(({ ports }) =>
      ports.some(({ port, endPort }) => Number(port) === DNS_PORT && endPort === undefined),
    );
    if (rules.length === 0) return notApplicable("it opens no way for DNS");
    return rules.map(({ peers }) => {
      const wrong = peers.filter((peer) => !selectsDns(peer)).map(targetOf);
      const found = peers.length === 0 ? ["everywhere"] : wrong;
      return holds(found.length === 0, "port 53 to the DNS pods of kube-system", found.join(", ") || "the DNS pods");
    });
  },
  mutants: [
    change("every pod of kube-system", ownPolicies, unset(`${PEER}.pod_selector`)),
    change("a selector of every pod", ownPolicies, set(`${PEER}.pod_selector`, {})),
    change("everywhere", ownPolicies, unset("spec.egress.0.to")),
    change("a network", ownPolicies, set(PEER, { ip_block: { cidr: "10.0.0.0/8" } })),
    change("pods of every namespace", ownPolicies, set(`${PEER}.namespace_selector`, { match_labels: { dns: "a" } })),
    change("pods that answer no DNS", ownPolicies, set(`${PEER}.pod_selector.match_labels.k8s-app`, "kube-proxy")),
  ],
  boundary: {
    holds: change(
      "their other label",
      ownPolicies,
      set(`${PEER}.pod_selector.match_labels`, { "eks.amazonaws.com/component": "coredns" }),
    ),
    breaks: change(
      "another network beside them",
      ownPolicies,
      update("spec.egress.0.to", (peers) =>
        Array.isArray(peers) ? [...peers, { ip_block: { cidr: "203.0.113.53/32" } }] : peers,
      ),
    ),
  },
});
