import type { Autoscaler, Workload } from "../../inventory/views/kubernetes-types";
import { above, atLeast, atMost } from "../../policy/comparison";
import { change, remove, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail } from "../../policy/verdict";
import { asPromised, promisesOf, type Found } from "../promised";
import { replicated } from "../scope";
import { autoscalers } from "../targets";
import { judged } from "../written";

/** Kubernetes' own values where none is written. */
const defaults = { min: 1, upWindowSeconds: 0, downWindowSeconds: 300 } as const;
const API_MAXIMUM_SECONDS = 3600;

function utilisation(autoscaler: Autoscaler, name: string): number | undefined {
  return autoscaler.metrics.find((metric) => metric.name === name && /^(Container)?Resource$/.test(metric.type))?.utilizationPercent;
}

const figures = (autoscaler: Autoscaler | undefined, workload: Workload): Record<string, Found> => ({
  "replicas.max": { value: autoscaler?.max ?? workload.maximumReplicas, field: "scale.max" },
  "scale.cpuPercent": { value: autoscaler && utilisation(autoscaler, "cpu"), field: "scale.cpuPercent" },
  "scale.memoryPercent": { value: autoscaler && utilisation(autoscaler, "memory"), field: "scale.memoryPercent" },
  "scale.upWindowSeconds": { value: autoscaler && (autoscaler.scaleUp.windowSeconds ?? defaults.upWindowSeconds), field: "scale.upWindowSeconds" },
  "scale.downWindowSeconds": { value: autoscaler && (autoscaler.scaleDown.windowSeconds ?? defaults.downWindowSeconds), field: "scale.downWindowSeconds" },
});

export default policy({
  id: "AV-08",
  severity: "warning",
  title: "An autoscaler has room to scale, patience to scale down, and the figures that its report promises",
  because: "an autoscaler without room is a fixed count; one that scales down faster than up takes away what it has just added",
  remedy: "set scale.max above scale.min, scale.min to at least 2, and the windows and percentages as the report promises",
  proves: ["CA-04", "FF-03", "FL-09"],
  equivalents: ["polaris hpaMinAvailability", "polaris hpaMaxAvailability"],
  subjects: (platform) => replicated(platform).filter((workload) =>
    workload.autoscaler !== undefined || promisesOf(platform, workload, "scale").length > 0),
  check: (workload, platform) => {
    const { autoscaler } = workload;
    const promises = [...promisesOf(platform, workload, "replicas").filter(({ figure }) => figure === "replicas.max"), ...promisesOf(platform, workload, "scale")];
    if (!autoscaler) return fail({ expected: `${promises.map(({ claim }) => claim)[0] ?? ""}: an autoscaler of ${workload.label}`, actual: "there is none", field: "scale" });
    const min = autoscaler.min ?? defaults.min;
    const up = autoscaler.scaleUp.windowSeconds ?? defaults.upWindowSeconds;
    const down = autoscaler.scaleDown.windowSeconds ?? defaults.downWindowSeconds;
    return [
      judged(autoscaler, autoscaler.max, "maxReplicas", "maximum of replicas", "scale.max", (max) => above(min, max, "maximum of replicas, above the minimum", { field: "scale.max" })),
      atLeast(2, min, "minimum of replicas", { field: "scale.min" }),
      atLeast(up, down, "seconds before scaling down, against those before scaling up", { field: "scale.downWindowSeconds" }),
      atMost(API_MAXIMUM_SECONDS, Math.max(up, down), "seconds of the longer window", { field: "scale.downWindowSeconds" }),
      ...asPromised(promises, figures(autoscaler, workload)),
    ];
  },
  mutants: [
    change("no room", autoscalers, set("spec.max_replicas", 3)),
    change("one replica at night", autoscalers, set("spec.min_replicas", 1)),
    change("down at once, up after five minutes", autoscalers, (block) => {
      set("spec.behavior.scale_down", [{ stabilization_window_seconds: 0 }])(block);
      set("spec.behavior.scale_up", [{ stabilization_window_seconds: 300 }])(block);
    }),
    change("a window that the API refuses", autoscalers, set("spec.behavior.scale_down.stabilization_window_seconds", 3601)),
    change("Kubernetes' own windows instead of the promised ones", autoscalers, unset("spec.behavior")),
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
