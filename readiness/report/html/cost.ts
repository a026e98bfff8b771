import type { ByScenario } from "../../../models/cost";
import type { CostSection } from "../../figures/models";
import { bar, legend, seriesColour } from "./bars";
import { html, type Markup } from "./markup";
import { badge, barRows, section, table, type Column } from "./tables";

const scenarios = ["steady", "peak", "failover"] as const;
const usd = (amount: number): string => amount.toFixed(2);
const shownResources = 40;

export function costSection(cost: CostSection): Markup {
  const { budget, ceiling, totals, unknown, assumptions } = cost;
  const held = [budget, ...ceiling];
  const scale =
    1.05 * Math.max(1, ...held.flatMap(({ usdPerMonth, limitUsdPerMonth }) => [usdPerMonth, limitUsdPerMonth]));
  const regions = Object.keys(totals.byRegion);
  return section(
    "cost",
    "Cost",
    html`<h3>USD a month against the budget, by region</h3>`,
    legend([
      ...regions.map((name, index) => ({ name, colour: seriesColour(index) })),
      { name: "limit (line)", colour: "limit-swatch" },
    ]),
    html`<div class="bars">
      ${held.map(
        ({ scenario, outcome, usdPerMonth, limitUsdPerMonth, arithmetic }) =>
          html`<div class="bar-row">
            <div class="bar-name"><b>${scenario}</b> ${badge(outcome)}</div>
            ${bar({
              description: arithmetic,
              segments: regions.map((region, index) => ({
                label: `${region}: ${usd(totals.byRegion[region]?.[scenario] ?? 0)} USD`,
                value: totals.byRegion[region]?.[scenario] ?? 0,
                colour: seriesColour(index),
              })),
              limit: limitUsdPerMonth,
              scale,
            })}
            <div class="bar-value">
              ${usd(usdPerMonth)}
              ${outcome === "notApplicable" ? "USD in an account; no bill while emulated" : `of ${usd(limitUsdPerMonth)} USD`}
            </div>
          </div>`,
      )}
    </div>`,
    html`<h3>By application</h3>`,
    applicationBars(totals.byApplication),
    amounts("USD a month by application", "Application", Object.entries(totals.byApplication)),
    html`<h3>By resource</h3>`,
    resources(totals.byResource),
    unknown.length > 0 &&
      html`<details>
        <summary>${unknown.length} lines without a price</summary>
        <ul>
          ${unknown.map((line) => html`<li>${line}</li>`)}
        </ul>
      </details>`,
    html`<details>
      <summary>${assumptions.length} assumptions</summary>
      <ul>
        ${assumptions.map((line) => html`<li>${line}</li>`)}
      </ul>
    </details>`,
  );
}

function applicationBars(byApplication: Readonly<Record<string, ByScenario>>): Markup {
  const sorted = mostExpensive(byApplication).filter(([, { steady, peak, failover }]) => steady + peak + failover > 0);
  const scale = Math.max(1, ...sorted.flatMap(([, amount]) => scenarios.map((scenario) => amount[scenario])));
  return barRows(
    sorted.map(
      ([name, amount]) =>
        html`<div class="bar-row">
          <div class="bar-name"><b>${name}</b></div>
          ${bar({
            description: `${name}: steady ${usd(amount.steady)} USD a month`,
            segments: [{ label: `${usd(amount.steady)} USD a month`, value: amount.steady, colour: "series-1" }],
            scale,
          })}
          <div class="bar-value">${usd(amount.steady)} USD steady</div>
        </div>`,
    ),
  );
}

function resources(byResource: Readonly<Record<string, ByScenario>>): Markup {
  const sorted = mostExpensive(byResource);
  const rest = sorted.slice(shownResources);
  const sum = (scenario: (typeof scenarios)[number]): number =>
    rest.reduce((total, [, amount]) => total + amount[scenario], 0);
  return amounts("USD a month of the most expensive resources; report.json has every line", "Resource", [
    ...sorted.slice(0, shownResources),
    ...(rest.length === 0
      ? []
      : [[`${rest.length} others`, { steady: sum("steady"), peak: sum("peak"), failover: sum("failover") }] as const]),
  ]);
}

const mostExpensive = (amounts: Readonly<Record<string, ByScenario>>): (readonly [string, ByScenario])[] =>
  Object.entries(amounts).sort(([a, x], [b, y]) => y.steady - x.steady || y.peak - x.peak || (a < b ? -1 : 1));

const amounts = (caption: string, of: string, rows: readonly (readonly [string, ByScenario])[]): Markup =>
  table(
    caption,
    [{ title: of, wide: true }, ...scenarios.map((title): Column => ({ title, numeric: true }))],
    rows.map(([name, amount]) => ({ cells: [name, ...scenarios.map((scenario) => usd(amount[scenario]))] })),
  );
