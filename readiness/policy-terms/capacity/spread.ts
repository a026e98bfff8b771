import { matches, selectorOf } from "../../inventory/kubernetes/selector";
import { objectOf, objectsOf, textOf } from "../../inventory/json";
import type { TopologySpread } from "../../inventory/facts/kubernetes/pods";
import type { Workload } from "../../inventory/facts/kubernetes/workload-graph";

export const ZONE = "topology.kubernetes.io/zone";
export const HOST = "kubernetes.io/hostname";

/** Spread constraints over `topologyKey` that count the workload's own pods. */
export const spreadsOver = (workload: Workload, topologyKey: string): readonly TopologySpread[] =>
  workload.pod.topologySpread.filter(
    (spread) =>
      spread.topologyKey === topologyKey &&
      Object.keys(spread.selector.matchLabels).length + spread.selector.matchExpressions.length > 0 &&
      matches(spread.selector, workload.podLabels),
  );

/** Whether pods keep apart from each other over `topologyKey` by anti-affinity: required, preferred, or not at all. */
export function antiAffinity(workload: Workload, topologyKey: string): "required" | "preferred" | undefined {
  const rules = objectOf(workload.pod.affinity?.["podAntiAffinity"]);
  const concerns = (term: ReturnType<typeof objectOf>): boolean =>
    textOf(term["topologyKey"]) === topologyKey &&
    term["labelSelector"] !== undefined &&
    matches(selectorOf(term["labelSelector"]), workload.podLabels);
  if (objectsOf(rules["requiredDuringSchedulingIgnoredDuringExecution"]).some(concerns)) return "required";
  const preferred = objectsOf(rules["preferredDuringSchedulingIgnoredDuringExecution"]).map((rule) =>
    objectOf(rule["podAffinityTerm"]),
  );
  return preferred.some(concerns) ? "preferred" : undefined;
}

/** Largest difference between zones that the scheduler allows; undefined where nothing binding limits it. */
export function bindingZoneSkew(workload: Workload): number | undefined {
  const skews = spreadsOver(workload, ZONE)
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule")
    .map(({ maxSkew }) => maxSkew);
  if (antiAffinity(workload, ZONE) === "required") skews.push(1);
  return skews.length === 0 ? undefined : Math.min(...skews);
}

/**
 * Most pods of `replicas` that one of `zones` zones can hold under the skew: the others hold at least so many less.
 * Without a binding skew all of them may be in one.
 */
export function mostInOneZone(replicas: number, zones: number, skew: number | undefined): number {
  if (zones < 2 || skew === undefined) return replicas;
  return Math.min(replicas, Math.floor((replicas + (zones - 1) * skew) / zones));
}
