import { type JsonObject, numberOf, objectOf, objectsOf, textOf, textsOf } from "../../../inventory/json";
import { matches, selectorOf } from "../../../inventory/kubernetes/selector";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import { createdGroups } from "../../../inventory/views/kubernetes/created-pods";
import type { Platform } from "../../../inventory/platform";
import type { Service, Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { change, manifest, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import { chartPods, chartServices, type ScrapeTarget } from "../../../policy-terms/chart-targets";

const specOf = ({ object }: PlacedObject): JsonObject => objectOf(object["spec"]);
const serves = ({ object, origin }: PlacedObject): boolean =>
  origin !== "chart" && ["TargetGroupBinding", "ServiceMonitor", "PodMonitor", "Ingress"].includes(object.kind);

/** A Service by name in the namespace of the object, and one of its ports by number or name. */
function judgeBackend(
  item: PlacedObject,
  name: string,
  port: number | string | undefined,
  platform: Platform,
): Verdict {
  const service = platform.services.find(
    (one) => one.region === item.region && one.namespace === item.object.metadata.namespace && one.name === name,
  );
  const found = service?.ports.map((one) => `${one.name ?? ""} ${one.port}`.trim()).join(", ");
  if (service?.ports.some((one) => one.port === port || one.name === port))
    return pass(`Service ${name} port ${port ?? ""}`);
  return fail({
    expected: `Service ${name} with port ${port ?? "of a number"} in namespace ${item.object.metadata.namespace ?? ""}`,
    actual: service === undefined ? "no such Service" : `ports ${found ?? "none"}`,
    field: "entry",
    message: `${item.label} in ${item.region} sends traffic to port ${port ?? "none"} of Service ${name}, which ${service === undefined ? "does not exist" : `has ${found ?? "no port"}`}: no target is registered`,
  });
}

function backendsOf(item: PlacedObject): readonly { name: string; port: number | string | undefined }[] {
  const spec = specOf(item);
  const portOf = (value: JsonObject[string]): number | string | undefined => numberOf(value) ?? textOf(value);
  if (item.object.kind === "TargetGroupBinding") {
    const { name, port } = objectOf(spec["serviceRef"]);
    return [{ name: textOf(name) ?? "none", port: portOf(port) }];
  }
  const paths = objectsOf(spec["rules"]).flatMap((rule) => objectsOf(objectOf(rule["http"])["paths"]));
  return [...paths.map((path) => path["backend"]), spec["defaultBackend"]].flatMap((backend) => {
    const service = objectOf(objectOf(backend)["service"]);
    const port = objectOf(service["port"]);
    return service["name"] === undefined
      ? []
      : [{ name: textOf(service["name"]) ?? "", port: portOf(port["number"] ?? port["name"]) }];
  });
}

/** A monitor has to select something, and each of its endpoints a port that is there. */
function judgeMonitor(item: PlacedObject, platform: Platform): Verdict[] {
  const spec = specOf(item);
  const chosen = objectOf(spec["namespaceSelector"]);
  const namespaces = textsOf(chosen["matchNames"]);
  const here = ({ region, namespace }: Service | Workload | ScrapeTarget): boolean =>
    region === item.region &&
    (chosen["any"] === true ||
      (namespaces.length > 0 ? namespaces.includes(namespace) : namespace === item.object.metadata.namespace));
  const selector = selectorOf(spec["selector"]);
  const ofCharts = (targets: readonly ScrapeTarget[]): string[][] =>
    targets.filter((one) => here(one) && matches(selector, one.labels)).map(({ portNames }) => [...portNames]);
  const names: readonly string[][] =
    item.object.kind === "ServiceMonitor"
      ? [
          ...platform.services
            .filter((one) => here(one) && matches(selector, one.labels))
            .map(({ ports }) => ports.flatMap(({ name }) => name ?? [])),
          ...ofCharts(chartServices(platform)),
        ]
      : [
          ...platform.workloads
            .filter((one) => here(one) && matches(selector, one.podLabels))
            .map(({ containers }) => containers.flatMap(({ ports }) => ports.flatMap(({ name }) => name ?? []))),
          ...ofCharts(chartPods(platform)),
        ];
  const made = createdGroups(platform.workloads).filter(
    (one) =>
      item.object.kind === "PodMonitor" &&
      one.region === item.region &&
      one.namespace === item.object.metadata.namespace &&
      matches(selector, one.pods.labels),
  );
  if (names.length === 0 && made.length > 0)
    return [pass(`${made.map(({ label }) => label).join(", ")}, which NW-14 holds against the declared port`)];
  if (names.length === 0)
    return [
      fail({
        expected: `${item.label} selects something in ${item.region}`,
        actual: JSON.stringify(spec["selector"] ?? null),
        message: `${item.label} in ${item.region} selects nothing: its metrics are never scraped and its alerts never fire`,
      }),
    ];
  const endpoints = objectsOf(spec[item.object.kind === "ServiceMonitor" ? "endpoints" : "podMetricsEndpoints"]);
  return endpoints.flatMap((endpoint) => {
    const port = textOf(endpoint["port"]);
    if (port === undefined) return [];
    return names.some((own) => own.includes(port))
      ? [pass(`port ${port}`)]
      : [
          fail({
            expected: `a port named ${port}`,
            actual: names.flat().join(", ") || "no port with a name",
            message: `${item.label} in ${item.region} scrapes port ${port}, which none of its targets has: its metrics are missing`,
          }),
        ];
  });
}

const bindings = manifest("TargetGroupBinding");
const monitors = manifest("ServiceMonitor");

export default policy({
  id: "WL-23",
  severity: "error",
  proves: ["FG-01", "XB-01"],
  title: "Target group bindings, ingresses and monitors name ports that exist",
  because:
    "a binding to a port that its Service does not have registers no target, and a monitor of such a port scrapes nothing",
  remedy: "name the Service of the component and its port as the component declares it",
  subjects: (platform) => platform.objects.filter(serves),
  check: (item, platform) =>
    item.object.kind.endsWith("Monitor")
      ? judgeMonitor(item, platform)
      : backendsOf(item).map(({ name, port }) => judgeBackend(item, name, port, platform)),
  mutants: [
    change("a port that the Service does not have", bindings, set("spec.serviceRef.port", 9999)),
    change("a Service that does not exist", bindings, set("spec.serviceRef.name", "ghost")),
    change("a monitor of a port that is not there", monitors, set("spec.endpoints.0.port", "admin")),
    change("a monitor that selects nothing", monitors, set("spec.selector.matchLabels", { app: "ghost" })),
    change(
      "a pod monitor of a port that is not there",
      manifest("PodMonitor"),
      set("spec.podMetricsEndpoints.0.port", "admin"),
    ),
    change(
      "a pod monitor of another namespace",
      manifest("PodMonitor"),
      set("spec.namespaceSelector", { matchNames: ["ghost"] }),
    ),
  ],
  boundary: {
    holds: change("the port by its name", bindings, set("spec.serviceRef.port", "http")),
    breaks: change("its name in other case", bindings, set("spec.serviceRef.port", "HTTP")),
  },
});
