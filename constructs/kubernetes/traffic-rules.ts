import { NetworkPolicyV1, type NetworkPolicyV1SpecEgress, type NetworkPolicyV1SpecIngress } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Component, Dependency } from "../../config/application/schema";
import { Guarded } from "../guarded";
import { selectorLabels } from "./labels";

export interface TrafficRulesProps {
  readonly name: string;
  readonly application: string;
  readonly component: Component;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly selector: Record<string, string>;
  readonly loadBalancerCidrs?: readonly string[];
  readonly networkCidr: string;
  /** Port of each service of the application, by component. */
  readonly servicePorts: Readonly<Record<string, number>>;
  readonly dependsOn: ITerraformDependable[];
}

export const MONITORING_NAMESPACE = "monitoring";
const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"];
const inNamespace = (name: string) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } });

/** The ways in and out of one component: exactly its Service, its scrape, its declared dependencies and DNS. */
export class TrafficRules extends Guarded {
  static readonly guardedBy = ["NW-02", "NW-03", "NW-04", "NW-05"] as const;

  readonly policies: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: TrafficRulesProps) {
    super(scope, id);
    this.policies = [
      new NetworkPolicyV1(this, "policy", {
        metadata: { name: props.name, namespace: props.namespace, labels: props.labels },
        spec: { podSelector: { matchLabels: props.selector }, policyTypes: ["Ingress", "Egress"], ingress: ingress(props), egress: egress(props) },
        dependsOn: props.dependsOn,
      }),
    ];
  }
}

function ingress(props: TrafficRulesProps): NetworkPolicyV1SpecIngress[] {
  const { component } = props;
  const rules: NetworkPolicyV1SpecIngress[] = [];
  if (component.kind === "service")
    rules.push({
      ports: [{ port: String(component.port), protocol: "TCP" }],
      from: [
        // Kubelet probes come from the node itself and need no rule.
        ...(props.loadBalancerCidrs ?? []).map((cidr) => ({ ipBlock: { cidr } })),
        { podSelector: { matchLabels: { "app.kubernetes.io/part-of": props.application } } },
      ],
    });
  rules.push({
    ports: [{ port: String(component.kind === "service" ? component.metricsPort ?? component.port : component.metricsPort), protocol: "TCP" }],
    from: [inNamespace(MONITORING_NAMESPACE)],
  });
  return rules;
}

function egress(props: TrafficRulesProps): NetworkPolicyV1SpecEgress[] {
  const dns: NetworkPolicyV1SpecEgress = {
    ports: [{ port: "53", protocol: "UDP" }, { port: "53", protocol: "TCP" }],
    to: [{ ...inNamespace("kube-system"), podSelector: { matchLabels: { "k8s-app": "kube-dns" } } }],
  };
  const rules = (props.component.talksTo ?? []).map((dependency) => ruleTo(dependency, props));
  // Two hosts behind https are one rule: the policy knows networks, not names.
  return [dns, ...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}

function ruleTo(dependency: Dependency, props: TrafficRulesProps): NetworkPolicyV1SpecEgress {
  if ("component" in dependency)
    return {
      ports: [{ port: String(props.servicePorts[dependency.component]), protocol: "TCP" }],
      to: [{ podSelector: { matchLabels: selectorLabels(props.application, dependency.component) } }],
    };
  if ("https" in dependency)
    return { ports: [{ port: "443", protocol: "TCP" }], to: [{ ipBlock: { cidr: "0.0.0.0/0", except: privateNetworks } }] };
  return { ports: [{ port: "redis" in dependency ? "6379" : "5432", protocol: "TCP" }], to: [{ ipBlock: { cidr: props.networkCidr } }] };
}
