import type { Service, WorkloadContainer } from "../../../inventory/facts/kubernetes/workload-graph";
import { present } from "../../../policy/comparison";
import { change, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fixedByChart } from "../../../policy-terms/scope";
import { CONTAINER, deployments } from "../../../policy-terms/targets";

/**
 * Whether the Service sends to this container: by the port's name or number, or because the pod has no other container.
 * One without ports sends nothing: it names the pods of a StatefulSet in DNS.
 */
function receives({ container, workload }: WorkloadContainer, service: Service): boolean {
  if (service.headless && service.ports.length === 0) return false;
  return (
    workload.containers.length === 1 ||
    service.ports.some(({ targetPort }) =>
      container.ports.some(({ name, port }) => targetPort === port || targetPort === name),
    )
  );
}

export default policy({
  id: "WL-01",
  severity: "error",
  title: "Each container behind a Service has a readiness probe",
  because: "without one a pod is sent requests from its first second, before it can answer them",
  remedy: "declare probes.readiness of the component, with a path that answers only when its dependencies do",
  proves: ["CA-03", "FL-04"],
  equivalents: ["kube-score pod-probes", "kube-linter no-readiness-probe", "checkov CKV_K8S_9"],
  subjects: (platform) =>
    platform.containers.filter(
      (item) => !item.init && item.workload.services.some((service) => receives(item, service)),
    ),
  check: (item) =>
    fixedByChart(item, "probes") ??
    present(item.container.readiness, `readiness probe of container ${item.container.name}`, {
      field: "probes.readiness",
    }),
  mutants: [
    change("the readiness probe is left out", deployments, unset(`${CONTAINER}.readiness_probe`)),
    change("the readiness probe is null", deployments, set(`${CONTAINER}.readiness_probe`, null)),
    change("only a sidecar has the probe", deployments, (block) => {
      unset(`${CONTAINER}.readiness_probe`)(block);
      set("spec.template.spec.container.1", {
        name: "sidecar",
        image: "sidecar",
        port: [{ container_port: 9999 }],
        readiness_probe: { tcp_socket: { port: "9999" } },
      })(block);
    }),
  ],
  boundary: {
    holds: change(
      "the readiness probe only opens a connection",
      deployments,
      set(`${CONTAINER}.readiness_probe`, { tcp_socket: { port: "8080" } }),
    ),
    breaks: change("an empty list instead of a readiness probe", deployments, set(`${CONTAINER}.readiness_probe`, [])),
  },
});
