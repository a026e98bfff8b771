import type { PodClass } from "../classes";
import { scoresEveryNode } from "../topology";
import type { NodeIndex } from "../topology";
import { linkAffinity, linkAntiAffinity, type NamespaceLabels } from "./affinity";
import { Links } from "./links";
import { linkSoftSpread, linkSpread } from "./spread";

export type { NamespaceLabels } from "./affinity";

/**
 * Compiles what pods demand of each other: one counter for each distinct rule, and for each class the counters that it
 * raises and the counters that it must obey. Matching is done once for each class and rule, not for each pod.
 */
export function linkCounters(classes: readonly PodClass[], nodes: NodeIndex, namespaces: NamespaceLabels): void {
  const links = new Links();
  for (const pods of classes) {
    linkSpread(pods, nodes, links);
    if (scoresEveryNode(nodes)) linkSoftSpread(pods, nodes, links);
    linkAffinity(pods, nodes, namespaces, links);
    linkAntiAffinity(pods, nodes, namespaces, links);
  }
  for (const pods of classes) links.apply(pods);
}
