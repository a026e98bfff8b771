import { numberOf, objectOf, objectsOf, textOf } from "../inventory/json";
import { matches, selectorOf } from "../inventory/kubernetes/selector";
import type { Platform } from "../inventory/platform";
import type { Workload } from "../inventory/facts/kubernetes/workload-graph";

/** Namespace from which Prometheus scrapes. */
export const scrapers = "monitoring";

/** Number of a port that may be named; undefined where the pod has no port of that name. */
export function portOf(port: number | string | undefined, workload: Workload): number | undefined {
  const number = typeof port === "number" ? port : numberOf(port);
  return number ?? workload.containers.flatMap(({ ports }) => ports).find(({ name }) => name === port)?.port;
}

/** Ports of its pods that monitors of its namespace name. */
export function scrapedPorts(workload: Workload, platform: Platform): string[] {
  const around = platform.objects.filter(
    ({ region, object }) =>
      region === workload.region && (object.metadata.namespace ?? workload.namespace) === workload.namespace,
  );
  return around.flatMap(({ object }) => {
    const spec = objectOf(object["spec"]);
    const selector = selectorOf(spec["selector"]);
    if (object.kind === "PodMonitor" && matches(selector, workload.podLabels))
      return objectsOf(spec["podMetricsEndpoints"]).map((endpoint) =>
        String(
          portOf(textOf(endpoint["port"]) ?? numberOf(endpoint["portNumber"]), workload) ?? textOf(endpoint["port"]),
        ),
      );
    if (object.kind !== "ServiceMonitor") return [];
    return workload.services
      .filter((service) => matches(selector, service.labels))
      .flatMap((service) =>
        objectsOf(spec["endpoints"]).map((endpoint) => {
          const target =
            service.ports.find(({ name }) => name === endpoint["port"])?.targetPort ??
            textOf(endpoint["targetPort"]) ??
            textOf(endpoint["port"]);
          return String(portOf(target, workload) ?? target);
        }),
      );
  });
}
