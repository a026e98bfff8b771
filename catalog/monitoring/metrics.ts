import data from "./metrics.json";

/** What produces metrics, and which of them the platform reads. */
export interface MetricProducer {
  readonly producer: string;
  /** Null: Prometheus makes them of every target. */
  readonly chart: string | null;
  /** Only where a Probe object asks through it. @default false */
  readonly probes?: boolean;
  /** Only where a ServiceMonitor asks that path of it: an exporter of several targets. @default its own monitors */
  readonly path?: string;
  readonly source: string;
  readonly metrics: readonly string[];
}

export const metricProducers: readonly MetricProducer[] = data.producers;
