import type { Workload } from "../../inventory/facts/kubernetes/workload-graph";
import { atLeast } from "../../policy/comparison";
import { change, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { notApplicable, unknown } from "../../policy/verdict";
import { placesOf, undecidedPlacement, zonesOf } from "../../policy-terms/capacity/placement";
import { replicasField, replicated, singletonByDesign } from "../../policy-terms/scope";
import { bindingZoneSkew, mostInOneZone } from "../../policy-terms/capacity/spread";
import { autoscalers, deployments, POD, simplest } from "../../policy-terms/targets";

/**
 * What must be left: a StatefulSet keeps its quorum; others half of their replicas, or what their budget keeps if that is
 * less. (A budget of n − 1 slows evictions down; it does not say that the service needs n − 1.)
 */
function needed(workload: Workload, replicas: number): { readonly pods: number; readonly why: string } {
  if (workload.kind === "StatefulSet") return { pods: Math.floor(replicas / 2) + 1, why: "quorum" };
  const half = Math.ceil(replicas / 2);
  const kept = workload.disruptionBudgets.flatMap(({ evictionsAtMinimum }) =>
    evictionsAtMinimum === undefined ? [] : [replicas - evictionsAtMinimum],
  );
  const least = Math.min(half, ...kept);
  return { pods: Math.max(1, least), why: least < half ? "what its budget keeps" : "half of its replicas" };
}

export default policy({
  id: "AV-11",
  severity: "error",
  title: "Enough replicas remain after the loss of any zone",
  because:
    "what is left carries everything until nodes have started elsewhere, and a quorum that is lost does not come back by itself",
  remedy: "raise scale.min (or replicas), spread over more zones, or bind the spread (DoNotSchedule, skew 1)",
  proves: ["FL-01", "FF-01"],
  subjects: replicated,
  check: (workload, platform) => {
    const single = singletonByDesign(workload);
    if (single) return single;
    const replicas = workload.minimumReplicas;
    const field = replicasField(workload);
    if (replicas === undefined) return unknown("the number of replicas is not known before deployment", field);
    const reason = undecidedPlacement(workload);
    if (reason !== undefined) return unknown(`on which nodes the pods may run: ${reason}`, "pool");
    if (replicas === 0) return notApplicable("no replica runs");
    const zones = zonesOf(placesOf(workload, platform));
    const lost = mostInOneZone(replicas, zones.length, bindingZoneSkew(workload));
    const { pods, why } = needed(workload, replicas);
    return atLeast(pods, replicas - lost, `replicas after the loss of the fullest zone (${why})`, {
      field,
      arithmetic: `${replicas} − ${lost} in one of ${zones.length} zones (${zones.join(", ") || "none"})`,
    });
  },
  mutants: [
    change("one replica", autoscalers, set("spec.min_replicas", 1)),
    change(
      "a spread that the scheduler may ignore",
      deployments,
      set(`${POD}.topology_spread_constraint.when_unsatisfiable`, "ScheduleAnyway"),
    ),
    change("no spread", deployments, unset(`${POD}.topology_spread_constraint`)),
    change(
      "all in one zone",
      deployments,
      set(`${POD}.affinity.node_affinity.required_during_scheduling_ignored_during_execution`, {
        node_selector_term: [
          {
            match_expressions: [
              { key: "topology.kubernetes.io/zone", operator: "In", values: ["us-east-1a", "eu-west-1a"] },
            ],
          },
        ],
      }),
    ),
  ],
  boundary: {
    holds: change(
      "four workers with skew 2: two are left",
      simplest("worker"),
      set(`${POD}.topology_spread_constraint.max_skew`, 2),
    ),
    breaks: change(
      "four workers with skew 3: one is left",
      simplest("worker"),
      set(`${POD}.topology_spread_constraint.max_skew`, 3),
    ),
  },
});
