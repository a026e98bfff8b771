import { recoveryDurations, recoveryRetrieved } from "../../../catalog/recovery-allowances";
import { type Duration, setting } from "../../../models/recovery/duration";
import { type Recovery, type RecoveryTimeline, recoveryTimeline } from "../../../models/recovery/timeline";
import type { Platform } from "../../inventory/platform";
import type { HealthCheck } from "../../inventory/facts/aws/dns";
import type { Namespace } from "../../inventory/facts/kubernetes/namespaces";
import { declaredStores } from "../../policy-terms/stores";
import { applicationNamespaces } from "./backup-coverage";
import { nodeProvisionSeconds } from "../capacity/node-provisioning";
import { perPlatform } from "../per-platform";

/** How long an application takes to serve the primary's peak from the standby, or why there is no such figure. */
export type Takeover =
  | {
      readonly outcome: "computed";
      readonly namespace: Namespace;
      readonly host: string;
      readonly recovery: Recovery;
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
  if (!primary || checks.length === 0)
    return without("noFailover", "none: no health check notices, and nothing switches");
  const timeoutSeconds = nodeProvisionSeconds(platform, namespace.region);
  if (timeoutSeconds === undefined)
    return without("unknown", "no cluster autoscaler whose max-node-provision-time can be read");
  const ttlSeconds = primary.ttlSeconds ?? 300;
  const dns = primary.alias
    ? recoveryDurations.aliasTtl
    : setting(0, ttlSeconds / 2, ttlSeconds, { source: "TTL of the record", date: recoveryRetrieved });
  const recovery = recoveryOf(namespace, platform, checks, dns, timeoutSeconds);
  return { outcome: "computed", namespace, host, recovery, timeline: recoveryTimeline(recovery) };
}

function leaves(check: HealthCheck): HealthCheck[] {
  return check.children.length === 0 ? [check] : check.children.flatMap(leaves);
}

function recoveryOf(
  namespace: Namespace,
  platform: Platform,
  checks: readonly HealthCheck[],
  dns: Duration,
  timeoutSeconds: number,
): Recovery {
  const { healthCheckRequest, operator, dataStorePromotion, writers, metricsDelay, imagePull } = recoveryDurations;
  const slowest = checks.reduce((a, b) =>
    b.intervalSeconds * b.failureThreshold > a.intervalSeconds * a.failureThreshold ? b : a,
  );
  // A cache that keeps nothing runs in the standby already: there is nothing to promote or to load.
  const stores = (declaredStores(namespace) ?? []).filter(({ persistent }) => persistent);
  return {
    detection: {
      intervalSeconds: slowest.intervalSeconds,
      failureThreshold: slowest.failureThreshold,
      request: healthCheckRequest,
    },
    dns,
    data: stores.length === 0 ? undefined : { operator, promotion: dataStorePromotion, writers },
    scaling: {
      metricsDelay,
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
    nodes: launchesIn(platform, namespace.region, timeoutSeconds),
    imagePull,
    bootSeconds: bootSecondsOf(namespace),
  };
}

/** Undefined: a group whose least is its most has all its nodes already. */
export const launchesIn = (
  platform: Platform,
  region: string | undefined,
  timeoutSeconds: number,
): Recovery["nodes"] =>
  platform.nodeGroups
    .filter((group) => group.region === region)
    .every(({ min, max }) => min !== undefined && min === max)
    ? undefined
    : { timeoutSeconds, ready: recoveryDurations.nodeReady };

export const bootSecondsOf = ({ workloads }: Namespace): number =>
  Math.max(0, ...workloads.map(({ component }) => component?.bootSeconds ?? 0));
