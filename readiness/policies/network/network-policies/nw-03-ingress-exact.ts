import { annotation } from "../../../../contract";
import { change, manifest, remove, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { ownServices } from "../../../policy-terms/scope";
import { named, ofApplication, servicesWithPorts } from "../../../policy-terms/targets";
import { exactly, ingressPeer, neededIngress } from "./_traffic";

const api = named("kubernetes_network_policy_v1", "api");
const worker = named("kubernetes_network_policy_v1", "worker");

export default policy({
  id: "NW-03",
  severity: "error",
  proves: ["CA-15", "CA-23", "FF-04", "FL-15", "FL-35", "XB-10"],
  title: "Ingress opens exactly the ports of Services, load balancers and scrapes",
  because:
    "a port that is not open fails at the first request, and an unneeded open port is a path for an attacker in the cluster",
  remedy:
    "declare the port in the component (port, metricsPort); the policy, the Service and the monitor are made from it",
  // Probes come from the node itself, which no policy holds up. Rules of a chart's own namespace are SystemTraffic's: NW-01, NW-02.
  subjects: ownServices,
  check: (workload, platform) =>
    exactly(
      neededIngress(workload, platform),
      workload.ingressPolicies,
      "ingress",
      workload,
      ingressPeer(workload, platform),
    ),
  mutants: [
    change(
      "a declared source that nothing lets in",
      ofApplication("operator", "kubernetes_deployment_v1"),
      set(["metadata", "annotations", annotation.component, "reachedFrom"], [{ namespace: "velero", port: "health" }]),
    ),
    change(
      "all pods of the application",
      api,
      set("spec.ingress.0.from.1", {
        pod_selector: { match_labels: { "app.kubernetes.io/part-of": "storefront" } },
      }),
    ),
    change(
      "a neighbour that declares nothing",
      api,
      set("spec.ingress.0.from.1", { pod_selector: { match_labels: { "app.kubernetes.io/component": "worker" } } }),
    ),
    change(
      "a caller that nothing lets in",
      ofApplication("orders", "kubernetes_network_policy_v1", "api"),
      unset("spec.ingress.0.from.3"),
    ),
    change("every port", api, unset("spec.ingress.0.ports")),
    change("everybody", api, unset("spec.ingress.0.from")),
    change("the load balancer is forgotten", api, unset("spec.ingress.0.from.0")),
    change("one port too many", worker, set("spec.ingress.0.ports.1", { port: "22", protocol: "TCP" })),
    change("the scrape is forgotten", worker, unset("spec.ingress.0")),
    change("a Service on another port", servicesWithPorts, set("spec.port.0.target_port", 8081)),
    remove("no policy of the component", api),
    remove("a port that nothing scrapes", manifest("PodMonitor")),
  ],
  boundary: {
    holds: change("the port by its name", api, set("spec.ingress.0.ports.0.port", "http")),
    breaks: change("the next port", api, set("spec.ingress.0.ports.0.port", "8081")),
  },
});
