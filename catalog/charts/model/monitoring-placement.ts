import { label } from "../../../contract";
import type { JsonObject, JsonValue } from "./definition";
import { leaveDeadNodesQuickly } from "./pod-placement";

/** Node pool of the monitoring stack: it may not take memory from what it watches. */
export const MONITORING_POOL = "monitoring";
/** Namespace of the monitoring stack. */
export const MONITORING_NAMESPACE = "monitoring";
/** Namespace of the agents that read files of the node. */
export const NODE_AGENTS_NAMESPACE = "node-agents";

export const monitoringNodes: JsonObject = { [label.pool]: MONITORING_POOL };
export const monitoringTolerations: readonly JsonValue[] = [
  { key: label.pool, operator: "Equal", value: MONITORING_POOL, effect: "NoSchedule" },
  ...leaveDeadNodesQuickly,
];
/** Agents run on every node, whatever its taints. */
export const everyNode: readonly JsonValue[] = [{ operator: "Exists" }];

/** Storage of one replica. */
export const volumeClaim = (sizeGiB: number, storageClassName: string): JsonObject => ({
  spec: {
    accessModes: ["ReadWriteOnce"],
    storageClassName,
    resources: { requests: { storage: `${sizeGiB}Gi` } },
  },
});
