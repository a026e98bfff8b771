import { z } from "zod";
import { settings } from "../../allowed";
import { count, text } from "../fields";

/** Work that waits in a Redis list; the autoscaler keeps it below `perPod` for each pod. */
const queue = settings({
  /** Cache of `caches` that holds the list. */
  redis: z.string(),
  /** Key of the list in Redis. */
  list: text(255, "Redis keys are compared byte by byte"),
  perPod: count(1, 1_000_000, "waiting entries a pod", "the number of pods is the length of the queue divided by it"),
});

/** HorizontalPodAutoscaler: between `min` and `max` pods, by the metric that asks for most of them. */
export const scale = settings({
  /** Less than `max`. */
  min: count(1, 1000, "replicas", "an autoscaler without a floor leaves nothing running"),
  max: count(1, 1000, "replicas", "the ceiling bounds capacity and cost"),
  cpuPercent: count(
    1,
    100,
    "% of the CPU request",
    "above 100 % the pods are throttled before more are added",
  ).optional(),
  memoryPercent: count(
    1,
    100,
    "% of the memory request",
    "above 100 % the pods are evicted before more are added",
  ).optional(),
  /** Work that waits in a Redis list. */
  queue: queue.optional(),
  /** @default 0 - Kubernetes' own default: scale up at once */
  upWindowSeconds: count(0, 3600, "seconds", "Kubernetes allows this range").optional(),
  /** @default 300 - Kubernetes' own default */
  downWindowSeconds: count(0, 3600, "seconds", "Kubernetes allows this range").optional(),
});

export type Scale = z.infer<typeof scale>;
