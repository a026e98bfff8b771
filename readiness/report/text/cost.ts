import type { ByScenario } from "../../../models/cost";
import type { CostSection } from "../../figures/models";
import { table } from "./markdown-table";
import { usd } from "./numbers";

const money = ({ steady, peak, failover }: ByScenario): string[] => [usd(steady), usd(peak), usd(failover)];

export function costMarkdown(cost: CostSection): string[] {
  const paid = cost.lines.filter(({ status }) => status !== "free");
  const doubtful = [
    ...new Set(
      paid
        .filter(({ confidence }) => confidence === "low")
        .map(({ priceId, region }) => `${priceId ?? "no price"} in ${region}`),
    ),
  ].sort();
  return [
    "## Cost, USD a month",
    [cost.budget, ...cost.ceiling].map(({ outcome, arithmetic }) => `- **${outcome}** ${arithmetic}`).join("\n"),
    ...(
      [
        ["region", cost.totals.byRegion],
        ["application", cost.totals.byApplication],
        ["kind", cost.totals.byKind],
        ["confidence of the price", cost.totals.byConfidence],
      ] as const
    ).map(([name, sums]) =>
      table(
        [name, "steady", "peak", "failover"],
        Object.entries(sums).map(([key, sum]) => [key, ...money(sum)]),
      ),
    ),
    "<details><summary>Every line with its arithmetic</summary>",
    table(
      ["resource", "region", "component", "arithmetic", "confidence", "peak", "failover"],
      paid.map(({ address, region, component, arithmetic, confidence, usdPerMonth }) => [
        address,
        region,
        component,
        arithmetic,
        confidence === "low" ? "**low**" : (confidence ?? "–"),
        usdPerMonth === null ? "unknown" : usd(usdPerMonth.peak),
        usdPerMonth === null ? "unknown" : usd(usdPerMonth.failover),
      ]),
    ),
    "</details>",
    ...(cost.unknown.length === 0 ? [] : [["Without a price:", ...cost.unknown.map((line) => `- ${line}`)].join("\n")]),
    ...(doubtful.length === 0
      ? []
      : [["Prices of low confidence:", ...doubtful.map((line) => `- ${line}`)].join("\n")]),
    ["Assumptions:", ...cost.assumptions.map((line) => `- ${line}`)].join("\n"),
  ];
}

export function costConsole({ totals: { whole }, budget, ceiling, unknown }: CostSection): string {
  const unpriced = unknown.length === 0 ? [] : [`${unknown.length} without a price in report.md`];
  if (budget.outcome === "notApplicable")
    return [
      `no bill, the environment is emulated; an account would pay ${usd(whole.steady)} USD a month`,
      `peak ${usd(whole.peak)}, failover ${usd(whole.failover)}`,
      ...unpriced,
    ].join("; ");
  const [most] = ceiling.map(({ limitUsdPerMonth }) => usd(limitUsdPerMonth));
  const left = budget.limitUsdPerMonth - whole.steady;
  return [
    `${usd(whole.steady)} of ${usd(budget.limitUsdPerMonth)} USD a month (${budget.outcome}), ${left < 0 ? `${usd(-left)} too much` : `${usd(left)} left`}`,
    `peak ${usd(whole.peak)}, failover ${usd(whole.failover)}${most === undefined ? "" : ` of ${most}`}`,
    ...unpriced,
  ].join("; ");
}
