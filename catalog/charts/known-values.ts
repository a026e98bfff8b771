import { type CatalogedChart, platformCharts } from ".";
import { valuesDigest } from "./model/value-paths";

/** Value paths of a chart at one version whose effect a render showed. */
export interface KnownValues {
  readonly paths: ReadonlySet<string>;
  /** Paths that exist in the chart's default values, without a render that shows an effect. */
  readonly unproved: ReadonlySet<string>;
  /** Below these the chart reads any key. */
  readonly freeForm: readonly string[];
  /** The chart's file gives other values today than those that its lock was rendered with: its pods may be others, too. */
  readonly stale: boolean;
}

/** @returns undefined for a chart, or a version, without a lock: what it reads is then not known */
export function knownValues(chart: string, version: string): KnownValues | undefined {
  const own = platformCharts.find((entry) => entry.chart === chart && entry.version === version);
  if (own === undefined || own.lock.version !== version) return undefined;
  const pathsThat = (accepted: (verified: string) => boolean): ReadonlySet<string> =>
    new Set(own.lock.paths.filter(({ verified }) => accepted(verified)).map(({ path }) => path));
  return {
    paths: pathsThat((verified) => verified !== "unread" && verified !== "default"),
    unproved: pathsThat((verified) => verified === "default"),
    freeForm: own.lock.provenance === "rendered" ? Object.keys(own.freeForm).sort() : [],
    stale: isStale(own),
  };
}

/** Whether the lock was made from other values than the chart's file gives today. */
export const isStale = ({ lock, exampleValues }: Pick<CatalogedChart, "lock" | "exampleValues">): boolean =>
  lock.valuesDigest !== valuesDigest(exampleValues());

/** Whether the chart reads a value at the path. */
export const reads = ({ paths, freeForm }: KnownValues, path: string): boolean =>
  paths.has(path) || freeForm.some((prefix) => path === prefix || path.startsWith(`${prefix}.`));
