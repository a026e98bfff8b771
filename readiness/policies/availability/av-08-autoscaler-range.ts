import { above, atLeast, atMost, below } from "../../policy/comparison";
import { change, manifest, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { unknown, type Verdict } from "../../policy/verdict";
import { numberOf, objectOf } from "../../inventory/json";
import type { Container } from "../../inventory/facts/kubernetes/containers";
import type { Autoscaler, Workload } from "../../inventory/facts/kubernetes/workload-graph";
import { cpuMillis, memoryMiB } from "../../../models/quantity";
import { asPromised } from "../../policy-terms/promised";
import { scalingFigures, scalingPromises } from "../../policy-terms/promised-scaling";
import { autoscalers } from "../../policy-terms/targets";
import { queueWait } from "./_queue-wait";
import { judged, undecided } from "../../policy-terms/required-value";

/** Part of the request that an idle pod may use by itself. */
const LEAST_SHARE = 5;

/** Kubernetes' own values where none is written. */
const defaults = { min: 1, upWindowSeconds: 0, downWindowSeconds: 300 } as const;
const API_MAXIMUM_SECONDS = 3600;

/** KEDA's own value (kedacore/keda-docs, "ScaledObject specification", pollingInterval, read 2026-11-29), and the longest that a queue may grow unseen. */
const UNSET_POLLING_SECONDS = 30;
const LONGEST_POLLING_SECONDS = 60;

/** A native sidecar runs as long as the pod: its requests and use count in every average (Kubernetes, "Sidecar Containers", read 2026-11-29). */
const runningContainers = (workload: Workload | undefined): readonly Container[] => [
  ...(workload?.pod.initContainers ?? []).filter(({ sidecar }) => sidecar),
  ...(workload?.containers ?? []),
];

/** An amount of the resource: idle pods stay below it, and those that a full node gives their request reach it. */
function amounts({ metrics, target }: Autoscaler): Verdict[] {
  const sum = (values: readonly (number | undefined)[]): number =>
    values.reduce((total: number, value) => total + (value ?? 0), 0);
  return metrics.flatMap(({ type, name, averageValue, container }) => {
    if (averageValue === undefined || !/^(Container)?Resource$/.test(type)) return [];
    const cpu = name === "cpu";
    const amount = cpu ? cpuMillis(averageValue) : memoryMiB(averageValue);
    const requested = sum(
      runningContainers(target.workload)
        .filter((one) => container === undefined || one.name === container)
        .map((one) => (cpu ? one.cpuRequestMillis : one.memoryRequestMiB)),
    );
    const what = `${cpu ? "thousandths of a core" : "MiB"} a pod at which pods are added`;
    if (requested === 0) return [];
    return [
      atMost(requested, amount, `${what}, against its request, which is all that a full node gives`),
      atLeast(requested / LEAST_SHARE, amount, `${what}, against a fifth of its request, which idle pods use`),
    ];
  });
}

/** A share of the request that the limit does not let the pods reach is never exceeded: no pod is added. */
function reachable({ metrics, target }: Autoscaler): Verdict[] {
  return metrics.flatMap(({ name, utilizationPercent, container }) => {
    const cpu = name === "cpu";
    const measured = runningContainers(target.workload).filter(
      (one) => container === undefined || one.name === container,
    );
    const requested = measured.reduce(
      (sum, one) => sum + ((cpu ? one.cpuRequestMillis : one.memoryRequestMiB) ?? 0),
      0,
    );
    const limits = measured.map((one) => (cpu ? one.cpuLimitMillis : one.memoryLimitMiB));
    if (utilizationPercent === undefined || requested === 0 || limits.some((limit) => limit === undefined)) return [];
    const most = limits.reduce((sum: number, limit) => sum + (limit ?? 0), 0);
    return [
      below(
        Math.floor((100 * most) / requested),
        utilizationPercent,
        `percent of the ${name ?? "resource"} request at which pods are added, against what the limit allows`,
        { field: cpu ? "scale.cpuPercent" : "scale.memoryPercent" },
      ),
      // A full node gives a pod its request and no more.
      atMost(
        100,
        utilizationPercent,
        `percent of the ${name ?? "resource"} request, which is all that a full node gives`,
        {
          field: cpu ? "scale.cpuPercent" : "scale.memoryPercent",
        },
      ),
    ];
  });
}

function looks({ object }: Autoscaler): Verdict[] {
  if (object.kind !== "ScaledObject") return [];
  const seconds = numberOf(objectOf(object["spec"])["pollingInterval"]) ?? UNSET_POLLING_SECONDS;
  return [atMost(LONGEST_POLLING_SECONDS, seconds, "seconds between two looks at the queue (pollingInterval)")];
}

export default policy({
  id: "AV-08",
  severity: "error",
  title: "An autoscaler has max > min, a scale-down window and its committed range",
  because:
    "an autoscaler with max = min is a fixed count; one that scales down faster than up removes the pods it just added; one whose threshold is out of reach adds none; capacity and cost are computed from the committed range",
  remedy:
    "set scale.max above scale.min, scale.min to at least 2, downWindowSeconds to no less than upWindowSeconds, scale.queue.perPod to what a pod works off in the declared time (objectives.latencyMeanMs says how long an entry takes, objectives.queueAgeSeconds how long it may wait), and each to what the report promises",
  proves: ["CA-04", "FF-03", "FL-09"],
  equivalents: ["polaris hpaMinAvailability", "polaris hpaMaxAvailability"],
  subjects: (platform) => platform.autoscalers,
  check: (autoscaler, platform) => {
    const reason = undecided(autoscaler, "minReplicas") ?? undecided(autoscaler, "stabilizationWindowSeconds");
    if (reason !== undefined) return unknown(`the range of the autoscaler: ${reason}`, "scale");
    const min = autoscaler.min ?? defaults.min;
    const up = autoscaler.scaleUp.windowSeconds ?? defaults.upWindowSeconds;
    const down = autoscaler.scaleDown.windowSeconds ?? defaults.downWindowSeconds;
    return [
      judged(autoscaler, autoscaler.max, "maxReplicas", "maximum of replicas", "scale.max", (max) =>
        above(min, max, "maximum of replicas, above the minimum", { field: "scale.max" }),
      ),
      atLeast(2, min, "minimum of replicas", { field: "scale.min" }),
      atLeast(up, down, "seconds before scaling down, against those before scaling up", {
        field: "scale.downWindowSeconds",
      }),
      atMost(API_MAXIMUM_SECONDS, Math.max(up, down), "seconds of the longer window", {
        field: "scale.downWindowSeconds",
      }),
      ...reachable(autoscaler),
      ...amounts(autoscaler),
      ...looks(autoscaler),
      ...queueWait(autoscaler, platform),
      ...(autoscaler.target.workload
        ? asPromised(scalingPromises(platform, autoscaler.target.workload), scalingFigures(autoscaler))
        : []),
    ];
  },
  mutants: [
    change("no room", autoscalers, set("spec.max_replicas", 3)),
    change("one replica at night", autoscalers, set("spec.min_replicas", 1)),
    change("down at once, up after five minutes", autoscalers, (block) => {
      set("spec.behavior.scale_down", [{ stabilization_window_seconds: 0 }])(block);
      set("spec.behavior.scale_up", [{ stabilization_window_seconds: 300 }])(block);
    }),
    change("Kubernetes' own windows instead of the promised ones", autoscalers, unset("spec.behavior")),
    change("up at once", autoscalers, set("spec.behavior.scale_up.stabilization_window_seconds", 0)),
    change("twenty-one pods", autoscalers, set("spec.max_replicas", 21)),
    change("a share that no pod reaches", autoscalers, set("spec.metric.0.resource.target.average_utilization", 9000)),
    change(
      "a share that only a node with room to spare lets a pod reach",
      manifest("ScaledObject"),
      set("spec.triggers.1.metadata.value", "101"),
    ),
    change("a hundred cores a pod", autoscalers, (block) => {
      set("spec.metric.0.resource.target", { type: "AverageValue", average_value: "100" })(block);
    }),
    change("a thousandth of a core a pod", autoscalers, (block) => {
      set("spec.metric.0.resource.target", { type: "AverageValue", average_value: "1m" })(block);
    }),
    change("a queue that is looked at once an hour", manifest("ScaledObject"), set("spec.pollingInterval", 3600)),
    change(
      "the same in the secondary",
      manifest("ScaledObject", (_, __, stack) => stack.endsWith("eu-west-1")),
      set("spec.pollingInterval", 3600),
    ),
    change(
      "a queue that calls a pod for every million entries",
      manifest("ScaledObject"),
      set("spec.triggers.0.metadata.listLength", "1000000"),
    ),
    change(
      "an entry a pod more than half an hour of 5 s takes, in the secondary",
      manifest("ScaledObject", (_, __, stack) => stack.endsWith("eu-west-1")),
      set("spec.triggers.0.metadata.listLength", "361"),
    ),
    change("a queue without a length", manifest("ScaledObject"), unset("spec.triggers.0.metadata.listLength")),
    change("an hour of work as the whole queue's length", manifest("ScaledObject"), (object) => {
      set("spec.triggers.0.metricType", "Value")(object);
      set("spec.triggers.0.metadata.listLength", "2160")(object);
    }),
    change("CPU at 71 %", autoscalers, set("spec.metric.0.resource.target.average_utilization", 71)),
    change("memory is not looked at", autoscalers, unset("spec.metric.1")),
    change(
      "a window that the API refuses",
      autoscalers,
      set("spec.behavior.scale_down.stabilization_window_seconds", 3601),
    ),
  ],
  boundary: {
    holds: change(
      "the promised 300 s left to Kubernetes, whose default they are",
      autoscalers,
      unset("spec.behavior.scale_down"),
    ),
    breaks: change(
      "one second less than promised",
      autoscalers,
      set("spec.behavior.scale_down.stabilization_window_seconds", 299),
    ),
  },
});
