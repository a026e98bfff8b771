import type { Autoscaler, Workload } from "../../inventory/views/kubernetes-types";
import type { Platform } from "../../inventory/platform";
import { change, remove, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail } from "../../policy/verdict";
import { asPromised, promisesOf, type Found } from "../promised";
import { replicated } from "../scope";
import { autoscalers } from "../targets";
import { undecided } from "../written";

/** Kubernetes' own windows where none is written. */
const UP_WINDOW_SECONDS = 0;
const DOWN_WINDOW_SECONDS = 300;

function utilisation(autoscaler: Autoscaler, name: string): number | undefined {
  return autoscaler.metrics.find((metric) => metric.name === name && /^(Container)?Resource$/.test(metric.type))?.utilizationPercent;
}

function figures(autoscaler: Autoscaler): Record<string, Found> {
  const { max, scaleUp, scaleDown } = autoscaler;
  const found = (value: number | undefined, field: string, fragment: string, otherwise?: number): Found => (value === undefined
    ? { value: otherwise, field, undecided: undecided(autoscaler, fragment) }
    : { value, field });
  return {
    "replicas.max": found(max, "scale.max", "maxReplicas"),
    "scale.cpuPercent": found(utilisation(autoscaler, "cpu"), "scale.cpuPercent", "metrics"),
    "scale.memoryPercent": found(utilisation(autoscaler, "memory"), "scale.memoryPercent", "metrics"),
    "scale.upWindowSeconds": found(scaleUp.windowSeconds, "scale.upWindowSeconds", "scaleUp", UP_WINDOW_SECONDS),
    "scale.downWindowSeconds": found(scaleDown.windowSeconds, "scale.downWindowSeconds", "scaleDown", DOWN_WINDOW_SECONDS),
  };
}

const promises = (platform: Platform, workload: Workload) =>
  [...promisesOf(platform, workload, "replicas").filter(({ figure }) => figure === "replicas.max"), ...promisesOf(platform, workload, "scale")];

export default policy({
  id: "AV-13",
  severity: "error",
  title: "An autoscaler has the figures that its report promises",
  because: "capacity and cost are computed from the promised range; another range or another threshold makes both figures untrue",
  remedy: "set scale.max, the percentages and the windows of the component to the promised values",
  proves: ["CA-04"],
  environments: ["production"],
  subjects: (platform) => replicated(platform).filter((workload) => promises(platform, workload).length > 0),
  check: (workload, platform) => {
    const owed = promises(platform, workload);
    if (workload.autoscaler) return asPromised(owed, figures(workload.autoscaler));
    return fail({ expected: `${owed[0]?.claim ?? ""} promises an autoscaler of ${workload.label}`, actual: "there is none", field: "scale" });
  },
  mutants: [
    change("Kubernetes' own windows instead of the promised ones", autoscalers, unset("spec.behavior")),
    change("up at once", autoscalers, set("spec.behavior.scale_up.stabilization_window_seconds", 0)),
    change("twenty-one pods", autoscalers, set("spec.max_replicas", 21)),
    change("CPU at 71 %", autoscalers, set("spec.metric.0.resource.target.average_utilization", 71)),
    change("memory is not looked at", autoscalers, unset("spec.metric.1")),
    remove("no autoscaler, although one is promised", autoscalers),
  ],
  boundary: {
    holds: change("the promised 300 s left to Kubernetes, whose default they are", autoscalers, unset("spec.behavior.scale_down")),
    breaks: change("one second less than promised", autoscalers, set("spec.behavior.scale_down.stabilization_window_seconds", 299)),
  },
});
