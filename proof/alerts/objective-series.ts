import { selectorText } from "../../models/slo/promql";
import type { Indicator, Matcher, Objective, Selector } from "../../models/slo/types";

/** Input series in promtool's notation, by selector. */
export type Series = Readonly<Record<string, string>>;

/** Events of one series in 30 s. */
const EVENTS = 1000;
const SAMPLES = 400;

/** Series of an objective of which this share of the events is bad; time is bad wholly or not at all. */
export function seriesOf({ indicator }: Objective, badShare: number): Series {
  const bad = Math.round(EVENTS * badShare);
  const counting = (by: number): string => `0+${by}x${SAMPLES}`;
  const constant = (value: number): string => `${value}x${SAMPLES}`;
  const late = (threshold: number): string => constant(badShare > 0 ? threshold * 1.5 : threshold / 2);
  switch (indicator.kind) {
    case "availability":
      return { [text(indicator.up)]: constant(badShare > 0 ? 0 : 1) };
    case "success-ratio":
      return indicator.failed
        ? { [text(indicator.total, "plimsoll_ok")]: counting(EVENTS - bad), [text(indicator.failed)]: counting(bad) }
        : { [text(indicator.total, "plimsoll_ok")]: counting(bad), [text(indicator.good)]: counting(EVENTS - bad) };
    case "latency": {
      const { metric, matchers, buckets } = indicator.histogram;
      const bucket = (bound: string): string =>
        text({ metric: `${metric}_bucket`, matchers: [...matchers, { label: "le", operator: "=", value: bound }] });
      return {
        ...Object.fromEntries(
          buckets.map((bound) => [
            // As Prometheus 3 writes it.
            bucket(Number.isInteger(bound) ? `${bound}.0` : String(bound)),
            counting(bound >= indicator.thresholdSeconds ? EVENTS - bad : 0),
          ]),
        ),
        [bucket("+Inf")]: counting(EVENTS),
        [text({ metric: `${metric}_count`, matchers })]: counting(EVENTS),
      };
    }
    case "mean-latency": {
      const { metric, matchers } = indicator.histogram;
      const mean = badShare > 0 ? indicator.thresholdSeconds * 1.5 : indicator.thresholdSeconds / 2;
      return {
        [text({ metric: `${metric}_count`, matchers })]: counting(EVENTS),
        [text({ metric: `${metric}_sum`, matchers })]: counting(EVENTS * mean),
      };
    }
    case "sampled-latency":
    case "sampled-mean-latency":
      return { [text(indicator.duration)]: late(indicator.thresholdSeconds) };
    case "freshness":
      return { [text(indicator.timestamp)]: constant(badShare > 0 ? -10 * indicator.thresholdSeconds : SAMPLES * 30) };
    case "throughput":
      return { [text(indicator.work)]: counting(badShare > 0 ? 0 : indicator.minimumPerSecond * 60) };
    case "queue-age":
      return { [text(indicator.age)]: late(indicator.thresholdSeconds) };
  }
}

/** Whether a share of the events can be bad, and not only all of the time. */
export const countsEvents = ({ kind }: Indicator): boolean => kind === "success-ratio" || kind === "latency";

/** A series that the selector selects; `marker` keeps two series of one selector apart. */
function text({ metric, matchers }: Selector, marker?: string): string {
  const labels = new Map<string, string>();
  for (const matcher of matchers) {
    const value = valueFor(matcher);
    if (value !== undefined) labels.set(matcher.label, value);
  }
  if (marker !== undefined) labels.set("instance", marker);
  const exact = [...labels].map(([label, value]): Matcher => ({ label, operator: "=", value }));
  return selectorText({ metric, matchers: exact });
}

/** A text that the matcher accepts; undefined where the label is left out. */
function valueFor({ operator, value }: Matcher): string | undefined {
  if (operator.startsWith("!")) return undefined;
  if (operator === "=") return value;
  return value
    .split("|")[0]
    ?.replace(/\(\\?\\\.0\)\?/g, "")
    .replace(/\./g, "0");
}
