import type { Autoscaler, Workload } from "../../inventory/facts/kubernetes/workload-graph";
import { equals, holds } from "../../policy/comparison";
import { add, change, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, type Verdict } from "../../policy/verdict";
import { autoscalers, named } from "../../policy-terms/targets";

const target = ({ target: { kind, name } }: Autoscaler): string => `${kind} ${name}`;

/** Terraform sets the count back at each run, unless ignore_changes names it. A Deployment without a count is left alone. */
const leavesCount = (workload: Workload): boolean => !workload.fixesReplicas;

function fights(workload: Workload): Verdict {
  return holds(
    leavesCount(workload),
    `${workload.label} leaves its count of replicas to the autoscaler`,
    `it fixes ${String(workload.replicas)}`,
    { field: "scale" },
  );
}

const deployment = named("kubernetes_deployment_v1", "api");

export default policy({
  id: "AV-07",
  severity: "error",
  title: "An autoscaler has an existing target of its own without a fixed replica count",
  because:
    "an autoscaler without target scales nothing; a fixed count removes replicas at each deployment, under the load that added them",
  remedy: "name the Deployment in scaleTargetRef, and leave replicas out or under lifecycle.ignore_changes",
  proves: ["CA-04", "FL-09"],
  equivalents: [
    "kube-score horizontalpodautoscaler-has-target",
    "kube-score deployment-targeted-by-hpa-does-not-have-replicas-configured",
  ],
  subjects: (platform) => platform.autoscalers,
  check: (autoscaler, platform) => {
    const { workload } = autoscaler.target;
    if (!workload)
      return fail({
        expected: `${target(autoscaler)} in namespace ${autoscaler.namespace}`,
        actual: "there is no such workload",
        field: "scale",
      });
    const others = platform.autoscalers
      .filter((other) => other !== autoscaler && other.target.workload === workload)
      .map(({ name }) => name)
      .sort();
    return [equals([], others, `other autoscalers of ${workload.label}`), fights(workload)];
  },
  mutants: [
    change("a target that does not exist", autoscalers, set("spec.scale_target_ref.name", "ghost")),
    change("a target of another kind", autoscalers, set("spec.scale_target_ref.kind", "StatefulSet")),
    change("Terraform sets the count back", deployment, unset("lifecycle")),
    change("Terraform leaves something else alone", deployment, set("lifecycle.ignore_changes", ["spec[0].paused"])),
    second("a second autoscaler of the same Deployment", "api"),
  ],
  boundary: {
    holds: change(
      "no count is written at all",
      deployment,
      (block) => (unset("lifecycle")(block), unset("spec.replicas")(block)),
    ),
    breaks: change(
      "the minimum itself is written as a fixed count",
      deployment,
      (block) => (unset("lifecycle")(block), set("spec.replicas", "3")(block)),
    ),
  },
});

function second(name: string, deploymentName: string) {
  return add(name, /^storefront-/, "kubernetes_horizontal_pod_autoscaler_v2", "second", {
    metadata: { name: "second", namespace: "storefront" },
    spec: {
      scale_target_ref: { api_version: "apps/v1", kind: "Deployment", name: deploymentName },
      min_replicas: 3,
      max_replicas: 4,
      metric: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", average_utilization: 70 } } },
      ],
    },
  });
}
