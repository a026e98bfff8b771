import type { MonitoringFigures } from "../../figures/monitoring/monitoring";
import { monitoringCells, monitoringHeads, seriesRows } from "../text/monitoring";
import { html, type Markup } from "./markup";
import { badge, section, table } from "./tables";

/** What a Prometheus replica needs for what it scrapes, beside what it gets. */
export function monitoringSection(figures: MonitoringFigures): Markup {
  const unknown = figures.regions.flatMap((one) => one.unknown.map((reason) => `${one.region}: ${reason}`));
  return section(
    "monitoring",
    "Monitoring",
    html`<p>
      Series, memory and disk of one Prometheus replica, computed from what it scrapes when every workload has its most
      replicas. OB-09 judges them.
    </p>`,
    unknown.length > 0 && html`<p>Not known: ${unknown.join("; ")}.</p>`,
    table(
      "Size of one Prometheus replica",
      monitoringHeads.map((title) => ({ title })),
      figures.regions.map((one) => ({ cells: [one.region, badge(one.verdict), ...monitoringCells(one)] })),
    ),
    table(
      "Series by what is scraped",
      [
        { title: "Region" },
        { title: "Scraped" },
        { title: "Targets", numeric: true },
        { title: "Series", numeric: true },
      ],
      seriesRows(figures).map((cells) => ({ cells })),
    ),
  );
}
