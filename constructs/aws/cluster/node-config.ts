/** Configuration of a pool's kubelet, so that a node offers what the capacity model counts with. */
export interface KubeletSettings {
  /**
   * What EKS gives managed nodes without an image of their own: 110, or 250 above 30 vCPU. It injects the value into the
   * user data and overrules any other (Amazon EKS user guide, "How maxPods is determined", read 2026-11-28).
   */
  readonly maxPods: number;
  readonly kubeReservedCpuMillis: number;
  /** Enough for the pods that the pool is made for, which are fewer than `maxPods`. */
  readonly kubeReservedMemoryMiB: number;
  /** What a node of the smallest type offers to pods. */
  readonly allocatable: {
    readonly cpuMillis: number;
    readonly memoryMiB: number;
    readonly ephemeralStorageMiB: number;
  };
}

/**
 * Seconds that a node which shuts down gives its pods, and of those the last ones that only critical pods get. What is left
 * to ordinary pods, 120 s, is also the notice of a Spot interruption.
 */
const SHUTDOWN_SECONDS = { all: 150, critical: 30 } as const;

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
      shutdownGracePeriod: ${SHUTDOWN_SECONDS.all}s
      shutdownGracePeriodCriticalPods: ${SHUTDOWN_SECONDS.critical}s
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
