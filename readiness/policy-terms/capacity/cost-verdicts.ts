import { budgetVerdict, type Scenario } from "../../../models/cost";
import { budgetArithmetic } from "../../figures/cost/budget-arithmetic";
import { costOf } from "../../figures/cost/cost";
import type { Platform } from "../../inventory/platform";
import { fail, pass, unknown, type Verdict } from "../../policy/verdict";

/** Holds one situation against a limit; a resource outside the price book leaves it unknown unless what is priced exceeds it already. */
export function withinBudget(platform: Platform, limitUsdPerMonth: number, scenario: Scenario, field: string): Verdict {
  const { report, outsidePriceBook } = costOf(platform);
  const verdict = budgetVerdict(report, limitUsdPerMonth, scenario);
  const arithmetic = budgetArithmetic(verdict);
  if (verdict.outcome === "fail")
    return fail({
      expected: `at most ${limitUsdPerMonth} USD a month, ${scenario}`,
      actual: `${arithmetic}; most expensive: ${mostExpensive(platform, scenario)}`,
      field,
    });
  const missing = [...verdict.unknown, ...outsidePriceBook];
  if (missing.length === 0) return pass(arithmetic);
  return unknown(
    `${arithmetic}; without a price: ${missing.join(", ")}; add it to catalog/prices/price-book.json, declare its volume in config/usage.ts, or list it as free of charge with the reason`,
    field,
  );
}

/** The three kinds of resource that cost most. */
function mostExpensive(platform: Platform, scenario: Scenario): string {
  return Object.entries(costOf(platform).report.totals.byKind)
    .sort(([a, x], [b, y]) => y[scenario] - x[scenario] || (a < b ? -1 : 1))
    .slice(0, 3)
    .map(([kind, sum]) => `${kind} ${sum[scenario].toFixed(2)}`)
    .join(", ");
}
