import { recoveryDurations } from "../../../catalog/recovery-allowances";
import { type RecoveryFacts, type ScenarioName, scenarios, scenarioSteps } from "../../../models/recovery/scenarios";
import { criticalPath, type RecoveryStep, simulate, type Simulated } from "../../../models/recovery/simulation";
import type { Platform } from "../../inventory/platform";
import type { Namespace } from "../../inventory/facts/kubernetes/namespaces";
import type { Workload } from "../../inventory/facts/kubernetes/workload-graph";
import { declaredStores } from "../../policy-terms/stores";
import { nodeProvisionSeconds } from "../capacity/node-provisioning";
import { perPlatform } from "../per-platform";
import { applicationNamespaces } from "./backup-coverage";
import { bootSecondsOf, launchesIn, recoveriesOf, type Takeover } from "./recovery";

/** Recovery of one application from one loss. */
export interface ScenarioRecovery {
  readonly application: string;
  readonly scenario: ScenarioName;
  /** Undefined where the objective is not about this loss. */
  readonly rtoMinutes: number | undefined;
  readonly result:
    | { readonly simulated: Simulated; readonly path: readonly RecoveryStep[] }
    | { readonly outcome: "fail" | "unknown" | "notApplicable"; readonly reason: string };
}

/**
 * Losses that `rtoMinutes` is about: the platform stands ready for them. What follows a deletion, a corruption or a lost
 * key depends on what was deleted; these are computed and shown without a promise.
 */
const promised: ReadonlySet<ScenarioName> = new Set(["pod", "node", "zone", "region"]);

/** Every scenario of every application, from the primary region. */
export const scenarioRecoveries = perPlatform((platform: Platform): readonly ScenarioRecovery[] => {
  const primary = platform.clusters.find(({ role }) => role === "primary")?.region;
  return applicationNamespaces(platform)
    .filter(({ region }) => region === primary)
    .flatMap((namespace) => {
      const steps = scenarioSteps(factsOf(namespace, platform), recoveryDurations);
      return scenarios.map((scenario) => {
        const found = steps[scenario];
        return {
          application: namespace.name,
          scenario,
          rtoMinutes: promised.has(scenario) ? namespace.objectives?.rtoMinutes : undefined,
          result:
            typeof found === "string"
              ? { outcome: withoutSteps(scenario, takeoverOf(namespace, platform)), reason: found }
              : { simulated: simulate(found), path: criticalPath(found) },
        };
      });
    });
});

const takeoverOf = (namespace: Namespace, platform: Platform): Takeover | undefined =>
  recoveriesOf(platform).find((one) => one.namespace.name === namespace.name);

/** What it means that a scenario has no steps. */
function withoutSteps(scenario: ScenarioName, takeover: Takeover | undefined): "fail" | "unknown" | "notApplicable" {
  if (scenario === "pod") return "unknown";
  if (scenario === "corruption") return "notApplicable";
  if (takeover?.outcome === "noFailover") return "fail";
  return takeover?.outcome === "notApplicable" ? "notApplicable" : "unknown";
}

const TAINTS = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

function factsOf(namespace: Namespace, platform: Platform): RecoveryFacts {
  const takeover = takeoverOf(namespace, platform);
  const stores = declaredStores(namespace) ?? [];
  const services = namespace.workloads.filter(({ kind }) => kind !== "Job" && kind !== "CronJob");
  const timeoutSeconds = nodeProvisionSeconds(platform, namespace.region);
  return {
    takeover:
      takeover?.outcome === "computed" ? takeover.recovery : (takeover?.reason ?? "no namespace in the standby"),
    probe: slowestProbe(services),
    evictionSeconds: Math.max(0, ...services.map(evictionSecondsOf)),
    nodes: timeoutSeconds === undefined ? undefined : launchesIn(platform, namespace.region, timeoutSeconds),
    imagePull: recoveryDurations.imagePull,
    bootSeconds: bootSecondsOf(namespace),
    databases: stores.filter(({ kind }) => kind === "database").length,
    caches: stores.filter(({ kind }) => kind === "cache").length,
    persistentCaches: stores.filter(({ kind, persistent }) => kind === "cache" && persistent).length,
    volumes: services.some(({ volumeClaimTemplates }) => volumeClaimTemplates.length > 0),
    restoredObjects: services.some(({ component }) => (component?.creates ?? []).length > 0),
  };
}

function slowestProbe(services: readonly Workload[]): RecoveryFacts["probe"] {
  const probes = services.flatMap(({ containers, pod }) => {
    const liveness = containers[0]?.liveness;
    if (liveness === undefined) return [];
    const { periodSeconds, failureThreshold, timeoutSeconds } = liveness;
    return [{ periodSeconds, failureThreshold, timeoutSeconds, graceSeconds: pod.graceSeconds }];
  });
  const seconds = (probe: (typeof probes)[number]): number =>
    probe.periodSeconds * probe.failureThreshold + probe.timeoutSeconds + probe.graceSeconds;
  return [...probes].sort((a, b) => seconds(b) - seconds(a))[0];
}

/**
 * Seconds that its pods stay on a node that died: for the longer of both taints. The shortest of several tolerations counts,
 * and Kubernetes adds its own where there is none.
 */
export function evictionSecondsOf({ pod }: Workload): number {
  const stay = TAINTS.map((taint) => {
    const own = pod.tolerations.filter(
      ({ key, operator, effect }) =>
        (effect === undefined || effect === "NoExecute") &&
        (key === taint || (key === undefined && operator === "Exists")),
    );
    return own.length === 0
      ? recoveryDurations.podEviction.worstSeconds
      : Math.min(...own.map(({ seconds }) => seconds ?? Infinity));
  });
  return Math.max(...stay);
}
