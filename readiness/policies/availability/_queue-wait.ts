import { annotation } from "../../../contract";
import { isObject, type Json, type JsonObject, numberOf, objectOf, objectsOf, textOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Autoscaler } from "../../inventory/facts/kubernetes/workload-graph";
import { atMost } from "../../policy/comparison";
import { fail, type Verdict } from "../../policy/verdict";

/** Targets that count waiting entries. Source: kedacore/keda-docs, scalers redis-lists and aws-sqs, read 2026-11-29. */
const lengths = ["listLength", "queueLength"];
const perEntry = ["messages/s", "requests/s"];

function objectivesOf({ region, namespace }: Autoscaler, platform: Platform): JsonObject {
  const found = platform.namespaces.find((one) => one.region === region && one.name === namespace);
  try {
    return objectOf(JSON.parse(found?.annotations[annotation.objectives] ?? "{}") as Json);
  } catch {
    return {};
  }
}

const least = (figures: readonly (number | undefined)[]): number | undefined => {
  const known = figures.filter((one): one is number => one !== undefined && one > 0);
  return known.length === 0 ? undefined : Math.min(...known);
};

/**
 * The share of the queue that a pod is left with before another one starts, against the time in which it is worked off.
 * The shortest declared time of an entry counts: with any longer one the queue waits longer still.
 */
export function queueWait(autoscaler: Autoscaler, platform: Platform): Verdict[] {
  const objectives = objectivesOf(autoscaler, platform);
  const indicators = Object.values(objectOf(objectives["indicators"])).filter(isObject);
  const carries = autoscaler.target.workload?.component?.throughput?.carries ?? [];
  const rates = carries.filter(({ unit }) => perEntry.includes(unit)).map(({ perReplica }) => perReplica);
  const meanMs =
    least(indicators.map((one) => numberOf(one["latencyMeanMs"]))) ?? numberOf(objectives["latencyMeanMs"]);
  const rate = least(rates) ?? (meanMs === undefined ? undefined : 1000 / meanMs);
  const rtoMinutes = numberOf(objectives["rtoMinutes"]);
  const seconds =
    least(indicators.map((one) => numberOf(one["queueAgeSeconds"]))) ??
    (rtoMinutes === undefined ? undefined : rtoMinutes * 60);
  return objectsOf(objectOf(autoscaler.object["spec"])["triggers"]).flatMap((trigger) => {
    const metadata = objectOf(trigger["metadata"]);
    const name = lengths.find((one) => metadata[one] !== undefined);
    const counts = /^(redis(-cluster|-sentinel)?|aws-sqs-queue)$/.test(textOf(trigger["type"]) ?? "");
    if (name === undefined && !counts) return [];
    if (rate === undefined || seconds === undefined)
      return [
        fail({
          expected: "the time that an entry takes, and the longest that one may wait",
          actual: "the application declares no mean latency of its work, no throughput a second, or no recovery time",
          field: "scale.queue.perPod",
        }),
      ];
    if (name === undefined)
      return [fail({ expected: lengths.join(" or "), actual: "none", field: "scale.queue.perPod" })];
    // A target of the whole queue is shared by the pods that always run.
    const shared = textOf(trigger["metricType"]) === "Value" ? Math.max(1, autoscaler.min ?? 1) : 1;
    const length = numberOf(metadata[name]);
    return [
      atMost(
        Math.floor(rate * seconds),
        length === undefined ? undefined : length / shared,
        "waiting entries a pod before another one starts: more are not worked off in the declared time",
        {
          field: "scale.queue.perPod",
          arithmetic: `${Number(rate.toPrecision(6))} entries/s a pod × ${seconds} s (queueAgeSeconds, or rtoMinutes without it)`,
        },
      ),
    ];
  });
}
