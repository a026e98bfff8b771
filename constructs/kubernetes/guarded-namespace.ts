import { LimitRangeV1 } from "@cdktf/provider-kubernetes/lib/limit-range-v1";
import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { ResourceQuotaV1 } from "@cdktf/provider-kubernetes/lib/resource-quota-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Declaration, Guarded } from "../guarded";
import { type Ownership, ownershipLabels } from "./labels";

/**
 * Label of namespaces to whose new pods the load balancer controller adds a readiness gate: a pod is ready when its target
 * is healthy (AWS Load Balancer Controller, docs/deploy/pod_readiness_gate.md, read 2026-11-28).
 */
const READINESS_GATE = "elbv2.k8s.aws/pod-readiness-gate-inject";

/** Memory limit of a container that states none. */
export const DEFAULT_MEMORY_LIMIT = "256Mi";

export interface NamespaceProps {
  readonly name: string;
  readonly ownership: Ownership;
  /** Pod security standard that admission enforces. @default "restricted" - a namespace that needs more says so */
  readonly podSecurity?: "restricted" | "baseline" | "privileged";
  readonly annotations?: Record<string, string>;
  /** Whether the load balancer sends requests to its pods: a rollout then waits until their targets are healthy. @default false */
  readonly behindLoadBalancer?: boolean;
  /** What the namespace may request at most. @default none - only for the platform's own namespaces */
  readonly quota?: {
    readonly cpuMillis: number;
    readonly memoryMiB: number;
    readonly memoryLimitMiB: number;
    readonly pods: number;
    /** Largest container that is admitted. @default any - the quota alone bounds it */
    readonly largestContainer?: { readonly cpu?: string; readonly memory: string };
  };
  /** Deny all traffic that no other policy allows. @default true */
  readonly defaultDeny?: boolean;
  readonly dependsOn?: ITerraformDependable[];
  readonly declaration?: Declaration;
}

/** A namespace with its pod security standard, quota, limit range and default deny. */
export class GuardedNamespace extends Guarded {
  static readonly guardedBy = ["SC-05", "CP-05", "CP-06", "NW-01", "GO-01", "GO-02", "GO-08", "AV-16"] as const;

  readonly name: string;
  /** What pods of the namespace wait for: without the quota they would be admitted unchecked. */
  readonly guards: ITerraformDependable[] = [];

  constructor(scope: Construct, id: string, props: NamespaceProps) {
    super(scope, id, props.declaration);
    const labels = ownershipLabels(props.ownership);
    const standard = props.podSecurity ?? "restricted";
    const namespace = new NamespaceV1(this, "namespace", {
      metadata: {
        name: props.name,
        labels: {
          ...labels,
          "pod-security.kubernetes.io/enforce": standard,
          "pod-security.kubernetes.io/enforce-version": "latest",
          "pod-security.kubernetes.io/audit": standard,
          "pod-security.kubernetes.io/warn": standard,
          ...(props.behindLoadBalancer ? { [READINESS_GATE]: "enabled" } : {}),
        },
        ...(props.annotations ? { annotations: props.annotations } : {}),
      },
      ...(props.dependsOn ? { dependsOn: props.dependsOn } : {}),
    });
    this.name = namespace.metadata.name;
    this.guards.push(namespace);
    if (props.defaultDeny ?? true)
      this.guards.push(
        new NetworkPolicyV1(this, "default-deny", {
          metadata: { name: "default-deny", namespace: this.name, labels },
          spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
        }),
      );
    if (props.quota) this.addLimits(props.quota, labels);
  }

  private addLimits(quota: NonNullable<NamespaceProps["quota"]>, labels: Record<string, string>): void {
    this.guards.push(
      new ResourceQuotaV1(this, "quota", {
        metadata: { name: "quota", namespace: this.name, labels },
        spec: {
          hard: {
            "requests.cpu": `${quota.cpuMillis}m`,
            "requests.memory": `${quota.memoryMiB}Mi`,
            "limits.memory": `${quota.memoryLimitMiB}Mi`,
            pods: String(quota.pods),
            "services.loadbalancers": "0",
            "services.nodeports": "0",
          },
        },
      }),
      new LimitRangeV1(this, "limits", {
        metadata: { name: "limits", namespace: this.name, labels },
        // A pod that states nothing still gets something small, instead of being refused by the quota.
        spec: {
          limit: [
            {
              type: "Container",
              default: { memory: DEFAULT_MEMORY_LIMIT },
              defaultRequest: { cpu: "50m", memory: "64Mi" },
              ...(quota.largestContainer ? { max: quota.largestContainer } : {}),
            },
          ],
        },
      }),
    );
  }
}
