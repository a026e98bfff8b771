import { recoveryAllowances } from "../../../catalog/recovery-allowances";
import { type Recovery, recoveryTimeline } from "../../../models/recovery/timeline";
import { atMost } from "../../policy/comparison";
import { change, remove, resource, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, notApplicable, unknown } from "../../policy/verdict";
import { objectOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { HealthCheck } from "../../inventory/views/aws-types";
import type { Namespace } from "../../inventory/views/kubernetes-types";
import { applicationNamespaces } from "../recovery/_velero";
import { clusterOf, nodeProvisionSeconds } from "../region-subjects";
import { autoscalers, releaseOf } from "../targets";

const inSecondary = resource("kubernetes_namespace_v1", (_, __, stack) => stack === "ci-failure-agent-eu-west-1");
const rtoMinutes = ["metadata", "annotations", "plimsoll.dev/objectives", "rtoMinutes"];
const endpoints = resource("aws_route53_health_check", (block) => block["type"] === "HTTPS");

export default policy({
  id: "MR-01", severity: "error", proves: ["CA-09", "CA-11", "CA-08"],
  title: "The standby carries the primary's peak within the recovery time",
  because: "detection, DNS, scaling, nodes and pod starts follow one another: each is short, and their sum is what customers wait",
  remedy: "shorten the largest part shown: failover.healthCheckIntervalSeconds, scale.upWindowSeconds, bootSeconds, or a larger standby",
  subjects: (platform) => applicationNamespaces(platform).filter(({ region }) => region === clusterOf(platform, "secondary")?.region),
  whenAbsent: () => fail({ expected: "applications in the secondary region", actual: "none" }),
  check: (namespace, platform) => {
    const rto = namespace.objectives?.rtoMinutes;
    if (rto === undefined) return unknown("the application declares no recovery time", "objectives.rtoMinutes");
    const host = `${namespace.name}.${platform.environment.domain}`;
    if (!platform.loadBalancers.some(({ listeners }) => listeners.some(({ rules }) => rules.some(({ hosts }) => hosts.includes(host)))))
      return notApplicable("the application has no public name: no traffic moves");
    const primary = platform.records.find(({ name, failover }) => name === host && failover === "PRIMARY");
    const checks = primary?.healthCheck ? leaves(primary.healthCheck).filter(({ kind }) => kind === "endpoint") : [];
    if (!primary || checks.length === 0) return fail({ expected: `a failover record of ${host} with a health check`, actual: "none: nobody notices and nothing switches" });
    const timeoutSeconds = nodeProvisionSeconds(platform, namespace.region);
    if (timeoutSeconds === undefined) return unknown("no cluster autoscaler whose max-node-provision-time can be read");
    const timeline = recoveryTimeline(recoveryOf(namespace, platform, checks, primary.alias ? recoveryAllowances.aliasTtlSeconds : primary.ttlSeconds ?? 300, timeoutSeconds));
    return atMost(rto, timeline.seconds / 60, "minutes from the failure to the primary's peak in the standby", { field: "objectives.rtoMinutes", arithmetic: `(${timeline.arithmetic}) ÷ 60` });
  },
  mutants: [
    remove("no failover records", resource("aws_route53_record")),
    change("slow detection", endpoints, (block) => { set("request_interval", 30)(block); set("failure_threshold", 50)(block); }),
    change("a slow start", resource("kubernetes_deployment_v1"), set(["metadata", "annotations", "plimsoll.dev/component", "bootSeconds"], 1500)),
    change("one pod a minute", autoscalers, set("spec.behavior.scale_up.0.policy", [{ type: "Pods", value: 1, period_seconds: 60 }])),
    change("an autoscaler that never grows", autoscalers, set("spec.behavior.scale_up.0.select_policy", "Disabled")),
    change("a wait of 20 minutes for Spot", releaseOf("cluster-autoscaler"), set(["values", "0", "extraArgs", "max-node-provision-time"], "20m0s")),
  ],
  boundary: {
    holds: change("the time itself", inSecondary, set(rtoMinutes, 20.6)),
    breaks: change("six seconds less", inSecondary, set(rtoMinutes, 20.5)),
  },
});

function leaves(check: HealthCheck): HealthCheck[] {
  return check.children.length === 0 ? [check] : check.children.flatMap(leaves);
}

function recoveryOf(namespace: Namespace, platform: Platform, checks: readonly HealthCheck[], dnsTtlSeconds: number, timeoutSeconds: number): Recovery {
  const allowed = recoveryAllowances;
  const slowest = checks.reduce((a, b) => (b.intervalSeconds * b.failureThreshold > a.intervalSeconds * a.failureThreshold ? b : a));
  const stores = namespace.workloads.flatMap(({ component }) => component?.talksTo ?? []).filter((dependency) => "redis" in objectOf(dependency) || "postgres" in objectOf(dependency));
  const groups = platform.nodeGroups.filter(({ region }) => region === namespace.region);
  return {
    detection: { intervalSeconds: slowest.intervalSeconds, failureThreshold: slowest.failureThreshold, requestSeconds: allowed.healthCheckRequestSeconds },
    dnsTtlSeconds, promotionSeconds: stores.map(() => allowed.dataStorePromotionSeconds),
    scaling: {
      metricsDelaySeconds: allowed.metricsDelaySeconds,
      workloads: namespace.workloads.flatMap(({ autoscaler }) => autoscaler ? [{
        from: autoscaler.min ?? 1, to: autoscaler.max ?? Infinity, windowSeconds: autoscaler.scaleUp.windowSeconds ?? 0, steps: autoscaler.scaleUp.policies, select: autoscaler.scaleUp.selectPolicy,
      }] : []),
    },
    // A group whose least is its most has all its nodes already.
    nodes: groups.every(({ min, max }) => min !== undefined && min === max) ? undefined : { timeoutSeconds, readySeconds: allowed.nodeReadySeconds },
    imagePullSeconds: allowed.imagePullSeconds,
    bootSeconds: Math.max(0, ...namespace.workloads.map(({ component }) => component?.bootSeconds ?? 0)),
  };
}
