import type { PlacedObject } from "../../inventory/kubernetes/object";
import { holds } from "../../policy/comparison";
import { change, remove, resource, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { releaseOf } from "../../policy-terms/targets";

const GATE = "elbv2.k8s.aws/pod-readiness-gate-inject";
const label = ["metadata", "labels", GATE];
const storefront = resource("kubernetes_namespace_v1", (_, __, stack) => stack.startsWith("storefront-"));
const inSecondary = resource("kubernetes_namespace_v1", (_, __, stack) => stack === "storefront-eu-west-1");

export default policy({
  id: "AV-16",
  severity: "error",
  proves: ["CA-03", "FG-22"],
  title: "A rollout waits until the load balancer's new targets are healthy",
  because:
    "Kubernetes takes a pod for ready before its target is registered and checked: a quick rollout ends the last old pod while every new target is still initial, and customers get errors",
  remedy:
    "set behindLoadBalancer of the namespace, which makes the load balancer controller add a readiness gate to its pods",
  subjects: (platform): readonly PlacedObject[] =>
    platform.objects.filter(({ object }) => object.kind === "TargetGroupBinding"),
  check: ({ object, region }, platform) => {
    const namespace = platform.namespaces.find(
      (one) => one.region === region && one.name === object.metadata.namespace,
    );
    const controller = platform.releases.some(
      (release) => release.chart === "aws-load-balancer-controller" && release.region === region,
    );
    return [
      holds(
        namespace?.labels[GATE] === "enabled",
        `the label ${GATE}: enabled of namespace ${object.metadata.namespace ?? ""}`,
        namespace?.labels[GATE] ?? "none",
      ),
      holds(controller, "a load balancer controller that adds the gate", "none"),
    ];
  },
  mutants: [
    change("no readiness gate", storefront, unset(label)),
    change("no readiness gate in the secondary", inSecondary, unset(label)),
    remove("no controller adds the gate", releaseOf("aws-load-balancer-controller")),
  ],
  boundary: {
    holds: change("another label beside it", storefront, set(["metadata", "labels", "note"], "x")),
    breaks: change("a value that the controller does not know", storefront, set(label, "true")),
  },
});
