import { metricsOf } from "../../config/application/parts/component";
import type { Application } from "../../config/application/schema";
import { selectorLabels } from "../../constructs/kubernetes/labels";
import type { Manifest } from "../../constructs/kubernetes/manifests";

/** What makes Prometheus read the components that have metrics. */
export const monitorsOf = (
  application: Application,
  metadataOf: (name: string, component: string) => Manifest["metadata"],
): Manifest[] =>
  Object.entries(application.components).flatMap(([name, component]): Manifest[] => {
    const endpoint = metricsOf(component);
    if (endpoint === undefined) return [];
    return [
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: endpoint.onService ? "ServiceMonitor" : "PodMonitor",
        metadata: metadataOf(name, name),
        spec: {
          selector: { matchLabels: selectorLabels(application.name, name) },
          [endpoint.onService ? "endpoints" : "podMetricsEndpoints"]: [
            { port: endpoint.portName, path: endpoint.path, interval: "30s" },
          ],
        },
      },
    ];
  });
