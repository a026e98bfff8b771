import { compareCosts, scenarios, type CostChange, type CostComparison } from "../../models/cost";
import { table } from "./text/markdown-table";
import { percent, rounded, usd } from "./text/numbers";
import type { CapacitySection, CostSection, Models } from "../figures/models";
import { changeText, matchedFindings } from "./matched-findings";
import type { Report } from "./report";

/** A report whose figures are all there, as `make synth` writes it. */
export type WholeReport = Omit<Report, "models"> & { readonly models: Pick<Models, "capacity" | "cost"> };

const shownChanges = 40;
const signed = (value: number): string => `${value > 0 ? "+" : value < 0 ? "−" : "±"}${usd(Math.abs(value))}`;
const money = (value: number | null): string => (value === null ? "–" : usd(value));

/** What a change does to verdict, findings, cost and head room, in Markdown for a pull request. */
export function comparison(before: WholeReport, after: WholeReport): string {
  return [
    `## What changes in ${after.environment}${before.environment === after.environment ? "" : ` (compared with ${before.environment})`}`,
    `Verdict: ${before.verdict === after.verdict ? `**${after.verdict}**, as before` : `${before.verdict} → **${after.verdict}**`}.`,
    ...findings(before, after),
    ...costs(before.models.cost, after.models.cost),
    ...capacity(before.models.capacity, after.models.capacity),
    "",
  ].join("\n\n");
}

function findings(before: Report | WholeReport, after: Report | WholeReport): string[] {
  const matched = matchedFindings(before.findings, after.findings);
  const changed = [
    ...matched.added.map((finding) => ["new", finding] as const),
    ...matched.fixed.map((finding) => ["fixed", finding] as const),
    ...matched.changed.map((change) => [changeText(change), change.after] as const),
  ];
  const policies = policyChanges(before, after);
  return [
    "### Findings",
    changed.length === 0
      ? `None changes; ${after.findings.length} stay.`
      : table(
          ["", "policy", "outcome", "construct", "expected", "actual"],
          changed.map(([change, { policy, outcome, constructPath, address, expected, actual }]) => [
            change,
            policy,
            outcome,
            `\`${constructPath || address}\``,
            expected,
            actual,
          ]),
        ),
    ...(policies.length === 0 ? [] : [table(["policy", "before", "after"], policies)]),
  ];
}

function policyChanges(before: Report | WholeReport, after: Report | WholeReport): string[][] {
  const outcomes = (report: Report | WholeReport): Map<string, string> =>
    new Map(report.policies.map(({ id, outcome }) => [id, outcome]));
  const [old, now] = [outcomes(before), outcomes(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .filter((id) => old.get(id) !== now.get(id))
    .map((id) => [id, old.get(id) ?? "not there", now.get(id) ?? "not there"]);
}

const changeRow = ({
  address,
  region,
  component,
  change,
  beforeUsdPerMonth,
  afterUsdPerMonth,
  differenceUsdPerMonth,
}: CostChange): string[] => [
  address,
  region,
  component,
  change,
  money(beforeUsdPerMonth),
  money(afterUsdPerMonth),
  differenceUsdPerMonth === null ? "unknown" : signed(differenceUsdPerMonth),
];

function costs(before: CostSection, after: CostSection): string[] {
  const compared = scenarios.map((scenario) => compareCosts(before, after, scenario));
  const [steady] = compared;
  const changes = steady?.changes ?? [];
  return [
    "### Cost, USD a month",
    table(
      ["", "before", "after", "difference", "limit", "outcome"],
      compared.map((one) => totalRow(one, after)),
    ),
    changes.length === 0
      ? "No line changes in the steady month."
      : table(
          ["resource", "region", "component", "change", "before", "after", "difference"],
          changes.slice(0, shownChanges).map(changeRow),
        ),
    ...(changes.length > shownChanges ? [`And ${changes.length - shownChanges} smaller changes.`] : []),
    ...(after.unknown.length === 0
      ? []
      : [["Without a price:", ...after.unknown.map((line) => `- ${line}`)].join("\n")]),
  ];
}

function totalRow(
  { scenario, beforeUsdPerMonth, afterUsdPerMonth, differenceUsdPerMonth }: CostComparison,
  after: CostSection,
): string[] {
  const held = [after.budget, ...after.ceiling].find((one) => one.scenario === scenario);
  return [
    scenario,
    usd(beforeUsdPerMonth),
    usd(afterUsdPerMonth),
    signed(differenceUsdPerMonth),
    held ? usd(held.limitUsdPerMonth) : "–",
    held?.outcome ?? "–",
  ];
}

interface Room {
  readonly verdict: string;
  readonly nodes: number;
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly pods: number;
  readonly tightest: number;
}

/** Head room of all pools of a scenario together, by region and scenario. */
function roomsOf({ regions }: CapacitySection): Map<string, Room> {
  return new Map(
    regions.flatMap(({ region, scenarios: all }) =>
      all.map(({ name, verdict, pools }): [string, Room] => {
        const sum = (amount: "cpuMillis" | "memoryMiB" | "pods"): number =>
          pools.reduce((total, pool) => total + pool[amount].headroom, 0);
        return [
          `${region}, ${name}`,
          {
            verdict,
            nodes: pools.reduce((total, pool) => total + pool.nodes, 0),
            cpuMillis: sum("cpuMillis"),
            memoryMiB: sum("memoryMiB"),
            pods: sum("pods"),
            tightest: Math.max(0, ...pools.map(({ tightest }) => tightest.share)),
          },
        ];
      }),
    ),
  );
}

const arrow = (before: string | undefined, after: string | undefined): string =>
  before === after ? (after ?? "–") : `${before ?? "–"} → ${after ?? "–"}`;

function capacity(before: CapacitySection, after: CapacitySection): string[] {
  const [old, now] = [roomsOf(before), roomsOf(after)];
  const rows = [...new Set([...old.keys(), ...now.keys()])].sort().map((key) => {
    const cell = (shown: (room: Room) => string): string =>
      arrow(
        old.has(key) ? shown(old.get(key) as Room) : undefined,
        now.has(key) ? shown(now.get(key) as Room) : undefined,
      );
    return [
      key,
      cell(({ verdict }) => verdict),
      cell(({ nodes }) => String(nodes)),
      cell(({ cpuMillis }) => `${rounded(cpuMillis)}m`),
      cell(({ memoryMiB }) => `${rounded(memoryMiB, 0)} MiB`),
      cell(({ pods }) => String(pods)),
      cell(({ tightest }) => percent(tightest)),
    ];
  });
  return [
    "### Head room at the peak",
    rows.length === 0
      ? "No cluster."
      : table(["region", "verdict", "nodes", "CPU", "memory", "pods", "tightest"], rows),
  ];
}
