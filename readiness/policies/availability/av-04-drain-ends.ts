import { capacityOf } from "../../figures/capacity/capacity";
import { change, set, together, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, pass, unknown } from "../../policy/verdict";
import { missingFacts } from "../../policy-terms/capacity/capacity-verdicts";
import { disruptionBudgets } from "../../policy-terms/targets";

const workers = disruptionBudgets("worker", /^storefront-/);

export default policy({
  id: "AV-04",
  severity: "error",
  title: "A rolling replacement of all nodes finishes",
  because:
    "a disruption budget that refuses every eviction stops the upgrade of a node group after 15 minutes, and the cluster stays on its old version",
  remedy: "lower keepAvailable below scale.min, raise scale.min, or make one budget of two that select the same pods",
  proves: ["CA-14", "FL-16", "XB-10"],
  subjects: (platform) => platform.clusters,
  check: (cluster, platform) => {
    const capacity = capacityOf(platform).find(({ subject }) => subject === cluster);
    if (capacity === undefined) return [];
    if (capacity.unknown.length > 0) return missingFacts(capacity.unknown);
    const { outcome, because, deadlock } = capacity.drain();
    if (outcome === "ends") return pass(because);
    if (outcome === "unknown") return unknown(because);
    return fail({
      expected: "every node is replaced, each within 15 minutes",
      actual: `${because}${deadlock === undefined ? "" : ` (node ${deadlock.node})`}`,
      field: "pools.general",
    });
  },
  mutants: [
    change("a budget that wants every pod", disruptionBudgets("api"), set("spec.minAvailable", "100%")),
    change("a budget that equals the minimum", disruptionBudgets("api"), set("spec.minAvailable", 3)),
    change("a budget of none unavailable", disruptionBudgets(), (block) => {
      unset("spec.minAvailable")(block);
      set("spec.maxUnavailable", 0)(block);
    }),
    together(
      "two budgets for the same pods",
      change(
        "",
        disruptionBudgets("worker"),
        set("spec.selector.matchLabels", { "app.kubernetes.io/name": "storefront" }),
      ),
      change(
        "",
        disruptionBudgets("api"),
        set("spec.selector.matchLabels", { "app.kubernetes.io/name": "storefront" }),
      ),
    ),
  ],
  boundary: {
    holds: change("three of four, as a share", workers, set("spec.minAvailable", "75%")),
    breaks: change("four of four: shares are rounded up", workers, set("spec.minAvailable", "76%")),
  },
});
