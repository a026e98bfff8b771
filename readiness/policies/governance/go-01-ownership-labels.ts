import { label } from "../../../contract";
import { change, resource, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { holds } from "../../policy/comparison";
import type { Platform } from "../../inventory/platform";
import type { ObjectItem } from "../../inventory/facts/kubernetes/object-item";
import { ownWorkloads } from "../../policy-terms/scope";

const required = ["app.kubernetes.io/part-of", label.owner, label.tier, label.costCentre];
const owned = (platform: Platform): readonly ObjectItem[] => [...platform.namespaces, ...ownWorkloads(platform)];

export default policy({
  id: "GO-01",
  severity: "error",
  proves: ["CA-29"],
  title: "Namespaces and workloads carry owner, tier and cost-centre labels",
  because: "on-call engineers find the owner of a workload by its label, and cost is allocated by it",
  remedy: "make objects through the constructs, which label them from the application's owner, tier and cost centre",
  equivalents: ["gatekeeper K8sRequiredLabels"],
  subjects: owned,
  check: (item) =>
    required.map((label) => holds((item.labels[label] ?? "") !== "", `label ${label}`, item.labels[label] ?? "none")),
  mutants: required.flatMap((label) => [
    change(`deployment without ${label}`, resource("kubernetes_deployment_v1"), unset(["metadata", "labels", label])),
  ]),
  boundary: {
    holds: change(
      "without the manager's label",
      resource("kubernetes_deployment_v1"),
      unset(["metadata", "labels", "app.kubernetes.io/managed-by"]),
    ),
    breaks: change(
      "namespace without an owner",
      resource("kubernetes_namespace_v1"),
      unset(["metadata", "labels", label.owner]),
    ),
  },
});
