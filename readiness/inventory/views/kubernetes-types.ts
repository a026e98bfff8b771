import type { RegisteredClaims } from "../../../catalog/claims/registered";
import type { JsonObject } from "../json";
import type { Item } from "../item";
import type { Unknown } from "../unknown";
import type { KubernetesObject, PlacedObject } from "../kubernetes/object";
import type { Resource } from "../resource";

/** An item that is read from a Kubernetes object; `resource` is the Terraform resource that carries it. */
export interface ObjectItem extends Item {
  readonly region: string;
  /** Empty for objects without a namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly object: KubernetesObject;
  /** `chart`: rendered from a chart, so its construct sets values, not fields. */
  readonly origin: PlacedObject["origin"];
}

export interface Workload extends ObjectItem {
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet" | "Job" | "CronJob";
  /** Fixed count as written, 1 if not written; undefined if unknown, and for a DaemonSet. */
  readonly replicas: number | undefined;
  /** Whether `replicas` is written and enforced (not under lifecycle.ignore_changes): beside an autoscaler it fights it. */
  readonly fixesReplicas: boolean;
  readonly autoscaler: Autoscaler | undefined;
  /** The autoscaler's minimum, else `replicas`. */
  readonly minimumReplicas: number | undefined;
  readonly maximumReplicas: number | undefined;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly selector: LabelSelector;
  readonly strategy: Strategy;
  readonly progressDeadlineSeconds: number | undefined;
  readonly minReadySeconds: number;
  readonly pod: PodSpec;
  /** Without init containers; see `pod.initContainers`. */
  readonly containers: readonly Container[];
  /** Those that select its pods: every label matches. */
  readonly disruptionBudgets: readonly DisruptionBudget[];
  readonly services: readonly Service[];
  readonly ingressPolicies: readonly NetworkPolicy[];
  readonly egressPolicies: readonly NetworkPolicy[];
  /** metadata annotation plimsoll.dev/component; undefined if absent or malformed. */
  readonly component: ComponentFacts | undefined;
  readonly job:
    | {
        readonly schedule: string | undefined;
        /** A CronJob that starts nothing by its schedule. */
        readonly suspended: boolean;
        readonly concurrencyPolicy: string | undefined;
        readonly activeDeadlineSeconds: number | undefined;
        readonly ttlSeconds: number | undefined;
        readonly backoffLimit: number | undefined;
        readonly successfulHistory: number | undefined;
        readonly failedHistory: number | undefined;
        readonly startingDeadlineSeconds: number | undefined;
        readonly timeZone: string | undefined;
      }
    | undefined;
  readonly volumeClaimTemplates: readonly {
    readonly name: string;
    readonly storageClass: string | undefined;
    readonly storageMiB: number | undefined;
  }[];
}

/** What a component's application file says and no field of the Deployment holds. */
export interface ComponentFacts {
  readonly bootSeconds: number | undefined;
  readonly drainSeconds: number | undefined;
  /** Whether its image holds its program alone. */
  readonly distroless: boolean;
  readonly talksTo: readonly unknown[];
  /** Other namespaces that may connect, and the name of the port. */
  readonly reachedFrom: readonly { readonly namespace: string; readonly port: string }[];
  /** Form of its log lines. */
  readonly logFormat: string | undefined;
  readonly throughput: DeclaredThroughput | undefined;
  /** Pods that it makes at run time. */
  readonly creates: readonly CreatedPods[];
  /** AWS actions that it calls, on which ARNs. */
  readonly awsPermissions: readonly { readonly actions: readonly string[]; readonly resources: readonly string[] }[];
  /** How it tells callers from the internet apart; undefined: it does not say. */
  readonly authentication: DeclaredAuthentication | undefined;
  /** Paths of the application's host whose bodies the web ACL does not judge. */
  readonly uninspectedBodies: readonly string[];
}

/** Pods that a program makes at run time, as its application file declares them; figures that are no numbers are undefined. */
export interface CreatedPods {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly maximum: number | undefined;
  readonly usual: number;
  readonly surge: number;
  /** Of one pod. */
  readonly cpuRequestMillis: number | undefined;
  readonly memoryRequestMiB: number | undefined;
  readonly cpuLimitMillis: number | undefined;
  readonly memoryLimitMiB: number | undefined;
  readonly pool: string;
  readonly metricsPort: number | undefined;
  readonly reachedFrom: readonly { readonly namespace: string; readonly port: number | undefined }[];
  /** Hosts outside the platform. */
  readonly https: readonly string[];
}

/** One of `secret`, `accountsIn`, `delegatedTo`, `public` and `networks` is set. */
export interface DeclaredAuthentication {
  /** Place in the code that checks callers, where no record of the code says it. */
  readonly checkedAt: string | undefined;
  /** Why everybody may call it. */
  readonly public: string | undefined;
  /** Whose networks the load balancer lets in. */
  readonly networks: string | undefined;
  /** Paths that are open to the internet beside those networks, because the program checks their callers. */
  readonly open:
    | { readonly paths: readonly string[]; readonly secret: string | undefined; readonly checkedAt: string | undefined }
    | undefined;
  readonly secret: string | undefined;
  /** Argument, `VARIABLE=value` or text of a rendered file that switches the check on. */
  readonly switchedOnBy: string | undefined;
  readonly accountsIn: string | undefined;
  readonly delegatedTo: string | undefined;
}

/** What a component says that it carries; figures that are not written, or no numbers, are undefined. */
export interface DeclaredThroughput {
  readonly carries: readonly {
    readonly claim: string | undefined;
    readonly unit: string;
    readonly total: number | undefined;
    readonly perReplica: number | undefined;
  }[];
  /** Of one replica at its full share. */
  readonly cpuMillis: number | undefined;
  /** Of all replicas, in the busier direction. */
  readonly megabytesPerSecond: number | undefined;
}

export interface Strategy {
  readonly type: string | undefined;
  /** As written: 1 or "25%". */
  readonly maxSurge: number | string | undefined;
  readonly maxUnavailable: number | string | undefined;
}

export interface PodSpec {
  readonly serviceAccount: string | undefined;
  /** undefined: not written, so Kubernetes mounts it. */
  readonly automountsToken: boolean | undefined;
  readonly priorityClass: string | undefined;
  readonly graceSeconds: number;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  readonly topologySpread: readonly TopologySpread[];
  /** The affinity as Kubernetes writes it. */
  readonly affinity: JsonObject | undefined;
  readonly hostNetwork: boolean;
  readonly hostPid: boolean;
  readonly hostIpc: boolean;
  readonly restartPolicy: string | undefined;
  readonly initContainers: readonly Container[];
  readonly volumes: readonly Volume[];
  readonly spec: JsonObject;
}

export interface Toleration {
  readonly key: string | undefined;
  readonly operator: string;
  readonly value: string | undefined;
  readonly effect: string | undefined;
  /** How long a NoExecute taint is tolerated; undefined: without end. */
  readonly seconds: number | undefined;
}
export interface TopologySpread {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: string;
  readonly selector: LabelSelector;
  readonly minDomains: number | undefined;
}

export interface Volume {
  readonly name: string;
  /** The field that names the source: emptyDir, configMap, secret, persistentVolumeClaim, hostPath, projected, csi … */
  readonly kind: string;
  /** Name of the ConfigMap, Secret or claim, or the host path. */
  readonly source: string | undefined;
  readonly sizeLimitMiB: number | undefined;
  /** An emptyDir of medium Memory: it counts against the memory limit, not as disk. */
  readonly inMemory: boolean;
}

export interface Container {
  readonly name: string;
  readonly image: string | undefined;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly ports: readonly {
    readonly name: string | undefined;
    readonly port: number;
    readonly protocol: string;
    readonly hostPort: number | undefined;
  }[];
  readonly liveness: Probe | undefined;
  readonly readiness: Probe | undefined;
  readonly startup: Probe | undefined;
  /** undefined: not written. Kubernetes takes the limit as request if only the limit is written; so does this. */
  readonly cpuRequestMillis: number | undefined;
  readonly memoryRequestMiB: number | undefined;
  readonly cpuLimitMillis: number | undefined;
  readonly memoryLimitMiB: number | undefined;
  readonly ephemeralRequestMiB: number | undefined;
  readonly ephemeralLimitMiB: number | undefined;
  /** The container's security context over its pod's. */
  readonly security: Security;
  /** `sleep N` of a preStop command, or preStop.sleep; 0 without one; undefined if the hook's time cannot be read. */
  readonly preStopSeconds: number | undefined;
  readonly environment: readonly {
    readonly name: string;
    readonly value: string | undefined;
    readonly secret: string | undefined;
    readonly configMap: string | undefined;
  }[];
  /** Secrets and ConfigMaps whose every key becomes a variable. */
  readonly environmentFrom: readonly { readonly secret: string | undefined; readonly configMap: string | undefined }[];
  readonly mounts: readonly { readonly volume: string; readonly path: string; readonly readOnly: boolean }[];
}

/** A container with the workload that it is part of. */
export interface WorkloadContainer extends ObjectItem {
  readonly workload: Workload;
  readonly init: boolean;
  readonly container: Container;
}

export interface Probe {
  readonly kind: "http" | "tcp" | "grpc" | "exec";
  /** Of an HTTP request; the service that a gRPC health request names. */
  readonly path: string | undefined;
  /** Resolved to a number through the container's named ports; the name where it names none. */
  readonly port: number | string | undefined;
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
  readonly command: readonly string[];
}

export interface Security {
  readonly runAsNonRoot: boolean | undefined;
  readonly runAsUser: number | undefined;
  readonly privileged: boolean;
  /** undefined: not written, which Kubernetes takes for true. */
  readonly allowPrivilegeEscalation: boolean | undefined;
  readonly readOnlyRootFilesystem: boolean;
  readonly addedCapabilities: readonly string[];
  readonly droppedCapabilities: readonly string[];
  readonly seccompProfile: string | undefined;
}

export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

export interface Service extends ObjectItem {
  readonly type: string;
  readonly headless: boolean;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly {
    readonly name: string | undefined;
    readonly port: number;
    readonly targetPort: number | string;
    readonly protocol: string;
  }[];
  readonly workloads: readonly Workload[];
}

export interface Autoscaler extends ObjectItem {
  readonly target: { readonly kind: string; readonly name: string; readonly workload: Workload | undefined };
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly metrics: readonly {
    readonly type: string;
    readonly name: string | undefined;
    readonly container: string | undefined;
    readonly utilizationPercent: number | undefined;
    readonly averageValue: string | undefined;
    readonly value: string | undefined;
  }[];
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

/** undefined where not written; Kubernetes then uses 0 s up, 300 s down. */
export interface ScalingRules {
  readonly windowSeconds: number | undefined;
  readonly policies: readonly { readonly type: string; readonly value: number; readonly periodSeconds: number }[];
  readonly selectPolicy: string | undefined;
}

export interface DisruptionBudget extends ObjectItem {
  readonly selector: LabelSelector;
  /** As written: 2 or "50%". */
  readonly minAvailable: number | string | undefined;
  readonly maxUnavailable: number | string | undefined;
  /** "AlwaysAllow": pods that are not ready are evicted whatever the budget says; Kubernetes' default is "IfHealthyBudget". */
  readonly unhealthyPods: string;
  readonly workloads: readonly Workload[];
  /** Sum of the minimum replicas of the workloads it covers; undefined if one is not known. */
  readonly replicasAtMinimum: number | undefined;
  /** Pods that may be evicted at that minimum, with all pods ready (percentages round up as the controller does). */
  readonly evictionsAtMinimum: number | undefined;
}

export interface Namespace extends ObjectItem {
  /** Tier, availability and so on of the application; undefined without the annotation plimsoll.dev/objectives. */
  readonly objectives: Objectives | undefined;
  /** What is wrong with the annotation, if it is there and cannot be read. */
  readonly objectivesError: string | undefined;
  /** Claims that its application registered, by id. */
  readonly claims: RegisteredClaims;
  readonly claimsError: string | undefined;
  readonly quotas: readonly Quota[];
  readonly limitRanges: readonly LimitRange[];
  readonly networkPolicies: readonly NetworkPolicy[];
  readonly workloads: readonly Workload[];
  readonly deniesIngressByDefault: boolean;
  readonly deniesEgressByDefault: boolean;
}

export interface Objectives {
  readonly tier: number;
  readonly availability: number | undefined;
  readonly latencyP99Ms: number | undefined;
  readonly latencyP95Ms: number | undefined;
  readonly latencyMeanMs: number | undefined;
  readonly errorRate: number | undefined;
  readonly rtoMinutes: number | undefined;
  readonly rpoHours: number | undefined;
  readonly podRecoveryMinutes: number | undefined;
}

export interface Quota extends ObjectItem {
  /** As written, for example `requests.cpu: "10"`. */
  readonly hard: Readonly<Record<string, string>>;
  readonly cpuRequestMillis: number | undefined;
  readonly memoryRequestMiB: number | undefined;
  readonly cpuLimitMillis: number | undefined;
  readonly memoryLimitMiB: number | undefined;
  readonly pods: number | undefined;
}

export interface LimitRange extends ObjectItem {
  readonly limits: readonly {
    readonly type: string;
    readonly default: Readonly<Record<string, string>>;
    readonly defaultRequest: Readonly<Record<string, string>>;
    readonly max: Readonly<Record<string, string>>;
    readonly min: Readonly<Record<string, string>>;
  }[];
}

export interface NetworkPolicy extends ObjectItem {
  readonly podSelector: LabelSelector;
  readonly isolatesIngress: boolean;
  readonly isolatesEgress: boolean;
  readonly ingress: readonly NetworkRule[];
  readonly egress: readonly NetworkRule[];
  /** Workloads of its namespace whose pods it selects. */
  readonly workloads: readonly Workload[];
}

/** No ports: every port. No peers: everybody. */
export interface NetworkRule {
  readonly ports: readonly {
    readonly port: number | string | undefined;
    readonly endPort: number | undefined;
    readonly protocol: string;
  }[];
  readonly peers: readonly {
    readonly podSelector: LabelSelector | undefined;
    readonly namespaceSelector: LabelSelector | undefined;
    readonly cidr: string | undefined;
    readonly except: readonly string[];
  }[];
}

export interface StorageClass extends ObjectItem {
  readonly isDefault: boolean;
  readonly provisioner: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly reclaimPolicy: string;
  readonly bindingMode: string;
  readonly expandable: boolean;
}

export interface Role extends ObjectItem {
  readonly clusterWide: boolean;
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames: readonly string[];
    readonly nonResourceUrls: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

export interface Release extends Item {
  readonly region: string | undefined;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly chart: string | undefined;
  readonly repository: string | undefined;
  readonly version: string | undefined;
  /** A chart of the project that renders the manifests in its values as they are. */
  readonly local: boolean;
  /** All values documents merged, later over earlier, then `set`. */
  readonly values: JsonObject;
  readonly valuesUnknown: Unknown | undefined;
  /** Dotted path of every leaf in `values`, sorted; a list counts as one leaf. */
  readonly setPaths: readonly string[];
  readonly dependsOn: readonly Resource[];
  readonly createsNamespace: boolean;
  readonly skipsCrds: boolean;
  readonly atomic: boolean;
  readonly manifests: readonly KubernetesObject[];
  /** Rendered objects of the chart are known. */
  readonly rendered: boolean;
}

/** What Velero of one region does, from the values of its release. */
export interface BackupSystem extends Item {
  readonly region: string | undefined;
  readonly schedules: readonly BackupSchedule[];
  readonly locations: readonly BackupLocation[];
  readonly usesNodeAgent: boolean;
  readonly movesSnapshotData: boolean;
}

export interface BackupSchedule {
  readonly name: string;
  readonly cron: string | undefined;
  readonly disabled: boolean;
  /** Empty or `["*"]`: all. */
  readonly includedNamespaces: readonly string[];
  readonly excludedNamespaces: readonly string[];
  readonly ttlHours: number | undefined;
  readonly location: BackupLocation | undefined;
  readonly locationName: string;
  readonly movesSnapshotData: boolean | undefined;
  /** Fields of the template by which it leaves objects of its namespaces out. */
  readonly selects: readonly string[];
}

export interface BackupLocation {
  readonly name: string;
  readonly isDefault: boolean;
  readonly readOnly: boolean;
  readonly provider: string | undefined;
  readonly bucketName: string | undefined;
  /** Folder of the cluster in the bucket. */
  readonly prefix: string | undefined;
  readonly bucket: Resource | undefined;
  readonly region: string | undefined;
}
