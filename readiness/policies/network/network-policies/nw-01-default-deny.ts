import { holds } from "../../../policy/comparison";
import { change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { named } from "../../../policy-terms/targets";

const denials = named("kubernetes_network_policy_v1", "default-deny");

export default policy({
  id: "NW-01",
  severity: "error",
  proves: ["CA-15", "FL-15", "FL-35", "XB-10"],
  title: "Each namespace denies by default in both directions",
  because: "without a default deny every pod of the cluster reaches a workload whose policy is missing",
  remedy: "make the namespace with GuardedNamespace, which brings a policy for all pods with both types and no rule",
  equivalents: ["hardeneks default-deny network policy"],
  subjects: (platform) => platform.namespaces,
  check: (namespace) => [
    holds(
      namespace.deniesIngressByDefault,
      "a policy for all pods that isolates ingress and has no ingress rule",
      namespace.deniesIngressByDefault ? "one" : "none",
    ),
    holds(
      namespace.deniesEgressByDefault,
      "a policy for all pods that isolates egress and has no egress rule",
      namespace.deniesEgressByDefault ? "one" : "none",
    ),
  ],
  mutants: [
    remove("no default deny", denials),
    change("ingress only", denials, set("spec.policy_types", ["Ingress"])),
    change("egress only", denials, set("spec.policy_types", ["Egress"])),
    change("types left out", denials, unset("spec.policy_types")),
    change("an egress rule for everything", denials, set("spec.egress", [{}])),
    change(
      "an ingress rule for everything",
      resource("kubernetes_network_policy_v1", (_, id) => id.includes("default-deny")),
      set("spec.ingress", [{}]),
    ),
  ],
  boundary: {
    holds: change("another name", denials, set("metadata.name", "deny-all")),
    breaks: change(
      "not for all pods",
      denials,
      set("spec.pod_selector.match_labels", { "app.kubernetes.io/component": "api" }),
    ),
  },
});
