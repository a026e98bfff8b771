import { table } from "./markdown-table";
import { rounded, verdictWord } from "./numbers";
import type { MonitoringFigures, RegionMonitoring } from "../../figures/monitoring/monitoring";

/** Heads of the columns of `monitoringCells`. */
export const monitoringHeads = [
  "Region",
  "Verdict",
  "Peak",
  "Series",
  "Samples a second",
  "Memory: needed of requested",
  "Disk: needed of retention size, volume",
  "Retention",
] as const;

/** A region's figures beside what its Prometheus gets, after its name and verdict. */
export const monitoringCells = ({ needed, given }: RegionMonitoring): string[] => [
  needed === null ? "unknown" : `${needed.nodes} nodes, ${needed.pods} pods`,
  needed === null ? "unknown" : String(needed.series),
  needed === null ? "unknown" : String(needed.samplesPerSecond),
  `${needed?.memoryMiB ?? "unknown"} of ${given === null ? "unknown" : rounded(given.memoryMiB)} MiB`,
  `${needed?.diskGiB ?? "unknown"} of ${given === null ? "unknown" : `${given.retentionSizeGiB} GiB, ${rounded(given.volumeGiB)}`} GiB`,
  given === null ? "unknown" : `${rounded(given.retentionDays)} days`,
];

/** Series of each scraped group and region, the largest group first. */
export const seriesRows = ({
  regions,
}: MonitoringFigures): [region: string, name: string, targets: number, series: number][] =>
  regions.flatMap(({ region, needed }) =>
    [...(needed?.groups ?? [])]
      .sort((a, b) => b.series - a.series)
      .map(({ name, targets, series }): [string, string, number, number] => [region, name, targets, series]),
  );

/** Tables for report.md. */
export const monitoringMarkdown = (figures: MonitoringFigures): string[] =>
  figures.regions.length === 0
    ? []
    : [
        "## Monitoring",
        table(
          monitoringHeads.map((head) => head.toLowerCase()),
          figures.regions.map((one) => [one.region, verdictWord(one.verdict), ...monitoringCells(one)]),
        ),
        table(["region", "scraped", "targets", "series"], seriesRows(figures)),
        ...figures.regions.flatMap(({ region, unknown }) =>
          unknown.map((reason) => `- ${region}: not known: ${reason}`),
        ),
      ];
