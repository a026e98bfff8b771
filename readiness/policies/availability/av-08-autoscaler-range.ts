import { above, atLeast, atMost } from "../../policy/comparison";
import { change, set, type JsonObject } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { unknown } from "../../policy/verdict";
import { autoscalers } from "../targets";
import { judged, undecided } from "../written";

/** Kubernetes' own values where none is written. */
const defaults = { min: 1, upWindowSeconds: 0, downWindowSeconds: 300 } as const;
const API_MAXIMUM_SECONDS = 3600;

export default policy({
  id: "AV-08",
  severity: "warning",
  title: "An autoscaler has room to scale, and patience to scale down",
  because: "an autoscaler without room is a fixed count; one that scales down faster than up takes away what it has just added",
  remedy: "set scale.max above scale.min, scale.min to at least 2, and downWindowSeconds to no less than upWindowSeconds",
  proves: ["CA-04", "FL-09"],
  equivalents: ["polaris hpaMinAvailability", "polaris hpaMaxAvailability"],
  subjects: (platform) => platform.autoscalers,
  check: (autoscaler) => {
    const reason = undecided(autoscaler, "minReplicas") ?? undecided(autoscaler, "stabilizationWindowSeconds");
    if (reason !== undefined) return unknown(`the range of the autoscaler: ${reason}`, "scale");
    const min = autoscaler.min ?? defaults.min;
    const up = autoscaler.scaleUp.windowSeconds ?? defaults.upWindowSeconds;
    const down = autoscaler.scaleDown.windowSeconds ?? defaults.downWindowSeconds;
    return [
      judged(autoscaler, autoscaler.max, "maxReplicas", "maximum of replicas", "scale.max", (max) => above(min, max, "maximum of replicas, above the minimum", { field: "scale.max" })),
      atLeast(2, min, "minimum of replicas", { field: "scale.min" }),
      atLeast(up, down, "seconds before scaling down, against those before scaling up", { field: "scale.downWindowSeconds" }),
      atMost(API_MAXIMUM_SECONDS, Math.max(up, down), "seconds of the longer window", { field: "scale.downWindowSeconds" }),
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
  ],
  boundary: {
    holds: change("room for one", autoscalers, set("spec", range(3, 4))),
    breaks: change("room for none", autoscalers, set("spec", range(4, 4))),
  },
});

function range(min: number, max: number): JsonObject {
  return {
    scale_target_ref: { api_version: "apps/v1", kind: "Deployment", name: "api" }, min_replicas: min, max_replicas: max,
    metric: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", average_utilization: 70 } } }],
  };
}
