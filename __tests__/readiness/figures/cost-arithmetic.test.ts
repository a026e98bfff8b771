import type { BudgetVerdict, CostLine } from "../../../models/cost";
import { budgetArithmetic } from "../../../readiness/figures/cost/budget-arithmetic";
import { lineFigures } from "../../../readiness/figures/cost/line-arithmetic";

const verdict = (usdPerMonth: number, more: Partial<BudgetVerdict> = {}): BudgetVerdict => ({
  outcome: "pass",
  scenario: "steady",
  usdPerMonth,
  byRegion: { "us-east-1": usdPerMonth },
  budgetUsdPerMonth: 2000,
  headroomUsdPerMonth: 2000 - usdPerMonth,
  unknown: [],
  ...more,
});

describe("the arithmetic of a budget", () => {
  it.each([
    ["what is left", verdict(2000), "steady: us-east-1 2000.00 = 2000.00 USD a month ≤ 2000.00: 0.00 left"],
    ["what is too much", verdict(2000.01), "steady: us-east-1 2000.01 = 2000.01 USD a month > 2000.00: over by 0.01"],
    [
      "each region, and that a price is missing",
      verdict(3, { byRegion: { "us-east-1": 1, "eu-west-1": 2 }, unknown: ["detector (us-west-2): events"] }),
      "steady: us-east-1 1.00 + eu-west-1 2.00 + 1 without a price = 3.00 USD a month ≤ 2000.00: 1997.00 left",
    ],
    ["no resource", verdict(0, { byRegion: {} }), "steady: nothing = 0.00 USD a month ≤ 2000.00: 2000.00 left"],
  ])("shows %s", (_name, given, text) => {
    expect(budgetArithmetic(given)).toBe(text);
  });
});

const line = (more: Partial<CostLine>): CostLine => ({
  address: "nodes",
  kind: "node-pool",
  component: "on-demand nodes",
  region: "us-east-1",
  application: "shared",
  status: "priced",
  priceId: "ec2.t3.large.on-demand",
  unit: "hour",
  quantity: { steady: 1460, peak: 1460, failover: 1460 },
  usdPerUnit: 0.0832,
  usdPerMonth: { steady: 121.472, peak: 121.472, failover: 121.472 },
  confidence: "high",
  listUsdPerUnit: 0.0832,
  discount: 0,
  ...more,
});
const unknown: Partial<CostLine> = { status: "unknown", usdPerUnit: null, usdPerMonth: null, listUsdPerUnit: null };

describe("the arithmetic of a line of the bill", () => {
  it.each([
    ["quantity and price", line({}), "1460 hour × 0.0832 USD = 121.47 USD"],
    ["the discount", line({ discount: 0.5, usdPerUnit: 0.0416 }), "1460 hour × 0.0832 USD × 0.5 = 60.74 USD"],
    [
      "a price that is missing",
      line(unknown),
      "1460 × unknown: the price book has no ec2.t3.large.on-demand in us-east-1",
    ],
    ["what cannot be counted", line({ ...unknown, component: "calls", priceId: "calls" }), "unknown: calls"],
    ["why it is free", line({ status: "free", reason: "AWS asks nothing for it" }), "AWS asks nothing for it"],
  ])("shows %s", (_name, given, text) => {
    expect(lineFigures(given).arithmetic).toBe(text);
  });
});
