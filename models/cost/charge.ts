import { type Amount, type ByScenario, byScenario, inScenario } from "./billable";

/** AWS bills hours; a month is 365 × 24 ÷ 12. */
export const hoursPerMonth = 730;

/** Units of one price that a resource uses in a month. `from` names the spot fallback: the most expensive of several prices, less a discount. */
export interface Charge {
  readonly component: string;
  /** One price; or several, of which the most expensive counts and all must be known. */
  readonly priceIds: readonly [string, ...string[]];
  readonly quantity: ByScenario;
  /** Fraction off the price. */
  readonly discount?: number;
  readonly assumption?: string;
}

export const charge = (component: string, priceId: string, quantity: Amount, times = 1): Charge => ({
  component,
  priceIds: [priceId],
  quantity: byScenario((scenario) => inScenario(quantity, scenario) * times),
});

export const hourly = (component: string, priceId: string, count: Amount): Charge =>
  charge(component, priceId, count, hoursPerMonth);
