import { annotation } from "../../../../contract";
import type { Platform } from "../../../inventory/platform";
import { type CreatedGroup, createdGroups, mostOf } from "../../../inventory/views/kubernetes/created-pods";
import type { CreatedPods } from "../../../inventory/facts/kubernetes/component-facts";
import type { Quota } from "../../../inventory/facts/kubernetes/namespaces";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { atLeast } from "../../../policy/comparison";
import { change, set, together } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { resource } from "../../../policy/target";
import { unknown, type Verdict } from "../../../policy/verdict";
import { endingPods, mostPods } from "../../../policy-terms/capacity/most-pods";
import { podRequests } from "../../../policy-terms/capacity/node-room";
import { autoscalers, deployments } from "../../../policy-terms/targets";

const limits = (workload: Workload, amount: "cpuLimitMillis" | "memoryLimitMiB"): number =>
  workload.containers.reduce((sum, container) => sum + (container[amount] ?? 0), 0);

function judge(quota: Quota, workloads: readonly Workload[], groups: readonly CreatedGroup[]): Verdict[] {
  const peak = (
    each: (workload: Workload) => number,
    ofOne: (pods: CreatedPods) => number,
  ): { sum: number; arithmetic: string } => {
    const terms = [
      ...workloads.map((workload) => ({
        pods: (mostPods(workload) ?? 0) + endingPods(workload),
        each: each(workload),
        name: workload.name,
      })),
      ...groups.map(({ pods }) => ({ pods: mostOf(pods) ?? 0, each: ofOne(pods), name: pods.name })),
    ];
    return {
      sum: terms.reduce((sum, term) => sum + term.pods * term.each, 0),
      arithmetic: terms.map((term) => `${term.name} ${term.pods} × ${term.each}`).join(" + "),
    };
  };
  const covers = (
    name: string,
    hard: number | undefined,
    each: (workload: Workload) => number,
    ofOne: (pods: CreatedPods) => number,
  ): Verdict[] => {
    if (!(name in quota.hard)) return [];
    const { sum, arithmetic } = peak(each, ofOne);
    return [
      hard === undefined
        ? unknown(`${name} of the quota is not known before deployment`)
        : atLeast(sum, hard, `${name} of the quota, against the peak (${arithmetic})`),
    ];
  };
  return [
    ...covers(
      "requests.cpu",
      quota.cpuRequestMillis,
      (workload) => podRequests(workload).cpuMillis,
      (pods) => pods.cpuRequestMillis ?? 0,
    ),
    ...covers(
      "requests.memory",
      quota.memoryRequestMiB,
      (workload) => podRequests(workload).memoryMiB,
      (pods) => pods.memoryRequestMiB ?? 0,
    ),
    ...covers(
      "limits.cpu",
      quota.cpuLimitMillis,
      (workload) => limits(workload, "cpuLimitMillis"),
      (pods) => pods.cpuLimitMillis ?? 0,
    ),
    ...covers(
      "limits.memory",
      quota.memoryLimitMiB,
      (workload) => limits(workload, "memoryLimitMiB"),
      (pods) => pods.memoryLimitMiB ?? 0,
    ),
    ...covers(
      "pods",
      quota.pods,
      () => 1,
      () => 1,
    ),
  ];
}

const quotas = resource("kubernetes_resource_quota_v1");
const hard = (name: string, amount: string | number) => set(["spec", "hard", name], amount);

export default policy({
  id: "CP-05",
  severity: "error",
  title: "A quota covers its namespace at maximum replicas during a rollout",
  because:
    "a quota that is reached first rejects the pods that the load needs, and nothing shows it earlier; pods that end count until they are gone",
  remedy: "leave the quota to the sum of the components, or raise it to the peak that is shown",
  proves: ["CA-05", "CA-15", "FL-17"],
  subjects: (platform: Platform) => platform.quotas,
  check: (quota, platform) => {
    const workloads = platform.workloads.filter(
      ({ region, namespace, kind }) => region === quota.region && namespace === quota.namespace && kind !== "DaemonSet",
    );
    const groups = createdGroups(workloads);
    const unsized = [
      ...workloads.filter((workload) => mostPods(workload) === undefined),
      ...groups.filter(({ pods }) => mostOf(pods) === undefined),
    ].map(({ label }) => label);
    return unsized.length > 0
      ? unknown(`the maximum of ${unsized.sort().join(", ")} is not known before deployment`)
      : judge(quota, workloads, groups);
  },
  mutants: [
    change("one core", quotas, hard("requests.cpu", "1")),
    change("one GiB", quotas, hard("requests.memory", "1Gi")),
    change("one GiB of limits", quotas, hard("limits.memory", "1Gi")),
    together(
      "a limit of CPU, and pods that limit theirs",
      change("", quotas, hard("limits.cpu", "100m")),
      change("", deployments, set("spec.template.spec.container.resources.limits.cpu", "1")),
    ),
    change("the autoscaler goes beyond the quota", autoscalers, set("spec.max_replicas", 200)),
    change(
      "an operator that makes more pods than the quota admits, in the secondary",
      resource("kubernetes_deployment_v1", (_block, _id, stack) => stack === "operator-eu-west-1"),
      set(["metadata", "annotations", annotation.component, "creates", "cells", "maximum"], 9),
    ),
    change("every pod twice at a rollout", deployments, set("spec.strategy.rolling_update.max_surge", "200%")),
  ],
  boundary: {
    holds: change("(20 + 2 + 10) + (4 + 1 + 4) pods, written as a number", quotas, hard("pods", 41)),
    breaks: change("one pod less", quotas, hard("pods", "40")),
  },
});
