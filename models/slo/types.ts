/** One label matcher of a series. `value` is a text, or an RE2 expression for the operators with `~`. */
export interface Matcher {
  readonly label: string;
  readonly operator: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

/** Series of one metric. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

/** A classic histogram in seconds. `metric` is its name without `_bucket`. */
export interface Histogram extends Selector {
  /** Upper bounds that the program declares, in seconds, ascending. */
  readonly buckets: readonly number[];
}

/**
 * Service level indicator: the metric behind an objective.
 *
 * `success-ratio` and `latency` count events. The others judge time: each evaluation is one event, good or bad.
 */
export type Indicator =
  /** Share of probes, or of targets, that answer: a gauge of 0 and 1. */
  | { readonly kind: "availability"; readonly up: Selector }
  /** Share of events that do not fail: counters of all, and of those that fail or of those that succeed. */
  | { readonly kind: "success-ratio"; readonly total: Selector; readonly failed: Selector; readonly good?: never }
  | { readonly kind: "success-ratio"; readonly total: Selector; readonly good: Selector; readonly failed?: never }
  /** Share of requests that are answered within a bucket of the histogram. */
  | { readonly kind: "latency"; readonly histogram: Histogram; readonly thresholdSeconds: number }
  /** Share of samples of a duration, such as that of a probe, within a threshold. */
  | { readonly kind: "sampled-latency"; readonly duration: Selector; readonly thresholdSeconds: number }
  /** Share of time in which the mean of a histogram (or of sampled durations) is within a threshold. */
  | { readonly kind: "mean-latency"; readonly histogram: Selector; readonly thresholdSeconds: number }
  | { readonly kind: "sampled-mean-latency"; readonly duration: Selector; readonly thresholdSeconds: number }
  /** Share of time in which the newest result is not older than a threshold: a gauge that holds a Unix time. */
  | { readonly kind: "freshness"; readonly timestamp: Selector; readonly thresholdSeconds: number }
  /** Share of time in which a counter grows at least this fast. */
  | { readonly kind: "throughput"; readonly work: Selector; readonly minimumPerSecond: number }
  /** Share of time in which the oldest entry of a queue is not older than a threshold: a gauge in seconds. */
  | { readonly kind: "queue-age"; readonly age: Selector; readonly thresholdSeconds: number };

export type IndicatorKind = Indicator["kind"];

/** Service level objective. */
export interface Objective {
  /** DNS label, unique in its service. */
  readonly name: string;
  readonly service: string;
  /** One sentence in plain text. */
  readonly description: string;
  readonly indicator: Indicator;
  /** Share of good events, 0 < target < 1. */
  readonly target: number;
  /** Rolling window in days. */
  readonly windowDays: number;
}

/** What the rules are evaluated with. Durations in seconds. */
export interface Evaluation {
  readonly scrapeIntervalSeconds: number;
  /** Of the groups with the short windows. */
  readonly evaluationIntervalSeconds: number;
  /** Of the groups with windows of a day and more. */
  readonly longEvaluationIntervalSeconds: number;
  /** How long samples are kept. */
  readonly retentionDays: number;
  /** Fewest events in the long window for which a ratio is judged: below it one failure would page. */
  readonly minimumEvents: number;
}

/** One rule as Prometheus reads it. */
export type Rule =
  | { readonly record: string; readonly expr: string; readonly labels?: Readonly<Record<string, string>> }
  | {
      readonly alert: string;
      readonly expr: string;
      readonly for?: string;
      readonly keep_firing_for?: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    };

export interface RuleGroup {
  readonly name: string;
  /** Such as `30s`. */
  readonly interval: string;
  readonly rules: readonly Rule[];
}
