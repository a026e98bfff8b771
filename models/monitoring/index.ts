/** One group of scrape targets: what exposes series, and how many each exposes. */
export interface ScrapedGroup {
  readonly name: string;
  readonly targets: number;
  readonly seriesPerTarget: number;
}

export interface MonitoringDemand {
  readonly groups: readonly ScrapedGroup[];
  readonly scrapeIntervalSeconds: number;
  readonly retentionDays: number;
  /** Bytes of one sample on disk after compaction. */
  readonly bytesPerSample: number;
  /** Memory of one active series in the head block, KiB. */
  readonly kibPerSeries: number;
  /** Memory that Prometheus needs without series, MiB: queries, rule evaluation, runtime. */
  readonly baseMemoryMiB: number;
}

export interface MonitoringSize {
  /** Active series at one time. */
  readonly series: number;
  readonly samplesPerSecond: number;
  /** Working set of one Prometheus replica. */
  readonly memoryMiB: number;
  /** Blocks of one replica at the end of the retention. */
  readonly diskGiB: number;
}

const SECONDS_IN_A_DAY = 86_400;
const BYTES_IN_A_GIB = 1024 ** 3;
const KIB_IN_A_MIB = 1024;

/** Series, memory and disk of one Prometheus replica, from what it scrapes. @throws RangeError where an interval is not positive */
export function monitoringSize(demand: MonitoringDemand): MonitoringSize {
  const { scrapeIntervalSeconds, retentionDays } = demand;
  if (!(scrapeIntervalSeconds > 0)) throw new RangeError(`scrape interval of ${scrapeIntervalSeconds} s`);
  if (!(retentionDays > 0)) throw new RangeError(`retention of ${retentionDays} days`);
  const series = demand.groups.reduce((sum, { targets, seriesPerTarget }) => sum + targets * seriesPerTarget, 0);
  const samplesPerSecond = series / scrapeIntervalSeconds;
  return {
    series,
    samplesPerSecond,
    memoryMiB: demand.baseMemoryMiB + (series * demand.kibPerSeries) / KIB_IN_A_MIB,
    diskGiB: (samplesPerSecond * SECONDS_IN_A_DAY * retentionDays * demand.bytesPerSample) / BYTES_IN_A_GIB,
  };
}
