import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Declaration, Guarded } from "../../guarded";
import { type Ownership, ownershipLabels } from "../labels";
import { dnsRule, MONITORING_NAMESPACE, podIdentityRule } from "./traffic-rules";

export interface SystemTrafficProps {
  readonly namespace: string;
  readonly ownership: Ownership;
  /** Ports on which the API server calls webhooks of the namespace. */
  readonly webhookPorts: readonly number[];
  /** Ports on which pods of the namespace reach each other. @default none - its controllers do not know each other */
  readonly withinPorts?: readonly number[];
  /** Ports of databases and caches in the region's network that its pods ask. @default none */
  readonly storePorts?: readonly number[];
  /** Network of the cluster: the API server calls from its own interfaces in it. */
  readonly networkCidr: string;
  readonly dependsOn: ITerraformDependable[];
  readonly declaration?: Declaration;
}

/** Ways in and out of a namespace of platform controllers: API server and AWS on 443, credentials, DNS, scrapes, webhooks. */
export class SystemTraffic extends Guarded {
  static readonly guardedBy = ["NW-01", "NW-02", "NW-12", "NW-27"] as const;

  readonly policy: ITerraformDependable;

  constructor(scope: Construct, id: string, props: SystemTrafficProps) {
    super(scope, id, props.declaration);
    const tcp = (ports: readonly number[]) => ports.map((port) => ({ port: String(port), protocol: "TCP" }));
    const { webhookPorts, withinPorts = [], storePorts = [] } = props;
    this.policy = new NetworkPolicyV1(this, "policy", {
      metadata: { name: "platform", namespace: props.namespace, labels: ownershipLabels(props.ownership) },
      spec: {
        podSelector: {},
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          { from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": MONITORING_NAMESPACE } } }] },
          ...(webhookPorts.length > 0
            ? [{ ports: tcp(webhookPorts), from: [{ ipBlock: { cidr: props.networkCidr } }] }]
            : []),
          ...(withinPorts.length > 0 ? [{ ports: tcp(withinPorts), from: [{ podSelector: {} }] }] : []),
        ],
        egress: [
          dnsRule,
          // Names of AWS endpoints resolve to addresses that change: the port is the bound, IAM the authority.
          { ports: [{ port: "443", protocol: "TCP" }], to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] },
          podIdentityRule,
          ...(withinPorts.length > 0 ? [{ ports: tcp(withinPorts), to: [{ podSelector: {} }] }] : []),
          ...(storePorts.length > 0
            ? [{ ports: tcp(storePorts), to: [{ ipBlock: { cidr: props.networkCidr } }] }]
            : []),
        ],
      },
      dependsOn: props.dependsOn,
    });
  }
}
