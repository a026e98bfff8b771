import { selectorText } from "../../models/slo/promql";
import type { Indicator, Matcher, Selector } from "../../models/slo/types";
import type { ExposedMeasure, Measure } from "./parts/measure";

/** A metric that the measure does not name. */
export class Lacking {
  constructor(
    readonly what: string,
    readonly found?: unknown,
  ) {}
}

/** Where series of an application are found. */
export interface Origin {
  readonly application: string;
  /** Labels of the series that a component exposes. */
  labelsOf(component: string): readonly Matcher[];
}

export const is = (label: string, value: string): Matcher => ({ label, operator: "=", value });
export const complement = (rate: number): number => Number((1 - rate).toPrecision(12));

const probe = (metric: string, { probe: path }: { readonly probe: string }, origin: Origin): Selector => ({
  metric,
  matchers: [is("application", origin.application), is("path", path)],
});

function series(metric: string, measure: ExposedMeasure, origin: Origin, failed?: ExposedMeasure["failed"]): Selector {
  const by = (operator: Matcher["operator"], labels: ExposedMeasure["failed"]): Matcher[] =>
    Object.entries(labels ?? {}).map(([label, value]) => ({ label, operator, value }));
  return {
    metric,
    matchers: [
      ...origin.labelsOf(measure.component),
      ...by("=~", measure.matching),
      ...by("!~", measure.excluding),
      ...by("=~", failed),
    ],
  };
}

export function latencyWithin(milliseconds: number, measure: Measure, origin: Origin): Indicator | Lacking {
  const thresholdSeconds = milliseconds / 1000;
  if ("probe" in measure)
    return { kind: "sampled-latency", duration: probe("probe_duration_seconds", measure, origin), thresholdSeconds };
  if ("scrapeOf" in measure)
    return {
      kind: "sampled-latency",
      duration: { metric: "scrape_duration_seconds", matchers: origin.labelsOf(measure.scrapeOf) },
      thresholdSeconds,
    };
  const sampled = measure.histogram === undefined ? gaugeOf(measure, origin) : undefined;
  if (sampled) return { kind: "sampled-latency", duration: sampled, thresholdSeconds };
  const { histogram, buckets, roundToBucket } = measure;
  if (histogram === undefined) return new Lacking("histogram");
  if (buckets === undefined) return new Lacking("buckets");
  const lower = buckets.filter((bound) => bound <= thresholdSeconds).at(-1);
  if (roundToBucket === "down" && lower === undefined)
    return new Lacking(`a bucket of at most ${milliseconds} ms`, `buckets ${buckets.join(", ")} s`);
  return {
    kind: "latency",
    histogram: { ...series(histogram, measure, origin), buckets },
    thresholdSeconds: roundToBucket === "down" ? (lower ?? thresholdSeconds) : thresholdSeconds,
  };
}

export function meanLatency(milliseconds: number, measure: Measure, origin: Origin): Indicator | Lacking {
  const thresholdSeconds = milliseconds / 1000;
  if ("probe" in measure)
    return {
      kind: "sampled-mean-latency",
      duration: probe("probe_duration_seconds", measure, origin),
      thresholdSeconds,
    };
  if ("scrapeOf" in measure)
    return {
      kind: "sampled-mean-latency",
      duration: { metric: "scrape_duration_seconds", matchers: origin.labelsOf(measure.scrapeOf) },
      thresholdSeconds,
    };
  if (measure.histogram === undefined) return new Lacking("histogram");
  return { kind: "mean-latency", histogram: series(measure.histogram, measure, origin), thresholdSeconds };
}

export function successRatio(_rate: number, measure: Measure, origin: Origin): Indicator | Lacking {
  if ("probe" in measure) return { kind: "availability", up: probe("probe_success", measure, origin) };
  if ("scrapeOf" in measure)
    return { kind: "availability", up: { metric: "up", matchers: origin.labelsOf(measure.scrapeOf) } };
  const counter = measure.counter ?? (measure.histogram === undefined ? undefined : `${measure.histogram}_count`);
  if (counter === undefined) return new Lacking("counter or histogram");
  if (measure.failed === undefined) return new Lacking("failed");
  return {
    kind: "success-ratio",
    total: series(counter, measure, origin),
    failed: series(counter, measure, origin, measure.failed),
  };
}

const gaugeOf = (measure: Measure, origin: Origin): Selector | undefined =>
  "component" in measure && measure.gauge !== undefined ? series(measure.gauge, measure, origin) : undefined;

export function freshness(minutes: number, measure: Measure, origin: Origin): Indicator | Lacking {
  const timestamp = gaugeOf(measure, origin);
  return timestamp ? { kind: "freshness", timestamp, thresholdSeconds: minutes * 60 } : new Lacking("gauge");
}

export function queueAge(seconds: number, measure: Measure, origin: Origin): Indicator | Lacking {
  const age = gaugeOf(measure, origin);
  return age ? { kind: "queue-age", age, thresholdSeconds: seconds } : new Lacking("gauge");
}

export function throughput(least: number, measure: Measure, origin: Origin): Indicator | Lacking {
  const counter = "component" in measure ? measure.counter : undefined;
  return counter !== undefined && "component" in measure
    ? { kind: "throughput", work: series(counter, measure, origin), minimumPerSecond: least }
    : new Lacking("counter");
}

/** The histogram of a measure, and nothing where it has none. */
export const requestSeries = (measure: ExposedMeasure, origin: Origin): { readonly histogram?: Selector } =>
  measure.histogram === undefined ? {} : { histogram: series(measure.histogram, measure, origin) };

export const probeSeries = (metric: string, measure: { readonly probe: string }, origin: Origin): string =>
  selectorText(probe(metric, measure, origin));
