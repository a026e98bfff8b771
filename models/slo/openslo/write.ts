import { stringify } from "yaml";
import { bucketMatcher, selectorText } from "../promql";
import type { Indicator, Objective, Selector } from "../types";
import { INDICATOR, type MetricDocument, schemaErrors } from "./document";

/** Objectives as OpenSLO v1 documents, validated by the schema before they are written. */
export function toOpenSlo(objectives: readonly Objective[]): string {
  return objectives
    .map((objective) => {
      const written = documentOf(objective);
      const [error] = schemaErrors(written);
      if (error) throw new Error(`${objective.name}: ${`${error.instancePath} ${error.message ?? ""}`.trim()}`);
      return `---\n${stringify(written, { lineWidth: 0 })}`;
    })
    .join("");
}

function documentOf({ name, service, description, indicator, target, windowDays }: Objective): unknown {
  const timed = !["success-ratio", "latency"].includes(indicator.kind);
  return {
    apiVersion: "openslo/v1",
    kind: "SLO",
    metadata: { name },
    spec: {
      description,
      service,
      indicator: {
        metadata: { name: `${name}-indicator`, annotations: { [INDICATOR]: JSON.stringify(indicator) } },
        spec: metricOf(indicator),
      },
      timeWindow: [{ duration: `${windowDays}d`, isRolling: true }],
      budgetingMethod: timed ? "Timeslices" : "Occurrences",
      objectives: [
        {
          target,
          ...(timed ? { timeSliceTarget: 1, timeSliceWindow: "1m", ...limitOf(indicator) } : {}),
        },
      ],
    },
  };
}

const limitOf = (indicator: Indicator): object => {
  if (indicator.kind === "throughput") return { op: "gte", value: indicator.minimumPerSecond };
  return "thresholdSeconds" in indicator ? { op: "lte", value: indicator.thresholdSeconds } : { op: "gte", value: 1 };
};

const prometheus = (selector: Selector): MetricDocument => ({
  metricSource: { type: "Prometheus", spec: { query: selectorText(selector) } },
});

function metricOf(indicator: Indicator): object {
  switch (indicator.kind) {
    case "success-ratio": {
      const part = indicator.failed ? { bad: prometheus(indicator.failed) } : { good: prometheus(indicator.good) };
      return { ratioMetric: { counter: true, ...part, total: prometheus(indicator.total) } };
    }
    case "latency": {
      const { metric, matchers } = indicator.histogram;
      const within = { metric: `${metric}_bucket`, matchers: [...matchers, bucketMatcher(indicator.thresholdSeconds)] };
      return {
        ratioMetric: {
          counter: true,
          good: prometheus(within),
          total: prometheus({ metric: `${metric}_count`, matchers }),
        },
      };
    }
    case "availability":
      return { thresholdMetric: prometheus(indicator.up) };
    case "mean-latency":
      return { thresholdMetric: prometheus({ ...indicator.histogram, metric: `${indicator.histogram.metric}_sum` }) };
    case "sampled-latency":
    case "sampled-mean-latency":
      return { thresholdMetric: prometheus(indicator.duration) };
    case "freshness":
      return { thresholdMetric: prometheus(indicator.timestamp) };
    case "throughput":
      return { thresholdMetric: prometheus(indicator.work) };
    case "queue-age":
      return { thresholdMetric: prometheus(indicator.age) };
  }
}
