import { scaled } from "../nodes/cluster";
import type { Workload } from "../nodes/cluster";
import { selects } from "../scheduling/selectors";
import type { LabelSelector } from "../types";

/** A PodDisruptionBudget: exactly one of minAvailable and maxUnavailable, a number or a percentage (rounded up). */
export interface DisruptionBudget {
  readonly name: string;
  readonly namespace: string;
  readonly selector: LabelSelector;
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
}

export const guards = (budget: DisruptionBudget, workload: Workload): boolean =>
  budget.namespace === workload.pod.namespace && selects(budget.selector, workload.pod.labels);

/**
 * How many of so many pods the budget wants healthy. Percentages are of the replicas that the controllers want, rounded up
 * for both kinds. Source: getExpectedPodCount, pkg/controller/disruption, Kubernetes 1.36.
 * @throws RangeError when the budget has both limits or none
 */
export function desiredHealthy(budget: DisruptionBudget, replicas: number): number {
  const { name, minAvailable, maxUnavailable } = budget;
  if (minAvailable !== undefined && maxUnavailable === undefined)
    return scaled(minAvailable, replicas, `minAvailable of budget ${name}`);
  if (maxUnavailable !== undefined && minAvailable === undefined) {
    return Math.max(0, replicas - scaled(maxUnavailable, replicas, `maxUnavailable of budget ${name}`));
  }
  throw new RangeError(
    `budget ${name} has ${minAvailable === undefined ? "neither" : "both"} minAvailable and maxUnavailable; give exactly one`,
  );
}

/** The state of the budgets while pods come and go. */
export class BudgetLedger {
  private readonly healthy = new Map<string, number>();
  private readonly desired: ReadonlyMap<DisruptionBudget, number>;
  private readonly guarding: ReadonlyMap<string, readonly DisruptionBudget[]>;

  constructor(
    budgets: readonly DisruptionBudget[],
    private readonly workloads: readonly Workload[],
  ) {
    this.desired = new Map(budgets.map((budget) => [budget, desiredHealthy(budget, this.replicasOf(budget))]));
    this.guarding = new Map(
      workloads.map((workload) => [workload.workload, budgets.filter((budget) => guards(budget, workload))]),
    );
  }

  private replicasOf(budget: DisruptionBudget): number {
    return this.workloads.reduce((sum, workload) => sum + (guards(budget, workload) ? workload.minReplicas : 0), 0);
  }

  change(workload: string, delta: 1 | -1): void {
    this.healthy.set(workload, (this.healthy.get(workload) ?? 0) + delta);
  }

  /** Why the eviction API refuses a healthy pod of this workload; undefined when it agrees. */
  refusal(workload: string): string | undefined {
    const budgets = this.guarding.get(workload) ?? [];
    if (budgets.length > 1) {
      return `budgets ${budgets
        .map(({ name }) => name)
        .sort()
        .join(" and ")} both guard it, which the eviction API does not support; keep one`;
    }
    const [budget] = budgets;
    if (budget === undefined) return undefined;
    const desired = this.desired.get(budget) ?? 0;
    const healthy = this.workloads.reduce(
      (sum, one) => sum + (guards(budget, one) ? (this.healthy.get(one.workload) ?? 0) : 0),
      0,
    );
    if (healthy - 1 >= desired) return undefined;
    const limit =
      budget.minAvailable === undefined
        ? `maxUnavailable ${budget.maxUnavailable}`
        : `minAvailable ${budget.minAvailable}`;
    return `budget ${budget.name} (${limit}) wants ${desired} of ${this.replicasOf(budget)} pods healthy, and ${healthy} are: ${Math.max(0, healthy - desired)} evictions allowed`;
  }
}
