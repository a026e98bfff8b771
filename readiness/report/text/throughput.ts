import { table } from "./markdown-table";
import { alike, verdictWord } from "./numbers";
import type { ThroughputFigures } from "../../figures/throughput/throughput";

/** Clauses about the region's busiest node, whosever pods it has: they are the same for every workload. */
const ofNodes: readonly string[] = ["network", "cpuCredits"];

export function throughputMarkdown(regions: readonly ThroughputFigures[]): string[] {
  const rows = regions.flatMap(({ region, workloads }) => {
    const all = workloads.flatMap(({ workload, clauses }) =>
      clauses.map((clause) => ({ ...clause, workload: ofNodes.includes(clause.name) ? "all together" : workload })),
    );
    const shared = all.filter(({ name }) => ofNodes.includes(name));
    return [
      ...all.filter((clause) => !shared.includes(clause)),
      ...ofNodes.flatMap((name) => shared.find((clause) => clause.name === name) ?? []),
    ].map(({ workload, name, verdict, arithmetic }) => [region, workload, name, verdictWord(verdict), arithmetic]);
  });
  return [
    "### Throughput",
    rows.length === 0
      ? "No component declares what it carries."
      : table(["region", "workload", "clause", "verdict", "arithmetic"], rows),
    ...regions.flatMap(({ region, unknown }) => unknown.map((reason) => `- ${region}: not known: ${reason}`)),
  ];
}

export function throughputConsole(regions: readonly ThroughputFigures[]): string {
  const lines = regions.flatMap(({ region, verdict, nodes, workloads }) => {
    if (verdict === null) return [];
    const totals = new Map<string, number>();
    for (const { total, unit } of workloads.flatMap(({ promises }) => promises))
      totals.set(unit, (totals.get(unit) ?? 0) + total);
    return {
      region,
      verdict,
      more: `${[...totals].map(([unit, total]) => `${total} ${unit}`).join(", ")} on ${nodes} nodes`,
    };
  });
  return alike(lines) || "nothing declared";
}
