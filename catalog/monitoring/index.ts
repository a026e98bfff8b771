import { monitoringSize, type MonitoringSize, type ScrapedGroup } from "../../models/monitoring";
import data from "./series.json";

/** Intervals, retention and sizes of the monitoring stack. */
export const monitoringSettings = {
  scrapeIntervalSeconds: 30,
  evaluationIntervalSeconds: 30,
  /** Longest window of a rule (30 days) and five days to look back on it. */
  retentionDays: 35,
  logRetentionDays: 30,
  /** Volume of one Prometheus replica; OB-09 compares it with the computed size. */
  prometheusVolumeGiB: 50,
} as const;

/** What the sizes are computed for. */
export interface ScrapedCluster {
  readonly nodes: number;
  readonly pods: number;
}

/** What Prometheus scrapes in a cluster of so many nodes and pods. */
export function scrapedGroups(cluster: ScrapedCluster): readonly ScrapedGroup[] {
  const targets = { node: cluster.nodes, pod: cluster.pods, cluster: 1 };
  return data.groups.map(({ name, per, series }) => ({
    name,
    targets: targets[per as keyof typeof targets],
    seriesPerTarget: series,
  }));
}

/** Size of one Prometheus replica in a cluster of so many nodes and pods. */
export const expectedMonitoring = (cluster: ScrapedCluster): MonitoringSize =>
  monitoringSize({
    groups: scrapedGroups(cluster),
    scrapeIntervalSeconds: monitoringSettings.scrapeIntervalSeconds,
    retentionDays: monitoringSettings.retentionDays,
    bytesPerSample: data.bytesPerSample,
    kibPerSeries: data.kibPerSeries,
    baseMemoryMiB: data.baseMemoryMiB,
  });
