import { atLeast } from "../../../policy/comparison";
import { change, remove, resource, set, together } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable } from "../../../policy/verdict";
import { deployments, named, POD } from "../../../policy-terms/targets";

const policies = resource("kubernetes_network_policy_v1");
const denials = named("kubernetes_network_policy_v1", "default-deny");
const inApplications = resource("kubernetes_network_policy_v1", (_, __, stack) => stack.startsWith("storefront"));

export default policy({
  id: "NW-02",
  severity: "error",
  proves: ["CA-15", "FL-15", "XB-10"],
  title: "Each pod is selected by a NetworkPolicy in both directions",
  because: "Kubernetes allows all traffic to and from a pod that no policy selects",
  remedy:
    "select the pod with a NetworkPolicy whose policyTypes are Ingress and Egress; remove hostNetwork, which bypasses policies",
  equivalents: ["kube-score pod-networkpolicy"],
  // kube-system is made by EKS, not by the project: policies there could cut off the add-ons.
  subjects: (platform) =>
    platform.workloads.filter((workload) =>
      platform.namespaces.some(({ name, region }) => name === workload.namespace && region === workload.region),
    ),
  check: (workload) => {
    if (workload.pod.hostNetwork)
      return workload.origin === "chart"
        ? notApplicable("the chart runs it in the network of the node, where policies do not reach")
        : fail({ expected: "pods with a network of their own", actual: "hostNetwork: policies do not reach them" });
    return [
      atLeast(1, workload.ingressPolicies.length, "policies that isolate its ingress"),
      atLeast(1, workload.egressPolicies.length, "policies that isolate its egress"),
    ];
  },
  mutants: [
    remove("no policies", policies),
    change("no ingress isolation", inApplications, set("spec.policy_types", ["Egress"])),
    change("no egress isolation", inApplications, set("spec.policy_types", ["Ingress"])),
    change("the node's network", deployments, set(`${POD}.host_network`, true)),
    change(
      "labels that no policy selects, and no default",
      inApplications,
      set("spec.pod_selector.match_labels", { app: "another" }),
    ),
  ],
  boundary: {
    holds: remove("the workloads' own policies are left", denials),
    breaks: together(
      "those are left, for ingress only",
      remove("no default", denials),
      change("ingress only", inApplications, set("spec.policy_types", ["Ingress"])),
    ),
  },
});
