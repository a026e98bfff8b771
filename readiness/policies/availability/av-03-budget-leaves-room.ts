import type { LockedWorkload } from "../../../catalog/charts/model/lock";
import { evictions } from "../../inventory/kubernetes/evictions";
import type { DisruptionBudget } from "../../inventory/facts/kubernetes/workload-graph";
import { above, atLeast } from "../../policy/comparison";
import { change, each, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, unknown } from "../../policy/verdict";
import { asPromised, promisesOf } from "../../policy-terms/promised";
import { guardedChartPods } from "../../policy-terms/chart-pods";
import { disruptionBudgets } from "../../policy-terms/targets";
import { undecided } from "../../policy-terms/required-value";

const promised = disruptionBudgets("api");

/** `2` as the API takes it: Terraform writes numbers as text. */
const count = (value: DisruptionBudget["minAvailable"]): number | string | undefined =>
  typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;

/** The same figures for pods of a chart, whose number its lock records. */
function atMinimum(
  { workloads, replicasAtMinimum = 0, minAvailable, maxUnavailable }: DisruptionBudget,
  ofCharts: readonly LockedWorkload[],
): Pick<DisruptionBudget, "replicasAtMinimum" | "evictionsAtMinimum"> {
  const own = workloads.length === 0 ? 0 : replicasAtMinimum;
  const replicas = ofCharts.reduce((sum, one) => sum + (one.replicas ?? 0), own);
  return { replicasAtMinimum: replicas, evictionsAtMinimum: evictions(replicas, minAvailable, maxUnavailable) };
}

export default policy({
  id: "AV-03",
  severity: "error",
  title: "A PodDisruptionBudget allows an eviction and keeps at least one pod",
  because:
    "a budget that allows no eviction at the autoscaler's minimum blocks every drain and upgrade; one that allows all protects nothing",
  remedy: "set keepAvailable below scale.min (or replicas) and at least 1",
  proves: ["CA-14", "FL-16", "XB-10"],
  equivalents: ["kube-linter pdb-min-available", "kube-linter pdb-max-unavailable"],
  subjects: (platform) => platform.disruptionBudgets,
  check: (budget, platform) => {
    const field = "keepAvailable";
    const ofCharts = guardedChartPods(budget, platform);
    if (budget.workloads.length + ofCharts.length === 0)
      return fail({ expected: "the budget selects pods of a workload", actual: "it selects none", field });
    const { minAvailable, maxUnavailable } = budget;
    if (minAvailable !== undefined && maxUnavailable !== undefined)
      return fail({ expected: "minAvailable or maxUnavailable", actual: "both, which the API refuses", field });
    const { replicasAtMinimum, evictionsAtMinimum } = ofCharts.length === 0 ? budget : atMinimum(budget, ofCharts);
    const reason = undecided(budget, "vailable");
    if (minAvailable === undefined && maxUnavailable === undefined && reason !== undefined)
      return unknown(`the budget: ${reason}`, field);
    const kept =
      replicasAtMinimum === undefined || evictionsAtMinimum === undefined
        ? undefined
        : replicasAtMinimum - evictionsAtMinimum;
    const rule =
      minAvailable === undefined ? `maxUnavailable ${String(maxUnavailable)}` : `minAvailable ${String(minAvailable)}`;
    return [
      atLeast(1, evictionsAtMinimum, "evictions at the minimum of replicas", {
        field,
        arithmetic: `${String(replicasAtMinimum)} replicas, ${rule}`,
      }),
      above(0, kept, "pods that stay during evictions at the minimum", {
        field,
        arithmetic: `${String(replicasAtMinimum)} replicas − ${String(evictionsAtMinimum)} evictions`,
      }),
      ...budget.workloads.flatMap((workload) =>
        asPromised(promisesOf(platform, workload, "budget"), {
          "budget.minAvailable": { value: count(minAvailable), field },
        }),
      ),
    ];
  },
  mutants: [
    change("the budget equals the minimum", promised, set("spec.minAvailable", "3")),
    change("all pods must stay", disruptionBudgets(), set("spec.minAvailable", "100%")),
    change(
      "no pod may be missing",
      disruptionBudgets(),
      each(unset("spec.minAvailable"), set("spec.maxUnavailable", "0")),
    ),
    change("a budget that keeps nothing", disruptionBudgets(), set("spec.minAvailable", "0")),
    change(
      "all may be missing",
      disruptionBudgets(),
      each(unset("spec.minAvailable"), set("spec.maxUnavailable", "100%")),
    ),
    change(
      "a budget that selects no pod",
      disruptionBudgets(),
      set(["spec", "selector", "matchLabels", "app.kubernetes.io/component"], "absent"),
    ),
    change("one instead of the two that the report promises", promised, set("spec.minAvailable", "1")),
    change("both forms", promised, set("spec.maxUnavailable", 1)),
    change("all pods of a chart", disruptionBudgets("keda-operator", /^platform-/), set("spec.maxUnavailable", 2)),
    change(
      "pods that the chart does not have",
      disruptionBudgets("keda-operator", /^platform-/),
      set(["spec", "selector", "matchLabels", "app"], "keda"),
    ),
    change("neither form", promised, unset("spec.minAvailable")),
  ],
  boundary: {
    holds: change("half of the workers", disruptionBudgets("worker"), set("spec.minAvailable", "50%")),
    breaks: change("three of three", promised, set("spec.minAvailable", 3)),
  },
});
