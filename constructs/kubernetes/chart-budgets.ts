import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { inChart } from "./chart-source";
import { Manifests } from "./manifests";
import { disruptionBudget } from "./workload/disruption-budget";

export interface ChartBudgetsProps {
  readonly chart: {
    readonly key: string;
    readonly namespace: string;
    /** Budget of each workload, for the pods that the labels choose. */
    readonly disruptionBudgets?: readonly {
      readonly name: string;
      readonly maxUnavailable: number;
      readonly matchLabels: Readonly<Record<string, string>>;
    }[];
  };
  readonly dependsOn: ITerraformDependable[];
}

/** Disruption budgets of a chart whose templates cannot let pods go that are not ready; none for a chart without. */
export class ChartBudgets {
  readonly release: ITerraformDependable | undefined;

  constructor(scope: Construct, { chart, dependsOn }: ChartBudgetsProps) {
    const { key, namespace, disruptionBudgets = [] } = chart;
    if (disruptionBudgets.length === 0) return;
    const name = `${key}-budgets`;
    this.release = new Manifests(scope, name, {
      name,
      namespace,
      manifests: disruptionBudgets.map(({ name: workload, maxUnavailable, matchLabels }) =>
        disruptionBudget({ name: workload, namespace }, { maxUnavailable }, matchLabels),
      ),
      dependsOn,
      declaration: inChart(chart, "disruptionBudgets"),
    }).release;
  }
}
