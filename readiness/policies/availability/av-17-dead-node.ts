import { annotation } from "../../../contract";
import { recoveryDurations } from "../../../catalog/recovery-allowances";
import { evictionSecondsOf } from "../../figures/recovery/scenarios";
import type { Platform } from "../../inventory/platform";
import type { Workload } from "../../inventory/facts/kubernetes/workload-graph";
import { atLeast, atMost } from "../../policy/comparison";
import { change, resource, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { notApplicable, unknown, type Verdict } from "../../policy/verdict";
import { placesOf, undecidedPlacement, zonesOf } from "../../policy-terms/capacity/placement";
import { undecided } from "../../policy-terms/required-value";
import { replicated } from "../../policy-terms/scope";
import { antiAffinity, bindingZoneSkew, HOST, mostInOneZone } from "../../policy-terms/capacity/spread";
import { ofApplication, POD } from "../../policy-terms/targets";

const promised = (platform: Platform, region: string, namespace?: string): number[] =>
  platform.namespaces
    .filter((one) => one.region === region && (namespace === undefined || one.name === namespace))
    .flatMap(({ objectives }) => objectives?.podRecoveryMinutes ?? []);

interface Replacement {
  readonly seconds: number;
  readonly arithmetic: string;
}

/** Time from the death of a node to the replacement of its pod, `waiting` for a node or a volume. */
function replacement(workload: Workload, waiting: number): Replacement {
  const { nodeUnreachable, imagePull } = recoveryDurations;
  const [found, evicted, pulled] = [nodeUnreachable.worstSeconds, evictionSecondsOf(workload), imagePull.worstSeconds];
  const boot = workload.component?.bootSeconds ?? 0;
  return {
    seconds: found + evicted + waiting + pulled + boot,
    arithmetic: `${found} until it is found out + ${evicted} tolerated + ${waiting} for a node or its volume + ${pulled} image + ${boot} boot`,
  };
}

/** Longest wait: a new node, and the volume of the dead one after it. */
const longestWait = ({ volumeClaimTemplates }: Workload): number =>
  recoveryDurations.nodeReady.worstSeconds +
  (volumeClaimTemplates.length > 0 ? recoveryDurations.volumeDetach.worstSeconds : 0);

/** Pods that one node can hold: one each where that is required, else at most what the spread leaves in a zone. */
const onOneNode = (workload: Workload, replicas: number, platform: Platform): number =>
  antiAffinity(workload, HOST) === "required"
    ? 1
    : mostInOneZone(replicas, zonesOf(placesOf(workload, platform)).length, bindingZoneSkew(workload));

/** Where the replacement comes too late, the pods that are left must be as many as a drain leaves. */
function othersCarryOn(workload: Workload, worst: Replacement, limit: number, platform: Platform): Verdict[] {
  if (worst.seconds <= limit) return [];
  const replicas = workload.minimumReplicas;
  const [budget] = workload.disruptionBudgets;
  const reason = undecidedPlacement(workload);
  if (replicas === undefined || reason !== undefined)
    return [unknown(`how many pods a dead node leaves: ${reason ?? "the number of replicas is not known"}`)];
  const kept = replicas - (budget?.evictionsAtMinimum ?? 0);
  return [
    atLeast(
      kept,
      replicas - onOneNode(workload, replicas, platform),
      `pods left while that of the dead node takes ${worst.seconds} s (${worst.arithmetic})`,
      { field: "keepAvailable" },
    ),
  ];
}

const server = ofApplication("mirror", "kubernetes_stateful_set_v1");
const quick = (seconds: number) => set(`${POD}.toleration.1.toleration_seconds`, seconds);

export default policy({
  id: "AV-17",
  severity: "error",
  proves: ["FL-25"],
  title: "A node that dies costs its applications less than their recovery objective",
  because:
    "pods stay on a node that lost power for 300 s unless they say otherwise, and their volumes six minutes more: each is longer than a recovery of five minutes",
  remedy:
    "tolerate not-ready and unreachable for 30 s, keep enough replicas on other nodes (scale.min, keepAvailable, nodes), or promise more in objectives.podRecoveryMinutes",
  subjects: replicated,
  check: (workload, platform) => {
    const own = promised(platform, workload.region, workload.namespace);
    const all = promised(platform, workload.region);
    if (all.length === 0) return notApplicable("no application of the region promises a recovery of pods");
    const reason = undecided(workload, "olerations");
    if (reason !== undefined) return unknown(`the tolerations: ${reason}`);
    // What makes no promise of its own holds up the recovery of those that do. Pods of charts are held by their locks.
    const limit = Math.min(...(own.length > 0 ? own : all)) * 60;
    const [best, worst] = [replacement(workload, 0), replacement(workload, longestWait(workload))];
    return [
      atMost(limit, best.seconds, "seconds from the death of a node to its pod's replacement, where there is room", {
        arithmetic: best.arithmetic,
      }),
      ...(own.length > 0 ? othersCarryOn(workload, worst, limit, platform) : []),
    ];
  },
  mutants: [
    change("Kubernetes' own 300 s", server, unset(`${POD}.toleration.1`)),
    change(
      "an unreachable node is tolerated without end, in the secondary",
      resource("kubernetes_stateful_set_v1", (_, __, stack) => stack === "mirror-eu-west-1"),
      unset(`${POD}.toleration.2.toleration_seconds`),
    ),
    change(
      "a promise of three minutes",
      resource("kubernetes_namespace_v1", (_, __, stack) => stack.startsWith("mirror-")),
      set(["metadata", "annotations", annotation.objectives, "podRecoveryMinutes"], 3),
    ),
    change("pods that may share a node and a zone", server, (block) => {
      unset(`${POD}.affinity`)(block);
      unset(`${POD}.topology_spread_constraint`)(block);
    }),
  ],
  // 55 until it is found out, 60 to pull and 45 to boot leave 140 of 300 s.
  boundary: {
    holds: change("140 s", server, quick(140)),
    breaks: change("141 s", server, quick(141)),
  },
});
