/** What the kubelet of a pool is told, so that a node offers what the capacity model counts with. */
export interface KubeletSettings {
  readonly maxPods: number;
  readonly kubeReservedCpuMillis: number;
  readonly kubeReservedMemoryMiB: number;
}

const boundary = "plimsoll-node-config";

/**
 * User data of an AL2023 node as nodeadm reads it, base64.
 *
 * kube-reserved is written beside maxPods: nodeadm computes it from the number of interfaces, not from a maxPods that is
 * set directly (awslabs/amazon-eks-ami#1698, read 2026-11-21).
 */
export function nodeConfigUserData(kubelet: KubeletSettings): string {
  const nodeConfig = `apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  kubelet:
    config:
      maxPods: ${kubelet.maxPods}
      kubeReserved:
        cpu: ${kubelet.kubeReservedCpuMillis}m
        memory: ${kubelet.kubeReservedMemoryMiB}Mi
        ephemeral-storage: 1Gi
      evictionHard:
        memory.available: 100Mi
        nodefs.available: 10%
        nodefs.inodesFree: 5%
      shutdownGracePeriod: 90s
      shutdownGracePeriodCriticalPods: 30s
`;
  const parts = [
    "MIME-Version: 1.0",
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    "",
    `--${boundary}`,
    "Content-Type: application/node.eks.aws",
    "",
    nodeConfig,
    `--${boundary}--`,
    "",
  ];
  return Buffer.from(parts.join("\n")).toString("base64");
}
