import type { Release } from "../../inventory/facts/kubernetes/releases";
import { equals } from "../../policy/comparison";
import { addManifest, change, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { budgetsOfChart, changedBudgetValues } from "../../policy-terms/chart-pods";
import { undecided } from "../../policy-terms/required-value";
import { disruptionBudgets, releaseOf } from "../../policy-terms/targets";
import { fail, unknown, type Verdict } from "../../policy/verdict";

const FIELD = "spec.unhealthyPodEvictionPolicy";

/** What the chart's own templates write, as its lock records it. */
function judgeChart(release: Release): Verdict | Verdict[] {
  const changed = changedBudgetValues(release);
  return changed.length > 0
    ? fail({
        expected: "budgets as the chart's lock records them",
        actual: `another ${changed.join(", ")}; run make charts`,
      })
    : budgetsOfChart(release).map(({ name, unhealthyPods }) =>
        equals("AlwaysAllow", unhealthyPods ?? "IfHealthyBudget", `unhealthyPodEvictionPolicy of ${name}`),
      );
}

export default policy({
  id: "AV-18",
  severity: "error",
  proves: ["CA-14", "FL-16", "XB-10"],
  title: "A disruption budget protects no pod that is not ready",
  because:
    "replicas that crash all the time are too few for their budget, which then refuses every eviction: drains never end, and the update of a node group fails after 15 minutes",
  remedy:
    "set unhealthyPodEvictionPolicy: AlwaysAllow of the budget, as constructs/kubernetes/workload/disruption-budget.ts does; where a chart has no value for it, disruptionBudgets in its chart.ts",
  subjects: ({ disruptionBudgets: budgets, releases }) => [
    ...budgets,
    ...releases.filter((release) => budgetsOfChart(release).length > 0),
  ],
  check: (subject) => {
    if ("values" in subject) return judgeChart(subject);
    const budget = subject;
    const reason = undecided(budget, "unhealthy");
    return reason === undefined
      ? equals("AlwaysAllow", budget.unhealthyPods, "unhealthyPodEvictionPolicy")
      : unknown(`unhealthyPodEvictionPolicy: ${reason}`);
  },
  mutants: [
    change("Kubernetes' default", disruptionBudgets(), unset(FIELD)),
    change(
      "a chart's budget with Kubernetes' default",
      releaseOf("metrics-server"),
      unset("values.0.podDisruptionBudget.unhealthyPodEvictionPolicy"),
    ),
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
