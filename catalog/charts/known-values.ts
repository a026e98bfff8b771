import lock from "./value-paths.lock.json";
import { platformCharts } from ".";

/** Value paths of a chart at one version whose effect a render showed. */
export interface KnownValues {
  readonly paths: ReadonlySet<string>;
  /** Below these the chart reads any key. */
  readonly freeForm: readonly string[];
}

/** @returns undefined for a chart, or a version, that nobody rendered: what it reads is then not known */
export function knownValues(chart: string, version: string): KnownValues | undefined {
  const locked = lock.charts.find((entry) => entry.chart === chart && entry.version === version);
  const free = platformCharts.find((entry) => entry.chart === chart && entry.version === version)?.freeForm ?? {};
  return locked && { paths: new Set(locked.paths.map(({ path }) => path)), freeForm: Object.keys(free).sort() };
}

/** Whether the chart reads a value at the path. */
export const reads = ({ paths, freeForm }: KnownValues, path: string): boolean =>
  paths.has(path) || freeForm.some((prefix) => path === prefix || path.startsWith(`${prefix}.`));
