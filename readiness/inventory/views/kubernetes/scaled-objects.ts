import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from "../../json";
import type { PlacedObject } from "../../kubernetes/object";
import type { Autoscaler } from "../../facts/kubernetes/workload-graph";
import { objectItem } from "./object-item";
import { type AimedAutoscaler, scalingRulesOf } from "./single-objects";

/** The autoscaler that KEDA makes of a ScaledObject, with KEDA's own defaults (kedacore/keda apis/keda/v1alpha1, read 2026-11-21): 0 to 100 replicas. */
export function scaledObjectOf(placed: PlacedObject): AimedAutoscaler {
  const spec = objectOf(placed.object["spec"]);
  const aim = objectOf(spec["scaleTargetRef"]);
  const behavior = objectOf(objectOf(objectOf(spec["advanced"])["horizontalPodAutoscalerConfig"])["behavior"]);
  return {
    ...objectItem(placed),
    aim: { kind: textOf(aim["kind"]) ?? "Deployment", name: textOf(aim["name"]) ?? "" },
    min:
      numberOf(spec["idleReplicaCount"]) ??
      (spec["minReplicaCount"] === undefined ? 0 : numberOf(spec["minReplicaCount"])),
    max: spec["maxReplicaCount"] === undefined ? 100 : numberOf(spec["maxReplicaCount"]),
    metrics: objectsOf(spec["triggers"]).map(metricOf),
    scaleUp: scalingRulesOf(behavior["scaleUp"]),
    scaleDown: scalingRulesOf(behavior["scaleDown"]),
  };
}

/** `cpu` and `memory` become metrics of the pods' resources; every other trigger is one that KEDA itself measures. */
function metricOf(trigger: JsonObject): Autoscaler["metrics"][number] {
  const name = textOf(trigger["type"]);
  const metadata = objectOf(trigger["metadata"]);
  const kind = textOf(trigger["metricType"]) ?? "AverageValue";
  const container = textOf(metadata["containerName"]);
  const resource = name === "cpu" || name === "memory";
  const target = textOf(
    resource
      ? metadata["value"]
      : (metadata["listLength"] ?? metadata["queueLength"] ?? metadata["threshold"] ?? metadata["value"]),
  );
  return {
    type: resource ? (container === undefined ? "Resource" : "ContainerResource") : "External",
    name,
    container,
    utilizationPercent: kind === "Utilization" ? numberOf(target) : undefined,
    averageValue: kind === "AverageValue" ? target : undefined,
    value: kind === "Value" ? target : undefined,
  };
}
