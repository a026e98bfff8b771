import type { Scenario } from "./billable";
import type { CostReport } from "./estimate";

export interface BudgetVerdict {
  readonly outcome: "pass" | "fail" | "unknown";
  readonly scenario: Scenario;
  /** Sum of the lines that have a price, reserves included. */
  readonly usdPerMonth: number;
  readonly byRegion: Readonly<Record<string, number>>;
  readonly budgetUsdPerMonth: number;
  /** What is left, negative when exceeded. */
  readonly headroomUsdPerMonth: number;
  /** Lines without a price that the scenario uses, as `address (region): component`. */
  readonly unknown: readonly string[];
}

/**
 * Holds a scenario against a budget. What is known may exceed it (fail); what is unknown never lets it pass.
 * @param budgetUsdPerMonth USD a month, not exceeded when equal
 * @throws RangeError for a budget that is not a number of at least 0
 */
export const budgetVerdict = (
  report: CostReport,
  budgetUsdPerMonth: number,
  scenario: Scenario = "steady",
): BudgetVerdict => {
  if (!(budgetUsdPerMonth >= 0))
    throw new RangeError(`the budget is ${budgetUsdPerMonth} USD a month; allowed is a number of at least 0`);
  const usdPerMonth = report.totals.whole[scenario];
  const unknown = report.unknown
    .filter(({ quantity }) => quantity[scenario] > 0)
    .map(({ address, region, component }) => `${address} (${region}): ${component}`);
  const headroomUsdPerMonth = budgetUsdPerMonth - usdPerMonth;
  const outcome = headroomUsdPerMonth < 0 ? "fail" : unknown.length > 0 ? "unknown" : "pass";
  const byRegion = Object.fromEntries(
    Object.entries(report.totals.byRegion).map(([region, sum]) => [region, sum[scenario]]),
  );
  return { outcome, scenario, usdPerMonth, byRegion, budgetUsdPerMonth, headroomUsdPerMonth, unknown };
};
