import { objectOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import { contains } from "../../../policy/comparison";
import { change, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { flagsOf, recordedWorkloads, runningIn, type Running } from "../../../policy-terms/program";
import { CONTAINER, ofApplication } from "../../../policy-terms/targets";

/** Variables that the platform sets in every container, for software that reads them. */
const OF_THE_PLATFORM = /^(LOG_FORMAT|LOG_LEVEL|LOG_TRACE_FIELD|OTEL_[A-Z0-9_]+|POD_NAME|POD_NAMESPACE|NODE_NAME)$/;

const controller = ofApplication("operator", "kubernetes_deployment_v1", "controller");
const worker = ofApplication("storefront", "kubernetes_deployment_v1", "worker");

/** Names of the container's variables, those of its ConfigMaps with them. */
function variablesOf({ container, workload }: Running, platform: Platform): string[] {
  const fromMaps = container.environmentFrom.flatMap(({ configMap }) =>
    platform.objects
      .filter(
        ({ region, object }) =>
          region === workload.region &&
          object.kind === "ConfigMap" &&
          object.metadata.namespace === workload.namespace &&
          object.metadata.name === configMap,
      )
      .flatMap(({ object }) => Object.keys(objectOf(object["data"]))),
  );
  return [...container.environment.map(({ name }) => name), ...fromMaps].filter((name) => !OF_THE_PLATFORM.test(name));
}

export default policy({
  id: "WL-25",
  severity: "error",
  title: "A container's flags and variables are ones that its program reads",
  because:
    "a program exits at a flag that it does not know, and a variable that it does not read leaves its default in force: the pod listens elsewhere, or starts without its database",
  remedy:
    "use the flags and variables that catalog/applications/<application>.json records; after a change of the program, record its new commit first",
  proves: ["FG-01", "FG-12", "FG-13", "XB-01"],
  subjects: recordedWorkloads,
  check: (workload, platform) => {
    const running = runningIn(workload, platform);
    if (!running) return [];
    const { program, container } = running;
    const known = Object.keys(program.variables);
    return [
      ...Object.keys(flagsOf(container)).map((flag) =>
        contains(flag, Object.keys(program.flags), `flags of the program`, { field: "args" }),
      ),
      ...variablesOf(running, platform).map((name) =>
        contains(name, known, "variables that the program reads", { field: "settings" }),
      ),
      contains(
        Object.entries(program.variables).flatMap(([name, { required }]) => (required === true ? [name] : [])),
        variablesOf(running, platform),
        "variables that the program requires",
        { field: "secrets" },
      ),
    ];
  },
  mutants: [
    change("a flag that the program does not parse", controller, set(`${CONTAINER}.args.0`, "--checkpoint-dir=/data")),
    change("a flag among the words of the command", worker, set(`${CONTAINER}.command.3`, "--queue=main")),
    change("a variable that the program does not read", worker, set(`${CONTAINER}.env.0.name`, "REDIS_ADDRESS")),
    change("no variables at all", worker, unset(`${CONTAINER}.env`)),
  ],
  boundary: {
    holds: change("another flag of the program", controller, set(`${CONTAINER}.args.6`, "--verbose=true")),
    breaks: change("the flag with one letter more", controller, set(`${CONTAINER}.args.6`, "--verbosely=true")),
  },
});
