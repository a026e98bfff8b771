import type { BudgetVerdict } from "../../../models/cost";

const usd = (value: number): string => value.toFixed(2);

/** The sum of the regions against the budget, as a reader checks it. */
export function budgetArithmetic(verdict: BudgetVerdict): string {
  const { scenario, usdPerMonth, byRegion, budgetUsdPerMonth, headroomUsdPerMonth, unknown } = verdict;
  const regions = Object.entries(byRegion)
    .map(([region, sum]) => `${region} ${usd(sum)}`)
    .join(" + ");
  const missing = unknown.length > 0 ? ` + ${unknown.length} without a price` : "";
  const relation =
    headroomUsdPerMonth < 0
      ? `> ${usd(budgetUsdPerMonth)}: over by ${usd(-headroomUsdPerMonth)}`
      : `≤ ${usd(budgetUsdPerMonth)}: ${usd(headroomUsdPerMonth)} left`;
  return `${scenario}: ${regions || "nothing"}${missing} = ${usd(usdPerMonth)} USD a month ${relation}`;
}
