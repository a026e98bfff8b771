import { recoveryAllowances } from "../../../catalog/recovery-allowances";
import { type Recovery, type RecoveryTimeline, recoveryTimeline } from "../../../models/recovery/timeline";
import { objectOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { HealthCheck } from "../../inventory/views/aws-types";
import type { Namespace } from "../../inventory/views/kubernetes-types";
import { applicationNamespaces } from "./backup-coverage";
import { nodeProvisionSeconds } from "../capacity/node-provisioning";
import { perPlatform } from "../per-platform";

/** How long an application takes to serve the primary's peak from the standby, or why there is no such figure. */
export type Takeover =
  | {
      readonly outcome: "computed";
      readonly namespace: Namespace;
      readonly host: string;
      readonly timeline: RecoveryTimeline;
    }
  | {
      readonly outcome: "unknown" | "notApplicable" | "noFailover";
      readonly namespace: Namespace;
      readonly host: string;
      readonly reason: string;
    };

/** One for each application in the secondary region. */
export const recoveriesOf = perPlatform((platform: Platform): readonly Takeover[] => {
  const secondary = platform.clusters.find(({ role }) => role === "secondary")?.region;
  return applicationNamespaces(platform)
    .filter(({ region }) => region === secondary)
    .map((namespace) => recoveryIn(namespace, platform));
});

function recoveryIn(namespace: Namespace, platform: Platform): Takeover {
  const host = `${namespace.name}.${platform.environment.domain}`;
  const without = (outcome: "unknown" | "notApplicable" | "noFailover", reason: string): Takeover => ({
    outcome,
    namespace,
    host,
    reason,
  });
  if (
    !platform.loadBalancers.some(({ listeners }) =>
      listeners.some(({ rules }) => rules.some(({ hosts }) => hosts.includes(host))),
    )
  )
    return without("notApplicable", "the application has no public name: no traffic moves");
  const primary = platform.records.find(({ name, failover }) => name === host && failover === "PRIMARY");
  const checks = primary?.healthCheck ? leaves(primary.healthCheck).filter(({ kind }) => kind === "endpoint") : [];
  if (!primary || checks.length === 0) return without("noFailover", "none: nobody notices and nothing switches");
  const timeoutSeconds = nodeProvisionSeconds(platform, namespace.region);
  if (timeoutSeconds === undefined)
    return without("unknown", "no cluster autoscaler whose max-node-provision-time can be read");
  const dnsTtlSeconds = primary.alias ? recoveryAllowances.aliasTtlSeconds : (primary.ttlSeconds ?? 300);
  return {
    outcome: "computed",
    namespace,
    host,
    timeline: recoveryTimeline(recoveryOf(namespace, platform, checks, dnsTtlSeconds, timeoutSeconds)),
  };
}

function leaves(check: HealthCheck): HealthCheck[] {
  return check.children.length === 0 ? [check] : check.children.flatMap(leaves);
}

function recoveryOf(
  namespace: Namespace,
  platform: Platform,
  checks: readonly HealthCheck[],
  dnsTtlSeconds: number,
  timeoutSeconds: number,
): Recovery {
  const allowed = recoveryAllowances;
  const slowest = checks.reduce((a, b) =>
    b.intervalSeconds * b.failureThreshold > a.intervalSeconds * a.failureThreshold ? b : a,
  );
  const stores = namespace.workloads
    .flatMap(({ component }) => component?.talksTo ?? [])
    .filter((dependency) => "redis" in objectOf(dependency) || "postgres" in objectOf(dependency));
  const groups = platform.nodeGroups.filter(({ region }) => region === namespace.region);
  return {
    detection: {
      intervalSeconds: slowest.intervalSeconds,
      failureThreshold: slowest.failureThreshold,
      requestSeconds: allowed.healthCheckRequestSeconds,
    },
    dnsTtlSeconds,
    promotionSeconds: stores.map(() => allowed.dataStorePromotionSeconds),
    scaling: {
      metricsDelaySeconds: allowed.metricsDelaySeconds,
      workloads: namespace.workloads.flatMap(({ autoscaler }) =>
        autoscaler
          ? [
              {
                from: autoscaler.min ?? 1,
                to: autoscaler.max ?? Infinity,
                windowSeconds: autoscaler.scaleUp.windowSeconds ?? 0,
                steps: autoscaler.scaleUp.policies,
                select: autoscaler.scaleUp.selectPolicy,
              },
            ]
          : [],
      ),
    },
    // A group whose least is its most has all its nodes already.
    nodes: groups.every(({ min, max }) => min !== undefined && min === max)
      ? undefined
      : { timeoutSeconds, readySeconds: allowed.nodeReadySeconds },
    imagePullSeconds: allowed.imagePullSeconds,
    bootSeconds: Math.max(0, ...namespace.workloads.map(({ component }) => component?.bootSeconds ?? 0)),
  };
}
