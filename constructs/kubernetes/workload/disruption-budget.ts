import type { Manifest } from "../manifests";

/**
 * Pods that a drain must leave running, or may take at a time. A pod that is not ready may always be evicted: otherwise replicas that crash all the
 * time hold up every drain, and the update of a node group fails after 15 minutes.
 *
 * A manifest, because the resource of hashicorp/kubernetes 2.38 has no `unhealthyPodEvictionPolicy`. The field is generally
 * available from Kubernetes 1.31 on. (Kubernetes, "Specifying a Disruption Budget", unhealthy pod eviction policy, read
 * 2026-11-29.)
 */
export const disruptionBudget = (
  metadata: Manifest["metadata"],
  amount: { readonly minAvailable: number } | { readonly maxUnavailable: number },
  matchLabels: Readonly<Record<string, string>>,
): Manifest => ({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata,
  spec: { ...amount, unhealthyPodEvictionPolicy: "AlwaysAllow", selector: { matchLabels } },
});
