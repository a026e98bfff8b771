import { numberOf, objectOf, objectsOf, textOf } from "../../inventory/json";
import type { Autoscaler } from "../../inventory/facts/kubernetes/workload-graph";
import { atLeast, atMost } from "../../policy/comparison";
import { change, manifest, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, type Verdict } from "../../policy/verdict";

/** Triggers that the metrics server answers: they need no fallback, and KEDA has none for them (kedacore/keda-docs, "ScaledObject specification", fallback, read 2026-11-29). */
const ofPods = ["cpu", "memory"];

const specOf = ({ object }: Autoscaler) => objectOf(object["spec"]);
const asksOthers = (autoscaler: Autoscaler): boolean =>
  autoscaler.object.kind === "ScaledObject" &&
  objectsOf(specOf(autoscaler)["triggers"]).some(({ type }) => !ofPods.includes(textOf(type) ?? ""));

function judge(autoscaler: Autoscaler): Verdict[] {
  const fallback = objectOf(specOf(autoscaler)["fallback"]);
  const replicas = numberOf(fallback["replicas"]);
  if (replicas === undefined)
    return [
      fail({
        expected: `fallback.replicas, at least ${autoscaler.min ?? 1}`,
        actual: "none",
        message: `${autoscaler.label} in ${autoscaler.region} has no fallback: while its queue does not answer, nothing scales it, and pods that a failed node takes are all that changes its number`,
      }),
    ];
  return [
    atLeast(autoscaler.min ?? 1, replicas, "pods while the queue does not answer, against the minimum"),
    atMost(autoscaler.max, replicas, "pods while the queue does not answer, against the maximum"),
  ];
}

const scaled = manifest("ScaledObject");

export default policy({
  id: "AV-19",
  severity: "error",
  proves: ["FG-08"],
  title: "A scaler whose queue does not answer keeps at least the minimum of pods",
  because:
    "the queue fails over, its password rotates, a network rule changes: just then a smaller fallback takes pods away, and the disruption budget blocks every drain",
  remedy: "leave fallback of the ScaledObject to scale.min of the component",
  subjects: ({ autoscalers }) => autoscalers.filter(asksOthers),
  check: judge,
  mutants: [
    change("one pod", scaled, set("spec.fallback.replicas", 1)),
    change("no pod", scaled, set("spec.fallback.replicas", 0)),
    change("no fallback", scaled, unset("spec.fallback")),
    change("more than the maximum", scaled, set("spec.fallback.replicas", 500)),
    change(
      "one pod, in the secondary",
      manifest("ScaledObject", (_, __, stack) => stack.endsWith("eu-west-1")),
      set("spec.fallback.replicas", 1),
    ),
  ],
  boundary: {
    holds: change("a pod more than the minimum", scaled, set("spec.fallback.replicas", 4)),
    breaks: change("a pod fewer", scaled, set("spec.fallback.replicas", 2)),
  },
});
