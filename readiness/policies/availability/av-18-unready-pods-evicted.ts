import { equals } from "../../policy/comparison";
import { addManifest, change, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { undecided } from "../../policy-terms/required-value";
import { disruptionBudgets } from "../../policy-terms/targets";
import { unknown } from "../../policy/verdict";

const FIELD = "spec.unhealthyPodEvictionPolicy";

export default policy({
  id: "AV-18",
  severity: "error",
  proves: ["CA-14", "FL-16", "XB-10"],
  title: "A disruption budget protects no pod that is not ready",
  because:
    "replicas that crash all the time are too few for their budget, which then refuses every eviction: drains never end, and the update of a node group fails after 15 minutes",
  remedy:
    "set unhealthyPodEvictionPolicy: AlwaysAllow of the budget, as constructs/kubernetes/workload/disruption-budget.ts does",
  subjects: (platform) => platform.disruptionBudgets,
  check: (budget) => {
    const reason = undecided(budget, "unhealthy");
    return reason === undefined
      ? equals("AlwaysAllow", budget.unhealthyPods, "unhealthyPodEvictionPolicy")
      : unknown(`unhealthyPodEvictionPolicy: ${reason}`);
  },
  mutants: [
    change("Kubernetes' default", disruptionBudgets(), unset(FIELD)),
    change("only with a healthy budget", disruptionBudgets("api"), set(FIELD, "IfHealthyBudget")),
    change("in the secondary alone", disruptionBudgets(undefined, /-eu-west-1$/), unset(FIELD)),
  ],
  boundary: {
    holds: change("another number", disruptionBudgets("worker"), set("spec.minAvailable", 1)),
    breaks: addManifest("a second budget without it", disruptionBudgets("api", /^storefront-/), {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "second", namespace: "storefront" },
      spec: { minAvailable: 1, selector: { matchLabels: { "app.kubernetes.io/name": "storefront" } } },
    }),
  },
});
