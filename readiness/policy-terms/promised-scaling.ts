import type { Autoscaler, Workload } from "../inventory/facts/kubernetes/workload-graph";
import type { Platform } from "../inventory/platform";
import type { Commitment } from "../../catalog/claims/commitments";
import { promisesOf, type Found } from "./promised";
import { undecided } from "./required-value";

/** Kubernetes' own windows where none is written. */
const UP_WINDOW_SECONDS = 0;
const DOWN_WINDOW_SECONDS = 300;

function utilisation(autoscaler: Autoscaler, name: string): number | undefined {
  return autoscaler.metrics.find((metric) => metric.name === name && /^(Container)?Resource$/.test(metric.type))
    ?.utilizationPercent;
}

/** What an autoscaler does, by the name of the promised figure. */
export function scalingFigures(autoscaler: Autoscaler): Record<string, Found> {
  const { max, scaleUp, scaleDown } = autoscaler;
  const found = (value: number | undefined, field: string, fragment: string, otherwise?: number): Found =>
    value === undefined ? { value: otherwise, field, undecided: undecided(autoscaler, fragment) } : { value, field };
  return {
    "replicas.max": found(max, "scale.max", "maxReplicas"),
    "scale.cpuPercent": found(utilisation(autoscaler, "cpu"), "scale.cpuPercent", "metrics"),
    "scale.memoryPercent": found(utilisation(autoscaler, "memory"), "scale.memoryPercent", "metrics"),
    "scale.upWindowSeconds": found(scaleUp.windowSeconds, "scale.upWindowSeconds", "scaleUp", UP_WINDOW_SECONDS),
    "scale.downWindowSeconds": found(
      scaleDown.windowSeconds,
      "scale.downWindowSeconds",
      "scaleDown",
      DOWN_WINDOW_SECONDS,
    ),
  };
}

/** What the report of a workload promises about its autoscaler. */
export const scalingPromises = (platform: Platform, workload: Workload): readonly Commitment[] => [
  ...promisesOf(platform, workload, "replicas").filter(({ figure }) => figure === "replicas.max"),
  ...promisesOf(platform, workload, "scale"),
];
