import { platformCharts } from "../../catalog/charts";
import type { LockedBudget, LockedWorkload, RenderedFacts } from "../../catalog/charts/model/lock";
import type { DisruptionBudget } from "../inventory/facts/kubernetes/workload-graph";
import type { Release } from "../inventory/facts/kubernetes/releases";
import { leafDifferences } from "../figures/shape/leaf-differences";
import { matches } from "../inventory/kubernetes/selector";
import type { JsonObject } from "../inventory/json";
import type { Platform } from "../inventory/platform";

/** What the catalogue's render of the release's chart shows; undefined: not of the catalogue, or rendered by itself. */
function factsOf({ chart, version, rendered }: Release): RenderedFacts | undefined {
  if (rendered) return undefined;
  return (
    platformCharts.find(({ lock }) => lock.chart === chart && lock.version === version)?.lock.rendered ?? undefined
  );
}

/** Pods of charts that the budget guards, as the locks of the charts record them. */
export const guardedChartPods = (budget: DisruptionBudget, { releases }: Platform): readonly LockedWorkload[] =>
  releases
    .filter(({ region }) => region === budget.region)
    .flatMap((release) => factsOf(release)?.workloads ?? [])
    .filter(({ namespace, podLabels }) => namespace === budget.namespace && matches(budget.selector, podLabels));

/** Budgets that the release's chart brings itself. */
export const budgetsOfChart = (release: Release): readonly LockedBudget[] =>
  factsOf(release)?.podDisruptionBudgets ?? [];

/** Settings of those budgets that differ from what the lock was made with. */
export function changedBudgetValues(release: Release): readonly string[] {
  const own = platformCharts.find(({ lock }) => lock.chart === release.chart && lock.version === release.version);
  return own === undefined
    ? []
    : leafDifferences(own.exampleValues() as JsonObject, release.values).filter((path) =>
        /disruptionbudget/i.test(path),
      );
}
