import { ChartBudgets, type ChartBudgetsProps } from "../../../constructs/kubernetes/chart-budgets";
import { Made } from "../empty-stack";

type Budgets = ChartBudgetsProps["chart"]["disruptionBudgets"];

/** The release that waits for the chart, if any was made. */
function budgets(disruptionBudgets?: Budgets) {
  let release: ChartBudgets["release"];
  const made = new Made((stack) => {
    const chart = { key: "loki", namespace: "logging", ...(disruptionBudgets ? { disruptionBudgets } : {}) };
    ({ release } = new ChartBudgets(stack, { chart, dependsOn: [{ fqn: "helm_release.loki" }] }));
  });
  return { made, release };
}

describe("the disruption budgets of a chart", () => {
  const two = budgets([
    { name: "writer", maxUnavailable: 1, matchLabels: { part: "write" } },
    { name: "reader", maxUnavailable: 2, matchLabels: { part: "read" } },
  ]);
  const [values] = two.made.only("helm_release")["values"] as readonly string[];
  const { manifests } = JSON.parse(values ?? "{}") as { readonly manifests: readonly object[] };

  it("are one release in the chart's namespace, made after the chart", () => {
    expect(two.made.only("helm_release")).toMatchObject({
      name: "loki-budgets",
      namespace: "logging",
      depends_on: ["helm_release.loki"],
    });
    expect(two.release).toBeDefined();
  });

  it("let pods of each workload go as its own says, chosen by its labels", () =>
    expect(manifests).toMatchObject([
      {
        metadata: { name: "writer", namespace: "logging" },
        spec: { maxUnavailable: 1, selector: { matchLabels: { part: "write" } } },
      },
      {
        metadata: { name: "reader", namespace: "logging" },
        spec: { maxUnavailable: 2, selector: { matchLabels: { part: "read" } } },
      },
    ]));

  it("never hold up a drain by a pod that is not ready", () => {
    expect(manifests).toHaveLength(2);
    for (const manifest of manifests)
      expect(manifest).toMatchObject({
        kind: "PodDisruptionBudget",
        spec: { unhealthyPodEvictionPolicy: "AlwaysAllow" },
      });
  });

  it("make nothing for a chart that has none", () => {
    for (const none of [budgets(), budgets([])]) {
      expect(none.made.counts).toEqual({});
      expect(none.release).toBeUndefined();
    }
  });
});
