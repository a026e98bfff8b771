import { annotation } from "../../../../contract";
import { type JsonObject, objectOf, objectsOf, textsOf } from "../../../inventory/json";
import { change, each, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, pass, type Verdict } from "../../../policy/verdict";
import { ownServices } from "../../../policy-terms/scope";
import { CONTAINER, named } from "../../../policy-terms/targets";

/** Commands that the kubelet runs inside the container beside its program: hooks and probes. */
function commandsOf(container: JsonObject): readonly (readonly string[])[] {
  const lifecycle = objectOf(container["lifecycle"]);
  return [
    lifecycle["preStop"],
    lifecycle["postStart"],
    container["livenessProbe"],
    container["readinessProbe"],
    container["startupProbe"],
  ]
    .map((one) => textsOf(objectOf(objectOf(one)["exec"])["command"]))
    .filter((command) => command.length > 0);
}

const distroless = ["metadata", "annotations", annotation.component, "distroless"];
const withoutHook = each(set(distroless, true), unset(`${CONTAINER}.lifecycle`));
const api = named("kubernetes_deployment_v1", "api");
const inSecondary = resource("kubernetes_deployment_v1", (_, __, stack) => stack === "storefront-eu-west-1");

export default policy({
  id: "WL-37",
  severity: "error",
  proves: ["FL-05", "CA-03"],
  title: "Hooks and probes run programs that their image has",
  because:
    "a hook whose program is missing fails at once and says so in an event only: the pod stops while the load balancer still sends requests to it",
  remedy:
    "take an image with a shell for what a Service sends requests to, or leave the hook out; declare distroless where an image holds its program alone",
  subjects: ownServices,
  check: (workload): Verdict | readonly Verdict[] => {
    const commands = objectsOf(workload.pod.spec["containers"]).flatMap(commandsOf);
    if (commands.length === 0) return notApplicable("it runs no command beside its program");
    return commands.map((command) =>
      workload.component?.distroless === true
        ? fail({ expected: "no command: its image holds its program alone", actual: command.join(" ") })
        : pass(command[0] ?? ""),
    );
  },
  mutants: [
    change("images without sleep", resource("kubernetes_deployment_v1"), set(distroless, true)),
    change("an image without sleep, in the secondary", inSecondary, set(distroless, true)),
    change("no hook, and a probe that runs a program", api, (block) => {
      withoutHook(block);
      set(`${CONTAINER}.liveness_probe`, [{ exec: { command: ["cat", "/tmp/alive"] } }])(block);
    }),
  ],
  boundary: {
    holds: change("an image without programs, and nothing that runs one", api, withoutHook),
    breaks: change("a hook that is left", api, set(distroless, true)),
  },
});
