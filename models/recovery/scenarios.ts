import { type Duration, setting, sum } from "./duration";
import type { RecoveryStep, RecoverySteps } from "./simulation";
import { answered, launched, type Recovery, recoveryTimeline, started } from "./timeline";

export const scenarios = ["pod", "node", "zone", "region", "corruption", "deleted namespace", "lost key"] as const;
export type ScenarioName = (typeof scenarios)[number];

/** Durations that no setting of the platform decides. */
export interface ScenarioDurations {
  readonly containerRestart: Duration;
  readonly nodeUnreachable: Duration;
  readonly volumeDetach: Duration;
  readonly databaseFailover: Duration;
  readonly cacheFailover: Duration;
  readonly operator: Duration;
  readonly pointInTimeRestore: Duration;
  readonly endpointSwitch: Duration;
  readonly copyLoad: Duration;
  readonly objectRestore: Duration;
  readonly volumeRestore: Duration;
}

/** An application as its failures meet it. */
export interface RecoveryFacts {
  /** Takeover by the other region, or why there is none. */
  readonly takeover: Recovery | string;
  /** Liveness probe and grace of the pod that is found out last; undefined: none has a probe. */
  readonly probe:
    | {
        readonly periodSeconds: number;
        readonly failureThreshold: number;
        readonly timeoutSeconds: number;
        readonly graceSeconds: number;
      }
    | undefined;
  /** Seconds that pods stay on a node that is gone. */
  readonly evictionSeconds: number;
  readonly nodes: Recovery["nodes"];
  readonly imagePull: Duration;
  readonly bootSeconds: number;
  readonly databases: number;
  readonly caches: number;
  readonly persistentCaches: number;
  readonly volumes: boolean;
  /** Pods are made from objects that users wrote into the lost region: the standby gets them from the newest backup. */
  readonly restoredObjects: boolean;
}

const named = (name: string, duration: Duration, arithmetic: string): RecoveryStep => ({
  name,
  ...duration,
  arithmetic,
});
const sequence = (...first: readonly RecoveryStep[]): RecoverySteps => ({ first, branches: [] });

/** Steps of a recovery from each loss; a text says why there are none. */
export function scenarioSteps(
  facts: RecoveryFacts,
  durations: ScenarioDurations,
): Readonly<Record<ScenarioName, RecoverySteps | string>> {
  const region = regionLost(facts, durations);
  return {
    pod: hungPod(facts, durations),
    node: { first: [], branches: [lostNodes(facts, durations)] },
    zone: { first: [], branches: [lostNodes(facts, durations), ...failovers(facts, durations)] },
    region,
    corruption: corruption(facts, durations),
    // Traffic moves by itself where no database has to be promoted for it; else the namespace is restored.
    "deleted namespace": facts.databases === 0 && typeof region !== "string" ? region : restored(facts, durations),
    // Every store has a copy under a key of the other region: what a lost key takes is what a lost region takes.
    "lost key": region,
  };
}

/** No traffic has to move to an application without a public name; what its users wrote has to. */
function regionLost(facts: RecoveryFacts, durations: ScenarioDurations): RecoverySteps | string {
  if (typeof facts.takeover !== "string") return recoveryTimeline(facts.takeover).steps;
  return facts.restoredObjects ? restored(facts, durations) : facts.takeover;
}

function hungPod(
  { probe, bootSeconds }: RecoveryFacts,
  { containerRestart }: ScenarioDurations,
): RecoverySteps | string {
  if (probe === undefined) return "no component has a liveness probe: a pod that hangs is not found out";
  const { periodSeconds, failureThreshold, timeoutSeconds, graceSeconds } = probe;
  const failing = (failures: number): number => periodSeconds * failures + timeoutSeconds;
  return sequence(
    named(
      "probe",
      setting(
        failing(failureThreshold - 1),
        failing(failureThreshold - 0.5),
        failing(failureThreshold),
        containerRestart,
      ),
      `${periodSeconds} s × ${failureThreshold} failures + ${timeoutSeconds} s`,
    ),
    named("grace", setting(0, graceSeconds, graceSeconds, containerRestart), `${graceSeconds} s at most to end`),
    named(
      "restart",
      sum(containerRestart, setting(bootSeconds, bootSeconds, bootSeconds, containerRestart)),
      `${containerRestart.worstSeconds} s back-off + ${bootSeconds} s start`,
    ),
  );
}

/** The pods that are left serve in the meantime; the steps end when the lost ones are replaced. */
function lostNodes(
  { evictionSeconds, nodes, volumes, imagePull, bootSeconds }: RecoveryFacts,
  { nodeUnreachable, volumeDetach }: ScenarioDurations,
): RecoveryStep[] {
  return [
    named("detection", nodeUnreachable, `${nodeUnreachable.worstSeconds} s until the node counts as unreachable`),
    named(
      "eviction",
      setting(evictionSeconds, evictionSeconds, evictionSeconds, nodeUnreachable),
      `${evictionSeconds} s that pods tolerate it`,
    ),
    ...(nodes ? [launched(nodes)] : []),
    // The pod has a node to wait on by then; its volume may not have left the old one.
    ...(volumes ? [named("volume", volumeDetach, `${volumeDetach.worstSeconds} s until its volume is detached`)] : []),
    started(imagePull, bootSeconds),
  ];
}

const failovers = (
  { databases, caches }: RecoveryFacts,
  { databaseFailover, cacheFailover }: ScenarioDurations,
): RecoveryStep[][] => [
  ...(databases > 0
    ? [[named("database", databaseFailover, `${databaseFailover.worstSeconds} s Multi-AZ failover`)]]
    : []),
  ...(caches > 0 ? [[named("cache", cacheFailover, `${cacheFailover.worstSeconds} s failover to the replica`)]] : []),
];

/** Counted from the moment at which the corruption is noticed: no model knows that moment. */
function corruption(facts: RecoveryFacts, durations: ScenarioDurations): RecoverySteps | string {
  const { operator, pointInTimeRestore, endpointSwitch, copyLoad, volumeRestore } = durations;
  const branches = [
    ...(facts.databases > 0
      ? [
          [
            named("restore", pointInTimeRestore, `${pointInTimeRestore.worstSeconds} s restore to a point in time`),
            named(
              "endpoint",
              endpointSwitch,
              `${endpointSwitch.worstSeconds} s until pods reach the restored instance`,
            ),
          ],
        ]
      : []),
    ...(facts.persistentCaches > 0
      ? [[named("cache", copyLoad, `${copyLoad.worstSeconds} s load of the newest copy`)]]
      : []),
    ...(facts.volumes
      ? [[named("volumes", volumeRestore, `${volumeRestore.worstSeconds} s restore of moved data`)]]
      : []),
  ];
  return branches.length === 0 ? "the application keeps no data of its own" : { first: [answered(operator)], branches };
}

const restored = (
  { volumes, restoredObjects, nodes, imagePull, bootSeconds }: RecoveryFacts,
  { operator, objectRestore, volumeRestore }: ScenarioDurations,
): RecoverySteps =>
  sequence(
    answered(operator),
    named("restore", objectRestore, `${objectRestore.worstSeconds} s restore of the namespace's objects`),
    ...(volumes ? [named("volumes", volumeRestore, `${volumeRestore.worstSeconds} s restore of moved data`)] : []),
    ...(restoredObjects && nodes ? [launched(nodes)] : []),
    started(imagePull, bootSeconds),
  );
