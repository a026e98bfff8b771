import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { above, equals } from "../../../policy/comparison";
import { change, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { unknown } from "../../../policy/verdict";
import { fixedByChart, replicated, tierOf } from "../../../policy-terms/scope";
import { deployments } from "../../../policy-terms/targets";

/** Kubernetes' own default of both, for a Deployment. */
const DEFAULT = "25%";

/** Pods of a count or a percentage: Kubernetes rounds surge up and unavailability down. Undefined: neither form. */
function pods(value: number | string, replicas: number, round: (pods: number) => number): number | undefined {
  if (typeof value === "number") return value;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  return percent === undefined ? undefined : round((Number(percent) * replicas) / 100);
}

const ordinalUpdates = (workload: Workload) =>
  equals("RollingUpdate", workload.strategy.type ?? "RollingUpdate", "update strategy of the StatefulSet");

const rolling = (surge: string, unavailable: string) =>
  set("spec.strategy", { type: "RollingUpdate", rolling_update: { max_surge: surge, max_unavailable: unavailable } });

export default policy({
  id: "WL-07",
  severity: "error",
  title: "A rollout replaces pods step by step; tier 1 loses none meanwhile",
  because:
    "Recreate is an outage at each release; a rollout that may go below its count has less than it needs exactly while it changes",
  remedy: "use RollingUpdate with maxSurge of at least one pod, and maxUnavailable 0 for tier 1",
  proves: ["CA-03", "FG-19", "FL-27"],
  equivalents: ["kube-score deployment-strategy"],
  subjects: replicated,
  check: (workload, platform) => {
    const chart = fixedByChart(workload, "rollout");
    if (chart) return chart;
    if (workload.kind === "StatefulSet") return ordinalUpdates(workload);
    const type = equals("RollingUpdate", workload.strategy.type ?? "RollingUpdate", "update strategy");
    const { minimumReplicas, maximumReplicas, strategy } = workload;
    if (minimumReplicas === undefined || maximumReplicas === undefined)
      return [type, unknown("the number of replicas is not known before deployment", "scale.min")];
    const surge = pods(strategy.maxSurge ?? DEFAULT, minimumReplicas, Math.ceil);
    const unavailableAtMinimum = pods(strategy.maxUnavailable ?? DEFAULT, minimumReplicas, Math.floor);
    const unavailableAtMaximum = pods(strategy.maxUnavailable ?? DEFAULT, maximumReplicas, Math.floor);
    const moves = surge === undefined || unavailableAtMinimum === undefined ? undefined : surge + unavailableAtMinimum;
    const tier = tierOf(workload, platform);
    return [
      type,
      above(0, moves, `pods that a rollout moves at a time with ${minimumReplicas} replicas`, {
        arithmetic: `${surge} surge + ${unavailableAtMinimum} unavailable`,
      }),
      ...(tier === 1
        ? [
            equals(0, unavailableAtMaximum, `pods that a rollout removes from ${maximumReplicas} of tier 1`, {
              field: "scale.max",
            }),
          ]
        : []),
      ...(tier === undefined ? [unknown("the tier is not declared", "tier")] : []),
    ];
  },
  mutants: [
    change("Recreate", deployments, set("spec.strategy", { type: "Recreate" })),
    change("nothing may move", deployments, rolling("0", "0")),
    change("Kubernetes' own 25 % unavailable", deployments, unset("spec.strategy")),
    change("one pod of tier 1 may be missing", deployments, rolling("1", "1")),
  ],
  boundary: {
    holds: change("one pod of surge", deployments, rolling("1", "0")),
    breaks: change("no pod of surge", deployments, rolling("0%", "0")),
  },
});
