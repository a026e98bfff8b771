import { label } from "../../../contract";
import type { JsonObject, JsonValue } from "./definition";

/** Key of the taint of dedicated node pools; its value is the name of the pool. */
export const POOL_TAINT = label.pool;

/** Container security context of the restricted pod security standard. */
export const restrictedContainer: JsonObject = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};

/**
 * Spreads replicas over zones (hard, so that a lost zone never takes all of them) and over nodes (soft, so that a
 * drain down to one node per zone does not leave them pending). Nodes whose taints the pod does not tolerate are not
 * counted as domains. `matchLabelKeys` keeps the old ReplicaSet out of the sum during a rollout.
 * @param labels the pod labels to select by; omit it where the chart adds its own selector
 */
export function spreadOverZonesAndNodes(labels?: JsonObject): readonly JsonValue[] {
  const selector = labels === undefined ? {} : { labelSelector: { matchLabels: labels } };
  const constraint = (topologyKey: string, whenUnsatisfiable: string): JsonObject => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    nodeTaintsPolicy: "Honor",
    matchLabelKeys: ["pod-template-hash"],
    ...selector,
  });
  return [
    constraint("topology.kubernetes.io/zone", "DoNotSchedule"),
    constraint("kubernetes.io/hostname", "ScheduleAnyway"),
  ];
}

const dead = (key: string): JsonObject => ({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 30 });

/** Pods leave a dead node after 30 s and not after the default 300 s: they delay the recovery of other pods. */
export const leaveDeadNodesQuickly: readonly JsonValue[] = [
  dead("node.kubernetes.io/not-ready"),
  dead("node.kubernetes.io/unreachable"),
];

/** Requests and a memory limit. No CPU limit: throttling a controller delays recovery, and requests already share the CPU. */
export function resources(cpuMillis: number, memoryMiB: number, memoryLimitMiB: number): JsonObject {
  return { requests: { cpu: `${cpuMillis}m`, memory: `${memoryMiB}Mi` }, limits: { memory: `${memoryLimitMiB}Mi` } };
}
