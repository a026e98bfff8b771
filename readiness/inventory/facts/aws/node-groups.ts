import type { Item } from "../../item";
import type { JsonObject } from "../../json";
import type { Reference, Resource } from "../../resource";

export interface NodeGroup extends Item {
  readonly name: string | undefined;
  readonly region: string | undefined;
  readonly clusterName: string | undefined;
  readonly instanceTypes: readonly string[];
  readonly capacityType: "ON_DEMAND" | "SPOT" | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly desired: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly subnets: readonly Resource[];
  readonly zones: readonly string[];
  readonly amiType: string | undefined;
  readonly nodeRepair: boolean | undefined;
  readonly launchTemplate: LaunchTemplate | undefined;
  /** Whether a change that replaces the group makes its successor first. */
  readonly replacedFirst: boolean;
  /** CPU credits of its burstable types: of the launch template, else the account's default; undefined: EC2's own. */
  readonly cpuCredits: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** In the words of Kubernetes (`NoSchedule`), not of EKS (`NO_SCHEDULE`). */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: "NoSchedule" | "NoExecute" | "PreferNoSchedule";
}

export interface LaunchTemplate extends Item {
  readonly httpEndpoint: string | undefined;
  readonly httpTokens: string | undefined;
  readonly hopLimit: number | undefined;
  /** undefined also where the provider does not send it. */
  readonly cpuCredits: string | undefined;
  /** Whether it names an image, which EKS then does not configure. */
  readonly imageId: boolean;
  readonly volumes: readonly {
    readonly device: string | undefined;
    readonly type: string | undefined;
    readonly sizeGiB: number | undefined;
    readonly encrypted: boolean | undefined;
    readonly key: Reference | undefined;
  }[];
  /** kubelet configuration of the nodeadm NodeConfig in the user data; undefined if there is none to read. */
  readonly kubelet: Kubelet | undefined;
  /** The whole NodeConfig document. */
  readonly nodeConfig: JsonObject | undefined;
}

export interface Kubelet {
  readonly maxPods: number | undefined;
  readonly reservedCpuMillis: number | undefined;
  readonly reservedMemoryMiB: number | undefined;
  readonly evictionMemoryMiB: number | undefined;
  /** Of a shutdown of the node; the last of them, `shutdownGraceCriticalSeconds`, are for critical pods alone. */
  readonly shutdownGraceSeconds: number | undefined;
  readonly shutdownGraceCriticalSeconds: number | undefined;
}
