import { annotation } from "../../../contract";
import { applicationNamespaces } from "../../figures/recovery/backup-coverage";
import { recoveriesOf } from "../../figures/recovery/recovery";
import type { Namespace } from "../../inventory/facts/kubernetes/namespaces";
import { atMost } from "../../policy/comparison";
import { change, remove, resource, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, notApplicable, unknown } from "../../policy/verdict";
import { type DeclaredStore, declaredStores } from "../../policy-terms/stores";
import { clusterOf } from "../../policy-terms/region-subjects";
import { autoscalers, releaseOf } from "../../policy-terms/targets";

const inSecondary = resource("kubernetes_namespace_v1", (_, __, stack) => stack === "storefront-eu-west-1");
const rtoMinutes = ["metadata", "annotations", annotation.objectives, "rtoMinutes"];
const endpoints = resource("aws_route53_health_check", (block) => block["type"] === "HTTPS");

/** Stores that are promoted or loaded: a cache that keeps nothing runs in the standby already. */
const promotedStores = (namespace: Namespace): readonly DeclaredStore[] =>
  (declaredStores(namespace) ?? []).filter(({ persistent }) => persistent);

export default policy({
  id: "MR-01",
  severity: "error",
  proves: ["CA-09", "CA-11", "CA-08"],
  title: "The standby carries the primary's peak within the recovery time",
  because:
    "nodes and pods start while a promotion waits for an operator: customers wait for the slower of the two, after the detection",
  remedy:
    "shorten the largest part shown: failover.healthCheckIntervalSeconds, scale.upWindowSeconds, bootSeconds, or a larger standby",
  subjects: (platform) =>
    applicationNamespaces(platform).filter(({ region }) => region === clusterOf(platform, "secondary")?.region),
  whenAbsent: () => fail({ expected: "applications in the secondary region", actual: "none" }),
  check: (namespace, platform) => {
    const rto = namespace.objectives?.rtoMinutes;
    if (rto === undefined) return unknown("the application declares no recovery time", "objectives.rtoMinutes");
    const takeover = recoveriesOf(platform).find((one) => one.namespace === namespace);
    if (takeover === undefined) return unknown("the namespace is in no takeover");
    if ("reason" in takeover) {
      if (takeover.outcome === "noFailover")
        return fail({ expected: `a failover record of ${takeover.host} with a health check`, actual: takeover.reason });
      return takeover.outcome === "notApplicable" ? notApplicable(takeover.reason) : unknown(takeover.reason);
    }
    const { seconds, storeSeconds, arithmetic } = takeover.timeline;
    const how = `(${arithmetic}) ÷ 60`;
    return [
      atMost(rto, seconds / 60, "minutes from the failure to the primary's peak in the standby", {
        field: "objectives.rtoMinutes",
        arithmetic: how,
      }),
      // A store has a recovery time of its own: the detection and its promotion, not the pods.
      ...promotedStores(namespace).map(({ name, rtoMinutes: allowed, field }) =>
        allowed === undefined || storeSeconds === undefined
          ? unknown(`the store ${name} declares no recovery time`, `${field}.rtoMinutes`)
          : atMost(allowed, storeSeconds / 60, `minutes from the failure to writes in the store ${name}`, {
              field: `${field}.rtoMinutes`,
              arithmetic: how,
            }),
      ),
    ];
  },
  mutants: [
    remove("no failover records", resource("aws_route53_record")),
    change(
      "a store back within a minute",
      inSecondary,
      set(["metadata", "annotations", annotation.stores, "caches", "queue", "rtoMinutes"], 1),
    ),
    change("slow detection", endpoints, (block) => {
      set("request_interval", 30)(block);
      set("failure_threshold", 50)(block);
    }),
    change(
      "a slow start",
      resource("kubernetes_deployment_v1"),
      set(["metadata", "annotations", annotation.component, "bootSeconds"], 1500),
    ),
    change(
      "one pod in five minutes",
      autoscalers,
      set("spec.behavior.scale_up.0.policy", [{ type: "Pods", value: 1, period_seconds: 300 }]),
    ),
    change("an autoscaler that never grows", autoscalers, set("spec.behavior.scale_up.0.select_policy", "Disabled")),
    change(
      "a wait of 20 minutes for Spot",
      releaseOf("cluster-autoscaler"),
      set(["values", "0", "extraArgs", "max-node-provision-time"], "20m0s"),
    ),
  ],
  boundary: {
    holds: change("the time itself", inSecondary, set(rtoMinutes, 25.6)),
    breaks: change("six seconds less", inSecondary, set(rtoMinutes, 25.5)),
  },
});
