import { annotation } from "../../../../contract";
import { textOf, objectOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { TargetGroup } from "../../../inventory/facts/aws/load-balancers";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { above, atLeast } from "../../../policy/comparison";
import { change, each, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { resource } from "../../../policy/target";
import { unknown, type Verdict } from "../../../policy/verdict";
import { fixedByChart, ownServices } from "../../../policy-terms/scope";
import { CONTAINER, deployments, POD } from "../../../policy-terms/targets";
import { undecided } from "../../../policy-terms/required-value";

/** Target groups that the load balancer controller fills with the workload's pods. */
function targetGroupsOf(workload: Workload, platform: Platform): readonly TargetGroup[] {
  const services = workload.services.map(({ name }) => name);
  return platform.objects
    .filter(
      ({ object, region }) =>
        object.kind === "TargetGroupBinding" &&
        region === workload.region &&
        object.metadata.namespace === workload.namespace,
    )
    .filter(({ object }) => services.includes(textOf(objectOf(objectOf(object["spec"])["serviceRef"])["name"]) ?? ""))
    .flatMap(({ resource: release }) =>
      platform.targetGroups.filter((group) => release.resources("values").includes(group.resource)),
    );
}

function preStop(workload: Workload, platform: Platform, preStopSeconds: number): Verdict[] {
  // The Service that names the pods of a StatefulSet, without a port, sends them nothing.
  if (!workload.services.some(({ headless, ports }) => !headless || ports.length > 0)) return [];
  return [
    above(0, preStopSeconds, "seconds before SIGTERM in which Services forget the pod", {}),
    ...targetGroupsOf(workload, platform).map((group) =>
      atLeast(
        group.deregistrationDelaySeconds,
        preStopSeconds,
        `seconds before SIGTERM in which target group ${group.name ?? group.address} forgets the pod`,
      ),
    ),
  ];
}

const drains = (seconds: number) => set(["metadata", "annotations", annotation.component, "drainSeconds"], seconds);
const grace = (seconds: number) => set(`${POD}.termination_grace_period_seconds`, seconds);
const sleeps = (seconds: number) =>
  set(`${CONTAINER}.lifecycle`, { pre_stop: [{ exec: { command: ["sleep", String(seconds)] } }] });

export default policy({
  id: "WL-05",
  severity: "error",
  title: "The grace period covers load balancer deregistration and the drain",
  because: "a pod that is killed in the middle drops requests at each rollout, scale-down and drain",
  remedy: "declare drainSeconds of the component: the grace period is the deregistration delay, the drain and a margin",
  proves: ["FL-05", "CA-03", "FF-18"],
  subjects: ownServices,
  check: (workload, platform) => {
    const chart = fixedByChart(workload, "shutdown");
    if (chart) return chart;
    const drainSeconds = workload.component?.drainSeconds;
    const reason = undecided(workload, "terminationGracePeriodSeconds");
    if (reason !== undefined) return unknown(`the grace period: ${reason}`, "drainSeconds");
    const hooks = workload.containers.map(({ preStopSeconds }) => preStopSeconds);
    if (drainSeconds === undefined)
      return unknown(
        `how long the component drains is not declared (annotation ${annotation.component})`,
        "drainSeconds",
      );
    if (hooks.includes(undefined))
      return unknown("how long the preStop hook takes cannot be read from it", "drainSeconds");
    const preStopSeconds = Math.max(0, ...hooks.map((seconds) => seconds ?? 0));
    return [
      atLeast(
        preStopSeconds + drainSeconds,
        workload.pod.graceSeconds,
        `seconds of grace (preStop ${preStopSeconds} + drain ${drainSeconds})`,
        { field: "drainSeconds" },
      ),
      ...preStop(workload, platform, preStopSeconds),
    ];
  },
  mutants: [
    change("the drain takes longer than the grace", deployments, drains(600)),
    change(
      "the grace is Kubernetes' 30 s while the pod drains for a minute",
      deployments,
      each(drains(60), unset(`${POD}.termination_grace_period_seconds`)),
    ),
    change("no preStop hook", deployments, unset(`${CONTAINER}.lifecycle`)),
    change("the target group lingers", resource("aws_lb_target_group"), set("deregistration_delay", "300")),
    change("the target group's own delay of 300 s", resource("aws_lb_target_group"), unset("deregistration_delay")),
  ],
  boundary: {
    holds: change("15 + 30 s in 45 s", deployments, each(sleeps(15), drains(30), grace(45))),
    breaks: change("15 + 30 s in 44 s", deployments, each(sleeps(15), drains(30), grace(44))),
  },
});
