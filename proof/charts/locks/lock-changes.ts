import type { ChartLock } from "../../../catalog/charts/model/lock";
import { leafDifferences } from "../../../readiness/figures/shape/leaf-differences";
import type { JsonObject } from "../../../readiness/inventory/json";

const SHOWN = 20;

/** Paths of a lock that differ from the one before, with their new values, at most 20. */
export function lockChanges(before: Partial<ChartLock>, after: ChartLock): readonly string[] {
  const [old, now] = [before, after].map((lock) => lock as unknown as JsonObject) as [JsonObject, JsonObject];
  const paths = leafDifferences(old, now);
  return paths.length <= SHOWN ? paths : [...paths.slice(0, SHOWN), `and ${paths.length - SHOWN} more`];
}
