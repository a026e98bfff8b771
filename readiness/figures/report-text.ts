import type { ByScenario } from "../../models/cost";
import type { Platform } from "../inventory/platform";
import type { Models } from "../report/report";
import { alertingMarkdown } from "./alerting/alerting-text";
import { table } from "../report/text/markdown-table";
import { alike, percent, usd } from "../report/text/numbers";
import { monitoringMarkdown } from "./monitoring/monitoring-text";
import { recoveryConsole, recoveryMarkdown } from "./recovery/recovery-text";
import {
  type CapacitySection,
  type CostSection,
  modelsSection,
  type ModelsSection,
  type ScenarioFigures,
} from "./report";
import { supportConsole, supportMarkdown } from "./support/support-text";
import { throughputConsole, throughputMarkdown } from "./throughput/throughput-text";

const money = ({ steady, peak, failover }: ByScenario): string[] => [usd(steady), usd(peak), usd(failover)];

/** Head room of all pools of a scenario together. */
function headroom({ pools }: ScenarioFigures): string {
  const sum = (amount: "cpuMillis" | "memoryMiB" | "pods"): number =>
    pools.reduce((total, pool) => total + pool[amount].headroom, 0);
  return `${sum("cpuMillis")}m, ${Math.round(sum("memoryMiB"))} MiB, ${sum("pods")} pods`;
}

/** Tables of the figures for report.md. */
export function modelsMarkdown({ capacity, recovery, cost, support, slo, monitoring }: ModelsSection): string {
  return [
    ...capacityMarkdown(capacity),
    ...throughputMarkdown(capacity.throughput),
    ...recoveryMarkdown(recovery),
    ...costMarkdown(cost),
    ...alertingMarkdown(slo),
    ...monitoringMarkdown(monitoring),
    ...supportMarkdown(support),
    "",
  ].join("\n\n");
}

function capacityMarkdown(capacity: CapacitySection): string[] {
  const scenarios = capacity.regions.flatMap(({ region, scenarios: all }) =>
    all.map((scenario) => {
      const [tightest] = [...scenario.pools].sort((a, b) => b.tightest.share - a.tightest.share);
      const most =
        tightest === undefined
          ? "–"
          : `${tightest.tightest.resource} of ${tightest.pool}, ${percent(tightest.tightest.share)}`;
      return [
        region,
        scenario.name,
        scenario.verdict,
        scenario.pools.reduce((sum, { nodes }) => sum + nodes, 0),
        headroom(scenario),
        most,
      ];
    }),
  );
  return [
    "## Capacity",
    table(["region", "peak", "verdict", "nodes", "head room", "tightest"], scenarios),
    table(
      ["region", "nodes at the minimum", "replacement of every node"],
      capacity.regions.map(({ region, steady, drain }) => [region, steady.nodes, `${drain.outcome}: ${drain.because}`]),
    ),
    ...capacity.takeovers.map(
      ({ from, to, verdict, because }) => `${to} carries the peak of ${from}: **${verdict}**, ${because}`,
    ),
    ...capacity.takeovers.flatMap(({ from, to, fixes }) =>
      fixes.map((fix) => `- ${to} in place of ${from}: ${fixText(fix)}`),
    ),
    ...capacity.regions.flatMap(({ region, unknown, fixes }) => [
      ...unknown.map((reason) => `- ${region}: not known: ${reason}`),
      ...fixes.map((fix) => `- ${region}: ${fixText(fix)}`),
    ]),
  ];
}

const fixText = ({ change, extraUsdPerHour }: CapacitySection["takeovers"][number]["fixes"][number]): string =>
  `to fix it, ${change}${extraUsdPerHour === null ? "" : ` (${extraUsdPerHour.toFixed(4)} USD an hour more)`}`;

function costMarkdown(cost: CostSection): string[] {
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

/** One line for each model, for the console. */
export const modelsConsole = ({ capacity, recovery, cost, support }: ModelsSection): readonly string[] => [
  headed("capacity", capacityConsole(capacity)),
  headed("throughput", throughputConsole(capacity.throughput)),
  headed("recovery", recoveryConsole(recovery)),
  headed("cost", costConsole(cost)),
  headed("support", supportConsole(support)),
];

const headed = (title: string, line: string): string => `${`${title}:`.padEnd("throughput: ".length)}${line}`;

/** Regions of which the same is said, and the tightest of all. */
function capacityConsole({ regions }: CapacitySection): string {
  const said = alike(
    regions.map(({ region, verdict, steady }) => ({ region, verdict, more: `${steady.nodes} nodes at the minimum` })),
  );
  const [tightest] = regions.flatMap((one) => one.tightest ?? []).sort((a, b) => b.share - a.share);
  if (said === "") return "no cluster";
  return `${said}${tightest ? `; tightest ${tightest.resource} ${percent(tightest.share)} (${tightest.pool}, ${tightest.scenario})` : ""}`;
}

function costConsole({ totals: { whole }, budget, ceiling, unknown }: CostSection): string {
  const [most] = ceiling.map(({ limitUsdPerMonth }) => usd(limitUsdPerMonth));
  const left = budget.limitUsdPerMonth - whole.steady;
  return [
    `${usd(whole.steady)} of ${usd(budget.limitUsdPerMonth)} USD a month (${budget.outcome}), ${left < 0 ? `${usd(-left)} too much` : `${usd(left)} left`}`,
    `peak ${usd(whole.peak)}, failover ${usd(whole.failover)}${most === undefined ? "" : ` of ${most}`}`,
    ...(unknown.length === 0 ? [] : [`${unknown.length} without a price in report.md`]),
  ].join("; ");
}

/** The figures of a platform in every form. */
export function figuresOf(platform: Platform): { section: Models; console: readonly string[]; markdown: string } {
  const section = modelsSection(platform);
  return { section: { ...section }, console: modelsConsole(section), markdown: modelsMarkdown(section) };
}
