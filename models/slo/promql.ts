import type { Indicator, Matcher, Selector } from "./types";

const quoted = (value: string): string => JSON.stringify(value);

/** A selector as PromQL: `metric{label="value"}`. */
export function selectorText({ metric, matchers }: Selector, ...further: readonly Matcher[]): string {
  const all = [...matchers, ...further].map(({ label, operator, value }) => `${label}${operator}${quoted(value)}`);
  return all.length === 0 ? metric : `${metric}{${all.join(",")}}`;
}

/** `le` of a bucket. Prometheus 3 writes whole numbers as `5.0`, earlier versions as `5`: both are matched. */
export function bucketMatcher(seconds: number): Matcher {
  const text = String(seconds);
  return Number.isInteger(seconds)
    ? { label: "le", operator: "=~", value: `${text}(\\.0)?` }
    : { label: "le", operator: "=", value: text };
}

const rate = (selector: string, window: string): string => `sum(rate(${selector}[${window}]))`;
const named = (selector: Selector, suffix: string): Selector => ({
  ...selector,
  metric: `${selector.metric}${suffix}`,
});

/** Bad and all events a second of an indicator, as PromQL. */
export interface EventRates {
  readonly bad: string;
  readonly all: string;
}

/** Distance of the samples of a subquery: the scrape interval of the platform. */
const SAMPLE_STEP = "30s";

/** One judgement a second: bad while the condition is 1, and no event at all while there is no data. */
const judgedTime = (condition: string): EventRates => ({ bad: condition, all: `0 * (${condition}) + 1` });

/**
 * Rates of an indicator over the base window. `bad` is 0 and not absent where nothing fails, and both are absent where
 * the metric is.
 */
export function eventRates(indicator: Indicator, window: string): EventRates {
  switch (indicator.kind) {
    case "availability":
      return judgedTime(`1 - avg(avg_over_time(${selectorText(indicator.up)}[${window}]))`);
    case "success-ratio": {
      const all = rate(selectorText(indicator.total), window);
      if (indicator.good) {
        const good = rate(selectorText(indicator.good), window);
        // Without a success every event is bad.
        return { bad: `${all} - (${good} or 0 * ${all})`, all };
      }
      return { bad: `${rate(selectorText(indicator.failed), window)} or 0 * ${all}`, all };
    }
    case "latency": {
      const all = rate(selectorText(named(indicator.histogram, "_count")), window);
      const within = selectorText(named(indicator.histogram, "_bucket"), bucketMatcher(indicator.thresholdSeconds));
      return { bad: `${all} - ${rate(within, window)}`, all };
    }
    case "sampled-latency": {
      const late = `(${selectorText(indicator.duration)} > bool ${indicator.thresholdSeconds})`;
      return judgedTime(`avg(avg_over_time(${late}[${window}:${SAMPLE_STEP}]))`);
    }
    case "mean-latency": {
      const sum = rate(selectorText(named(indicator.histogram, "_sum")), window);
      const count = rate(selectorText(named(indicator.histogram, "_count")), window);
      // Time without a request is good time, and not time without data.
      return {
        bad: `${sum} / (${count} > 0) > bool ${indicator.thresholdSeconds} or 0 * ${count}`,
        all: `0 * ${count} + 1`,
      };
    }
    case "sampled-mean-latency":
      return judgedTime(
        `avg(avg_over_time(${selectorText(indicator.duration)}[${window}])) > bool ${indicator.thresholdSeconds}`,
      );
    case "freshness":
      return judgedTime(`time() - max(${selectorText(indicator.timestamp)}) > bool ${indicator.thresholdSeconds}`);
    case "throughput":
      return judgedTime(`${rate(selectorText(indicator.work), window)} < bool ${indicator.minimumPerSecond}`);
    case "queue-age":
      return judgedTime(`max(${selectorText(indicator.age)}) > bool ${indicator.thresholdSeconds}`);
  }
}

/** Selectors of the metrics that an indicator reads. */
export function selectorsOf(indicator: Indicator): readonly Selector[] {
  switch (indicator.kind) {
    case "availability":
      return [indicator.up];
    case "success-ratio":
      return [indicator.total, indicator.failed ?? indicator.good];
    case "latency":
      return [named(indicator.histogram, "_bucket"), named(indicator.histogram, "_count")];
    case "mean-latency":
      return [named(indicator.histogram, "_sum"), named(indicator.histogram, "_count")];
    case "sampled-latency":
    case "sampled-mean-latency":
      return [indicator.duration];
    case "freshness":
      return [indicator.timestamp];
    case "throughput":
      return [indicator.work];
    case "queue-age":
      return [indicator.age];
  }
}

/** Events a second of a histogram. */
export const requestRate = (histogram: Selector, window: string): string =>
  rate(selectorText(named(histogram, "_count")), window);

/** Mean of a histogram; nothing while it counts nothing. */
export const meanDuration = (histogram: Selector, window: string): string =>
  `${rate(selectorText(named(histogram, "_sum")), window)} / (${requestRate(histogram, window)} > 0)`;
