import { change, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, pass, unknown, type Verdict } from "../../../policy/verdict";
import { objectOf, textOf } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";
import type { Service, Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { CONTAINER, deployments, ofApplication, servicesWithPorts as services } from "../../../policy-terms/targets";

export default policy({
  id: "NW-06",
  severity: "error",
  proves: ["CA-24", "FG-01", "XB-01"],
  title: "Each Service selects pods that listen on its port; a StatefulSet has its Service",
  because:
    "a StatefulSet without its Service has pods that cannot find one another, and a Service whose selector or port is mistyped answers nothing, and every object is valid",
  remedy: "use the component's own labels as selector and the name of its container port as target port",
  equivalents: ["kube-score service-targets-pod", "kube-linter dangling-service"],
  subjects: (platform): readonly (Service | PlacedObject)[] => [
    ...platform.services,
    ...platform.objects.filter(({ object }) => object.kind === "StatefulSet"),
  ],
  check: (service, platform) => {
    if (!("workloads" in service)) return governed(service, platform);
    if (Object.keys(service.selector).length === 0)
      return notApplicable("a Service without a selector: its endpoints are written by another controller");
    if (service.workloads.length === 0)
      return fail({
        expected: "a selector that matches pods of the namespace",
        actual: JSON.stringify(service.selector),
      });
    if (service.ports.length === 0 && service.headless) return pass("names in DNS for its pods, and no port");
    if (service.ports.length === 0) return fail({ expected: "a port", actual: "none", field: "port" });
    return service.workloads.flatMap((workload) => service.ports.map((port) => found(port, workload)));
  },
  mutants: [
    change("selects no pod", services, set("spec.selector", { app: "gone" })),
    change("a name that no port has", services, set("spec.port.0.target_port", "htpp")),
    change("no port at all", services, set("spec.port", [])),
    change(
      "a StatefulSet whose Service is called otherwise",
      ofApplication("mirror", "kubernetes_stateful_set_v1"),
      set("spec.service_name", "gone"),
    ),
    change("UDP to a TCP port", services, set("spec.port.0.protocol", "UDP")),
    change("the container's port is renamed", deployments, set(`${CONTAINER}.port.name`, "web")),
  ],
  boundary: {
    holds: change(
      "the port's number",
      ofApplication("storefront", "kubernetes_service_v1"),
      set("spec.port.0.target_port", 8080),
    ),
    breaks: change(
      "the next number",
      ofApplication("storefront", "kubernetes_service_v1"),
      set("spec.port.0.target_port", 8081),
    ),
  },
});

/** The API (apps/v1, StatefulSetSpec.serviceName) asks for a Service that is there before the StatefulSet, and admits one that is not. */
function governed({ object, region }: PlacedObject, platform: Platform): Verdict {
  const name = textOf(objectOf(object["spec"])["serviceName"]);
  if (name === undefined) return notApplicable("it names no Service: its pods have no names in DNS");
  const there = platform.services.some(
    (service) => service.region === region && service.namespace === object.metadata.namespace && service.name === name,
  );
  return there
    ? pass(`Service ${name}`)
    : fail({
        expected: `Service ${name} of StatefulSet ${object.metadata.name ?? ""}`,
        actual: "none",
        field: "volumes",
      });
}

function found({ targetPort, protocol }: Service["ports"][number], workload: Workload): Verdict {
  const open = workload.containers.flatMap(({ ports }) => ports);
  if (open.some((one) => (one.port === targetPort || one.name === targetPort) && one.protocol === protocol))
    return pass(`${targetPort} of ${workload.name}`);
  if (open.length === 0 && typeof targetPort === "number")
    return unknown(`${workload.name} declares no port, so whether it listens on ${targetPort} is not known`, "port");
  return fail({
    expected: `target port ${targetPort}/${protocol} of ${workload.name}`,
    actual: open.map(({ name, port, protocol: own }) => `${name ?? port} (${port}/${own})`).join(", ") || "no port",
    field: "port",
  });
}
