import type { JsonObject } from "./definition";

/**
 * Metrics of an OpenTelemetry collector about itself, and of Jaeger 2, which is built on it. Without a reader it answers on
 * localhost alone. With one the names of counters end in _total. Source: values.yaml of opentelemetry-collector 0.170.0
 * (service.telemetry) and of jaeger 4.11.1 (userconfig), and jaegertracing/jaeger, monitoring/jaeger-mixin, read 2026-11-29.
 */
export const collectorTelemetry: JsonObject = {
  metrics: { readers: [{ pull: { exporter: { prometheus: { host: "0.0.0.0", port: 8888 } } } }] },
};
