import type { ComponentFacts } from "./component-facts";
import type { Container } from "./containers";
import type { LabelSelector } from "./label-selector";
import type { ObjectItem } from "./object-item";
import type { PodSpec } from "./pods";

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

export interface Strategy {
  readonly type: string | undefined;
  /** As written: 1 or "25%". */
  readonly maxSurge: number | string | undefined;
  readonly maxUnavailable: number | string | undefined;
}

/** A container with the workload that it is part of. */
export interface WorkloadContainer extends ObjectItem {
  readonly workload: Workload;
  readonly init: boolean;
  readonly container: Container;
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
