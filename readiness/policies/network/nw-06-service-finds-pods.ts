import { change, resource, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, notApplicable, pass, unknown, type Verdict } from "../../policy/verdict";
import type { Service, Workload } from "../../inventory/views/kubernetes-types";
import { CONTAINER, deployments, ofApplication } from "../targets";

const services = resource("kubernetes_service_v1");

export default policy({
  id: "NW-06", severity: "error", proves: ["CA-24", "FG-01", "XB-01"],
  title: "Each Service finds its pods and a port that they listen on",
  because: "a Service whose selector or port is mistyped answers nothing, and every object is valid",
  remedy: "use the component's own labels as selector and the name of its container port as target port",
  equivalents: ["kube-score service-targets-pod", "kube-linter dangling-service"],
  subjects: (platform) => platform.services,
  check: (service) => {
    if (Object.keys(service.selector).length === 0) return notApplicable("a Service without a selector: its endpoints are written by somebody else");
    if (service.workloads.length === 0) return fail({ expected: "a selector that matches pods of the namespace", actual: JSON.stringify(service.selector) });
    if (service.ports.length === 0) return fail({ expected: "a port", actual: "none", field: "port" });
    return service.workloads.flatMap((workload) => service.ports.map((port) => found(port, workload)));
  },
  mutants: [
    change("selects nobody", services, set("spec.selector", { app: "gone" })),
    change("a name that no port has", services, set("spec.port.0.target_port", "htpp")),
    change("no port at all", services, set("spec.port", [])),
    change("UDP to a TCP port", services, set("spec.port.0.protocol", "UDP")),
    change("the container's port is renamed", deployments, set(`${CONTAINER}.port.name`, "web")),
  ],
  boundary: {
    holds: change("the port's number", ofApplication("ci-failure-agent", "kubernetes_service_v1"), set("spec.port.0.target_port", 8080)),
    breaks: change("the next number", ofApplication("ci-failure-agent", "kubernetes_service_v1"), set("spec.port.0.target_port", 8081)),
  },
});

function found({ targetPort, protocol }: Service["ports"][number], workload: Workload): Verdict {
  const open = workload.containers.flatMap(({ ports }) => ports);
  if (open.some((one) => (one.port === targetPort || one.name === targetPort) && one.protocol === protocol)) return pass(`${targetPort} of ${workload.name}`);
  if (open.length === 0 && typeof targetPort === "number") return unknown(`${workload.name} declares no port, so whether it listens on ${targetPort} is not known`, "port");
  return fail({ expected: `target port ${targetPort}/${protocol} of ${workload.name}`, actual: open.map(({ name, port, protocol: own }) => `${name ?? port} (${port}/${own})`).join(", ") || "no port", field: "port" });
}
