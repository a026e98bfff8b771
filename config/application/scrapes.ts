import type { Draft } from "./rules/draft";

/**
 * Label `job` of a component's series, as the Prometheus operator writes it: the Service's name for a ServiceMonitor,
 * `<namespace>/<name>` for a PodMonitor. Source: prometheus-operator, API reference, ServiceMonitorSpec.jobLabel and
 * PodMonitorSpec.jobLabel, read 2026-11-29.
 */
export function jobOf({ components }: Draft, application: string, component: string): string {
  const part = components?.[component];
  return part?.kind === "service" && !("metricsPort" in part && part.metricsPort !== undefined)
    ? component
    : `${application}/${component}`;
}
