import { matches } from "../../inventory/kubernetes/selector";
import type { NetworkPolicy } from "../../inventory/facts/kubernetes/workload-graph";
import type { Platform } from "../../inventory/platform";
import { cataloguedPods } from "../../figures/capacity/catalogued-pods";
import { objectOf, textMapOf } from "../../inventory/json";
import type { Subject } from "../../inventory/subject";
import { add } from "../../policy/mutation";
import type { JsonObject as Draft } from "../../policy/json";
import { policy, wholePlatform } from "../../policy/policy";
import { fail, notApplicable, pass, type Verdict } from "../../policy/verdict";

/** Namespaces of Kubernetes itself: their pods serve every other namespace. */
const system = ["kube-system", "kube-public", "kube-node-lease", "default"];

/** What pods of kube-system have to be reached on, by any pod or by the API server. Source: CoreDNS and metrics-server manifests, read 2026-11-28. */
const served: Readonly<Record<string, readonly (number | string)[]>> = {
  coredns: [53, 9153],
  "metrics-server": [10250],
  "aws-load-balancer-controller": [9443],
};

function podsSelected(rule: NetworkPolicy, platform: Platform): readonly string[] {
  const catalogued = cataloguedPods(platform).objects.map(({ region, object }) => ({
    region,
    namespace: object.metadata.namespace,
    name: object.metadata.name ?? "",
    labels: textMapOf(objectOf(objectOf(objectOf(object["spec"])["template"])["metadata"])["labels"]),
  }));
  return catalogued
    .filter(
      (one) => one.region === rule.region && one.namespace === rule.namespace && matches(rule.podSelector, one.labels),
    )
    .map(({ name }) => name);
}

function judgeRule(rule: NetworkPolicy, platform: Platform): Verdict {
  const pods = podsSelected(rule, platform);
  const closed = pods.filter((name) => {
    const ports = served[name] ?? [];
    return rule.isolatesIngress && ports.some((port) => !open(rule, port));
  });
  const silent = rule.isolatesEgress && rule.egress.every(({ peers }) => peers.length > 0) ? pods : [];
  const lost = [...new Set([...closed, ...silent])];
  return lost.length === 0
    ? pass(`${pods.length} pods of the system selected`)
    : fail({
        expected: `${rule.label} leaves ${lost.join(", ")} reachable and able to call the API server`,
        actual: `it isolates them`,
        message: `${rule.label} in ${rule.region} cuts off ${lost.join(", ")}: pods of every namespace lose names, metrics, volumes or credentials`,
      });
}

const open = ({ ingress }: NetworkPolicy, port: number | string): boolean =>
  ingress.some(
    ({ ports, peers }) =>
      (peers.length === 0 ||
        peers.some(
          ({ namespaceSelector, cidr }) =>
            cidr === "0.0.0.0/0" ||
            (namespaceSelector !== undefined &&
              Object.keys(namespaceSelector.matchLabels).length === 0 &&
              namespaceSelector.matchExpressions.length === 0),
        )) &&
      (ports.length === 0 || ports.some((one) => Number(one.port) === port)),
  );

const rule = (name: string, spec: Draft) =>
  add(name, /^platform-/, "kubernetes_network_policy_v1", "system", {
    metadata: { name: "deny", namespace: "kube-system" },
    spec,
  });

export default policy({
  id: "GO-12",
  severity: "error",
  proves: ["CA-24", "FG-01"],
  title: "Network policies of system namespaces cut off no pod that serves others",
  because:
    "a deny-all in kube-system stops DNS, metrics and volumes for the pods of every namespace, and their own policies look right",
  remedy:
    "remove the policy, or open the ports that DNS, metrics and webhooks are reached on and their way to the API server",
  subjects: (platform): readonly Subject[] => {
    const found = platform.networkPolicies.filter(({ namespace }) => system.includes(namespace));
    return found.length > 0 ? found : [wholePlatform];
  },
  check: (subject, platform) => {
    const found = platform.networkPolicies.find((one) => one === subject);
    return found ? judgeRule(found, platform) : notApplicable("no policy in a namespace of Kubernetes itself");
  },
  mutants: [
    rule("deny all", { pod_selector: {}, policy_types: ["Ingress", "Egress"] }),
    rule("deny what comes in", { pod_selector: {}, policy_types: ["Ingress"] }),
    rule("deny what goes out", { pod_selector: {}, policy_types: ["Egress"] }),
    rule("DNS for one namespace only", {
      pod_selector: { match_labels: { "k8s-app": "kube-dns" } },
      policy_types: ["Ingress"],
      ingress: [
        { from: [{ namespace_selector: { match_labels: { team: "a" } } }], ports: [{ port: "53", protocol: "UDP" }] },
      ],
    }),
  ],
  boundary: {
    holds: rule("DNS for everybody", {
      pod_selector: { match_labels: { "k8s-app": "kube-dns" } },
      policy_types: ["Ingress"],
      ingress: [
        {
          ports: [
            { port: "53", protocol: "UDP" },
            { port: "9153", protocol: "TCP" },
          ],
        },
      ],
    }),
    breaks: rule("another port for everybody", {
      pod_selector: { match_labels: { "k8s-app": "kube-dns" } },
      policy_types: ["Ingress"],
      ingress: [
        {
          ports: [
            { port: "5353", protocol: "UDP" },
            { port: "9153", protocol: "TCP" },
          ],
        },
      ],
    }),
  },
});
