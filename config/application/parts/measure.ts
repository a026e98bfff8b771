import { z } from "zod";
import { allow, settings, violation } from "../../allowed";
import { count, dnsLabel, path, recordOf } from "../fields";

const metricName = allow(
  z
    .string()
    .max(200)
    .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/)
    .refine((name) => !/_(bucket|count|sum)$/.test(name)),
  "a metric name of letters, digits, underscores and colons, without _bucket, _count or _sum",
  "the endings of a histogram are added where they are needed",
);
const labelName = allow(
  z
    .string()
    .max(100)
    .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/)
    .refine((name) => name !== "le"),
  "a label name of letters, digits and underscores, and not le",
  "series are selected by it, and buckets by the objective",
);
const expression = allow(
  z
    .string()
    .min(1)
    .max(300)
    .refine((text) => compiles(text)),
  "a regular expression that RE2 accepts",
  "Prometheus rejects the rule otherwise",
);
/** RE2 has neither look-around nor back-references; what else it rejects JavaScript rejects too. */
function compiles(text: string): boolean {
  if (/\(\?[=!<]|\\[1-9]/.test(text)) return false;
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
const labels = recordOf(labelName, expression, 10);
const componentName = z.string();

/** Series that a component exposes at its metrics port. */
const exposed = settings({
  /** Component whose metrics are read. */
  component: componentName,
  /** Histogram of durations in seconds. */
  histogram: metricName.optional(),
  /** Upper bounds of its buckets in seconds, ascending, as the program declares them. */
  buckets: z
    .array(allow(z.number().gt(0).max(86_400), "seconds above 0", "a bucket counts what takes at most so long"))
    .min(1)
    .optional(),
  /** Which bucket judges a latency that is none: the next lower one, which is stricter. @default none - the latency must be a bucket */
  roundToBucket: allow(
    z.literal("down"),
    "down",
    "the next higher bucket would let through what is too slow",
  ).optional(),
  /** Counter of events. @default the count of the histogram */
  counter: metricName.optional(),
  /** Labels of the events that failed, by regular expressions. */
  failed: labels.optional(),
  /** Gauge: a duration in seconds (latency without a histogram), the Unix time of the newest result (freshness), or the age of the oldest entry in seconds (queue age). */
  gauge: metricName.optional(),
  /** Labels of the series that are read. @default all of the component */
  matching: labels.optional(),
  /** Labels of series that are left out, such as health checks. @default none */
  excluding: labels.optional(),
}).superRefine(({ histogram, buckets, counter, gauge }, context) => {
  const because = "an objective is computed from it";
  if (histogram === undefined && counter === undefined && gauge === undefined)
    context.issues.push(violation([], "no metric", { allowed: "histogram, counter or gauge", because }));
  if (buckets?.some((bound, index) => index > 0 && bound <= (buckets[index - 1] ?? 0)))
    context.issues.push(
      violation(["buckets"], buckets, {
        allowed: "ascending bounds, each once",
        because: "a histogram declares its buckets so",
      }),
    );
});

/** Probed over HTTP by the blackbox exporter, at the address that customers use: for what exposes no metrics. */
const probed = settings({ probe: path });
/** The scrape of a component's metrics itself: how long it takes. */
const scraped = settings({ scrapeOf: componentName });

export const measure = z.union([exposed, probed, scraped], {
  error: "metrics of a component, a probe, or scrapeOf",
});
export type Measure = z.infer<typeof measure>;
export type ExposedMeasure = z.infer<typeof exposed>;

export const timeShare = allow(
  z.number().gt(0.5).lt(1),
  "a ratio between 0.5 and 1, such as 0.99",
  "an objective of 1 has no error budget",
);

/** Objectives of work that is not a request. They are judged over time. */
export const workObjectives = {
  /** Longest age of the newest result. */
  freshnessMinutes: count(1, 43_200, "minutes", "an older result is stale").optional(),
  /** Longest age of the oldest entry of a queue. */
  queueAgeSeconds: count(1, 604_800, "seconds", "older work has waited too long").optional(),
  /** Least events a second. */
  minimumPerSecond: allow(
    z.number().gt(0).max(1e9),
    "more than 0 events a second",
    "a throughput of nothing is no objective",
  ).optional(),
} as const;

export const indicatorName = dnsLabel(30, "it names the indicator beside the objectives of its namespace");
