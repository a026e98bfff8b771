import type { CapacitySection, ScenarioFigures } from "../../figures/models";
import { table } from "./markdown-table";
import { alike, percent } from "./numbers";

/** Head room of all pools of a scenario together. */
function headroom({ pools }: ScenarioFigures): string {
  const sum = (amount: "cpuMillis" | "memoryMiB" | "pods"): number =>
    pools.reduce((total, pool) => total + pool[amount].headroom, 0);
  return `${sum("cpuMillis")}m, ${Math.round(sum("memoryMiB"))} MiB, ${sum("pods")} pods`;
}

export function capacityMarkdown(capacity: CapacitySection): string[] {
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

/** Regions of which the same is said, and the tightest of all. */
export function capacityConsole({ regions }: CapacitySection): string {
  const said = alike(
    regions.map(({ region, verdict, steady }) => ({ region, verdict, more: `${steady.nodes} nodes at the minimum` })),
  );
  const [tightest] = regions.flatMap((one) => one.tightest ?? []).sort((a, b) => b.share - a.share);
  if (said === "") return "no cluster";
  return `${said}${tightest ? `; tightest ${tightest.resource} ${percent(tightest.share)} (${tightest.pool}, ${tightest.scenario})` : ""}`;
}
