import { metricProducers } from "../../../catalog/monitoring/metrics";
import { metricNames } from "../../../models/slo/metric-names";

/**
 * Of the namespace AWS/ApplicationELB in lower case (prometheus/cloudwatch_exporter, CloudWatchCollector.java at
 * 039b681: baseName).
 */
const LOAD_BALANCER_PREFIX = "aws_applicationelb_";
/** Metrics of the blackbox exporter, also those that catalog/monitoring/metrics.json does not list. */
const PROBE_PREFIX = "probe_";

/** Producers with a chart; the metrics without one say how Prometheus scrapes the application itself. */
const producers = new Map(
  metricProducers.flatMap(({ producer, chart, metrics }) =>
    chart === null ? [] : metrics.map((metric) => [metric, producer] as const),
  ),
);

function producerOf(metric: string): string {
  if (metric.startsWith(PROBE_PREFIX)) return "blackbox exporter";
  if (metric.startsWith(LOAD_BALANCER_PREFIX)) return "load balancer";
  return producers.get(metric) ?? "application metrics";
}

/** What exposes the metrics that expressions read, such as `blackbox exporter`; empty where they read none. */
export const measuredBy = (expressions: readonly string[]): readonly string[] =>
  [...new Set(expressions.flatMap((expr) => metricNames(expr)).map(producerOf))].sort();
