/** The vocabulary of the capacity models: plain data in the words of the Kubernetes API, with units in the names. */

export type Labels = Readonly<Record<string, string>>;

/** Amounts of a node or of a pod. CPU in thousandths of a core, memory and storage in MiB (2^20 bytes; fractions allowed). */
export interface Resources {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  /** @default 0 for a pod, unlimited for a node - few workloads declare it */
  readonly ephemeralStorageMiB?: number;
  /** Extended resources by name, for example "nvidia.com/gpu". @default none */
  readonly extended?: Readonly<Record<string, number>>;
}

/** What EC2 says about an instance type. */
export interface NodeType {
  readonly name: string;
  readonly vcpu: number;
  readonly memoryMiB: number;
  /** Network interfaces of the default network card. */
  readonly maxENI: number;
  readonly ipv4PerENI: number;
  /** Sustained bandwidth in gigabits a second, not the burst. @default unknown - throughput claims are then unknown */
  readonly networkBaselineGbps?: number;
  /** EBS volumes that can be attached beside the root volume. @default 27 less maxENI - Nitro types share 28 attachments among volumes and interfaces */
  readonly attachableVolumes?: number;
  /** Only T types: see CpuCredits. @default none - the CPU is not credited */
  readonly credits?: CpuCredits;
  /** USD an hour, used only to rank fixes. @default unknown - fixes are then ranked by vCPU and memory */
  readonly usdPerHour?: number;
  readonly extended?: Readonly<Record<string, number>>;
  /** Becomes the label kubernetes.io/arch. @default "amd64" */
  readonly architecture?: "amd64" | "arm64";
}

/** CPU credits of a burstable type: one credit is one vCPU at 100 % for one minute. */
export interface CpuCredits {
  readonly earnedPerHour: number;
  /** Share of each vCPU that can be used forever, 0 to 1 (t3.medium: 0.2). */
  readonly baselinePerVcpu: number;
  /** "unlimited" never throttles but bills the surplus. */
  readonly mode: "standard" | "unlimited";
}

export interface SelectorRequirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt";
  readonly values?: readonly string[];
}
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly SelectorRequirement[];
}
export interface NodeSelectorTerm {
  readonly matchExpressions?: readonly SelectorRequirement[];
  /** Only the field metadata.name exists. */
  readonly matchFields?: readonly SelectorRequirement[];
}
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}
export interface Toleration {
  readonly key?: string;
  readonly operator?: "Exists" | "Equal";
  readonly value?: string;
  readonly effect?: Taint["effect"];
}
export interface TopologySpread {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly whenUnsatisfiable: "DoNotSchedule" | "ScheduleAnyway";
  /** Missing: matches nothing, as in the API. */
  readonly labelSelector?: LabelSelector;
  readonly minDomains?: number;
  /** @default "Honor" - as the API server does */
  readonly nodeAffinityPolicy?: "Honor" | "Ignore";
  /** @default "Ignore" - as the API server does */
  readonly nodeTaintsPolicy?: "Honor" | "Ignore";
  readonly matchLabelKeys?: readonly string[];
}
export interface PodAffinityTerm {
  readonly topologyKey: string;
  readonly labelSelector?: LabelSelector;
  /** @default the pod's own namespace - as in the API */
  readonly namespaces?: readonly string[];
  /** {} selects all namespaces. */
  readonly namespaceSelector?: LabelSelector;
  readonly matchLabelKeys?: readonly string[];
  readonly mismatchLabelKeys?: readonly string[];
}
export interface HostPort {
  readonly port: number;
  readonly protocol?: "TCP" | "UDP" | "SCTP";
  /** @default "0.0.0.0" - every address of the node */
  readonly hostIP?: string;
}
/** A persistent volume of a pod; each counts once against the node's attach limit. */
export interface PodVolume {
  readonly name: string;
  /** Zones in which the volume exists or may be created. @default every zone */
  readonly zones?: readonly string[];
  /** The claim is not bound yet (WaitForFirstConsumer); only the words of a refusal differ. @default false */
  readonly unbound?: boolean;
}
export interface ContainerRequests {
  readonly requests: Partial<Resources>;
}
export interface InitContainerRequests extends ContainerRequests {
  /** "Always" makes it a native sidecar, which runs as long as the pod. @default an ordinary init container */
  readonly restartPolicy?: "Always";
}

/** The part of a pod that decides where it can run. */
export interface PodTemplate {
  readonly namespace: string;
  readonly labels: Labels;
  readonly containers: readonly ContainerRequests[];
  readonly initContainers?: readonly InitContainerRequests[];
  /** Of the RuntimeClass. @default none */
  readonly overhead?: Partial<Resources>;
  /** Requests of the pod as a whole; each resource named here replaces the sum of the containers. @default none */
  readonly podRequests?: Partial<Resources>;
  readonly nodeSelector?: Labels;
  /** Required node affinity: the terms are alternatives. */
  readonly nodeAffinity?: readonly NodeSelectorTerm[];
  readonly podAffinity?: readonly PodAffinityTerm[];
  readonly podAntiAffinity?: readonly PodAffinityTerm[];
  readonly topologySpread?: readonly TopologySpread[];
  readonly tolerations?: readonly Toleration[];
  /** @default 0 - as without a PriorityClass */
  readonly priority?: number;
  /** @default "PreemptLowerPriority" - as in the API */
  readonly preemptionPolicy?: "PreemptLowerPriority" | "Never";
  readonly hostPorts?: readonly HostPort[];
  /** A pod on the host's network takes a pod slot, but no pod address. @default false */
  readonly hostNetwork?: boolean;
  readonly volumes?: readonly PodVolume[];
  /** A controller owns it; the scheduler then prefers to spread pods that declare no spreading. @default true - bare pods are rare */
  readonly owned?: boolean;
  /** It declares preferred affinities, which are not modelled: some orders then choose among nodes at random. @default false */
  readonly preferences?: boolean;
}

/** So many interchangeable pods. */
export interface PodSet {
  /** Who they belong to, for example "shop/Deployment/api". Unique within one packing. */
  readonly workload: string;
  readonly pod: PodTemplate;
  /** An integer from 0. */
  readonly count: number;
}
/** One pod on each node that it tolerates and selects. */
export interface DaemonSet {
  readonly workload: string;
  readonly pod: PodTemplate;
}

export interface Allocatable extends Resources {
  /** Pod slots. */
  readonly pods: number;
  /** EBS volumes. @default unlimited */
  readonly attachableVolumes?: number;
}
export interface ClusterNode {
  readonly name: string;
  /** Should hold kubernetes.io/hostname and topology.kubernetes.io/zone. */
  readonly labels: Labels;
  readonly taints?: readonly Taint[];
  readonly allocatable: Allocatable;
  /** The pool that it belongs to, for the sums. @default none */
  readonly pool?: string;
  /** Cordoned. @default false */
  readonly unschedulable?: boolean;
}

export const HOSTNAME_LABEL = "kubernetes.io/hostname";
export const ZONE_LABEL = "topology.kubernetes.io/zone";
