import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { Guarded } from "../../guarded";
import { type Ownership, ownershipLabels } from "../labels";
import { dnsRule, podIdentityRule } from "./traffic-rules";

export interface MonitoringTrafficProps {
  readonly namespace: string;
  readonly ownership: Ownership;
  /** Namespaces that send to it, with the ports that they reach. */
  readonly senders: readonly { readonly namespace: string; readonly ports: readonly number[] }[];
  /** Network of the cluster: every scraped pod and node is in it. */
  readonly networkCidr: string;
  readonly dependsOn: ITerraformDependable[];
}

const inNamespace = (name: string) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } });

/**
 * Traffic of a namespace that scrapes: to any port inside the cluster's network, since each target declares its own, and
 * to HTTPS outside of it for probes, AWS and the receivers of notifications.
 */
export class MonitoringTraffic extends Guarded {
  static readonly guardedBy = ["NW-01", "NW-02", "NW-12", "NW-27"] as const;

  readonly policy: ITerraformDependable;

  constructor(scope: Construct, id: string, props: MonitoringTrafficProps) {
    super(scope, id);
    const tcp = (ports: readonly number[]) => ports.map((port) => ({ port: String(port), protocol: "TCP" }));
    this.policy = new NetworkPolicyV1(this, "policy", {
      metadata: { name: "monitoring", namespace: props.namespace, labels: ownershipLabels(props.ownership) },
      spec: {
        podSelector: {},
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          { from: [{ podSelector: {} }] },
          ...props.senders.map(({ namespace, ports }) => ({ ports: tcp(ports), from: [inNamespace(namespace)] })),
        ],
        egress: [
          dnsRule,
          { ports: [{ port: "1", endPort: 65535, protocol: "TCP" }], to: [{ ipBlock: { cidr: props.networkCidr } }] },
          { ports: tcp([443, 587]), to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] },
          podIdentityRule,
        ],
      },
      dependsOn: props.dependsOn,
    });
  }
}
