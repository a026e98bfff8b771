import type { PodClass } from "../scheduling/classes";
import { permanentReason, laterPermanentReason, REASON } from "../scheduling/classes";
import { lowerPriority } from "../scheduling/preempt";
import type { ClusterState } from "../scheduling/state";

/** Refusals that no eviction fixes, beside a pod that is larger than the whole node. */
const BEYOND_EVICTION: ReadonlySet<string> = new Set([
  REASON.notNamed,
  REASON.cordoned,
  REASON.taint,
  REASON.nodeAffinity,
  REASON.volumeZone,
  REASON.volumeBinding,
  REASON.spreadLabel,
  REASON.affinity,
]);

/** What the DynamicResources plugin adds to every refusal in Kubernetes 1.36.3. */
const NO_CLAIMS = "no new claims to deallocate";

/**
 * Why a pod stays pending, as the scheduler's event says it: "0/5 nodes are available: 2 Insufficient cpu, …. preemption: …".
 * @param home the only node that counts, for a pod of a DaemonSet
 */
export function explain(state: ClusterState, pods: PodClass, home?: number): string {
  const { length } = state.nodes.nodes;
  if (length === 0) return "no nodes available to schedule pods";
  const reasons = new Histogram();
  const preemption = new Histogram();
  for (let node = 0; node < length; node++) {
    const refused = home === undefined || node === home ? state.reasons(pods, node) : [REASON.notNamed];
    reasons.add(refused);
    preemption.add(pods.pod.preemptionPolicy === "Never" ? [] : afterEviction(state, pods, node, refused));
  }
  const eviction =
    pods.pod.preemptionPolicy === "Never"
      ? "not eligible due to preemptionPolicy=Never."
      : `0/${length} nodes are available: ${preemption.toString()}.`;
  return `0/${length} nodes are available: ${reasons.toString()}. ${NO_CLAIMS}, preemption: ${eviction}`;
}

function afterEviction(state: ClusterState, pods: PodClass, node: number, refused: readonly string[]): string[] {
  const group = state.nodes.groups[state.nodes.groupOf[node] ?? 0];
  const hopeless =
    group === undefined ||
    (!pods.groups.includes(group.index) &&
      (permanentReason(pods, group) ?? laterPermanentReason(pods, group) ?? "larger than the node") !== undefined);
  if (hopeless || refused.some((reason) => BEYOND_EVICTION.has(reason)))
    return ["Preemption is not helpful for scheduling"];
  const victims = state.hasBelow(pods.priority) ? lowerPriority(state, pods, node) : [];
  if (victims.length === 0) return ["No preemption victims found for incoming pod"];
  const before = state.runningOn(node);
  for (const victim of victims) state.remove(victim, node);
  const still = state.reasons(pods, node);
  for (const victim of victims) state.place(victim, node);
  state.startedInOrder(node, before);
  return still;
}

class Histogram {
  private readonly counts = new Map<string, number>();
  add(reasons: readonly string[]): void {
    for (const reason of reasons) this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
  }
  toString(): string {
    return [...this.counts]
      .map(([reason, count]) => `${count} ${reason}`)
      .sort()
      .join(", ");
  }
}
