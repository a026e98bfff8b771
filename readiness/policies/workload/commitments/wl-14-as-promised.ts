import { asPromised, promisesOf, type Found } from "../../../policy-terms/promised";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import type { Platform } from "../../../inventory/platform";
import { change, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { ownServices } from "../../../policy-terms/scope";
import { CONTAINER, ofApplication, POD } from "../../../policy-terms/targets";
import { undecided } from "../../../policy-terms/required-value";

const promises = (workload: Workload, platform: Platform) =>
  ["port.http", "port.metrics", "userId", "graceSeconds"].flatMap((figure) => promisesOf(platform, workload, figure));

/** What the pods are, by the name of the promised figure. The report speaks of the first container. */
function figures(workload: Workload): Record<string, Found> {
  const [main] = workload.containers;
  const port = (name: string): Found => ({
    value: main?.ports.find((one) => one.name === name)?.port,
    field: name === "http" ? "port" : "metricsPort",
    undecided: undecided(workload, "ports"),
  });
  return {
    "port.http": port("http"),
    "port.metrics": port("metrics"),
    userId: { value: main?.security.runAsUser, field: "userId", undecided: undecided(workload, "runAsUser") },
    graceSeconds: {
      value: workload.pod.graceSeconds,
      field: "drainSeconds",
      undecided: undecided(workload, "terminationGracePeriodSeconds"),
    },
  };
}

const api = ofApplication("orders", "kubernetes_deployment_v1", "api");
const controller = ofApplication("operator", "kubernetes_deployment_v1", "controller");
const server = ofApplication("mirror", "kubernetes_stateful_set_v1", "server");

export default policy({
  id: "WL-14",
  severity: "error",
  title: "Ports, users and grace periods are as committed",
  because:
    "runbooks, probes from outside and images are written for the promised port and user: another one works here and nowhere else",
  remedy:
    "set port, metricsPort, userId and drainSeconds of the component to what the report promises; a promise changes in its report first, then in catalog/claims/commitments.json",
  proves: ["FG-01", "FG-04", "FF-04", "FL-05", "XB-01"],
  subjects: (platform) => ownServices(platform).filter((workload) => promises(workload, platform).length > 0),
  check: (workload, platform) => asPromised(promises(workload, platform), figures(workload)),
  mutants: [
    change("another port", api, set(`${CONTAINER}.port.container_port`, 8080)),
    change("a port of another name", api, set(`${CONTAINER}.port.name`, "web")),
    change("metrics elsewhere", controller, set(`${CONTAINER}.port.container_port`, 9090)),
    change("another user", api, set(`${POD}.security_context.run_as_user`, "10001")),
    change("Kubernetes' own grace period", server, set(`${POD}.termination_grace_period_seconds`, 30)),
  ],
  boundary: {
    holds: change(
      "the promised user in the container's own words",
      api,
      set(`${CONTAINER}.security_context.run_as_user`, "1001"),
    ),
    breaks: change("the next user", api, set(`${CONTAINER}.security_context.run_as_user`, "1002")),
  },
});
