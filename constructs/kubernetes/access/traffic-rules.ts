import {
  NetworkPolicyV1,
  type NetworkPolicyV1SpecEgress,
  type NetworkPolicyV1SpecIngress,
} from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { callsKubernetes, metricsOf, portsOf } from "../../../config/application/parts/component";
import type { Component, Dependency, Job } from "../../../config/application/schema";
import { SERVICE_CIDR } from "../../aws/cluster/kubernetes-cluster";
import { Guarded } from "../../guarded";
import { isComponent } from "../workload/container";
import { selectorLabels } from "../labels";

export interface TrafficRulesProps {
  readonly name: string;
  readonly application: string;
  readonly part: Component | Job;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly selector: Record<string, string>;
  readonly loadBalancerCidrs?: readonly string[];
  readonly networkCidr: string;
  /** Port of each service of the application, by component. */
  readonly servicePorts: Readonly<Record<string, number>>;
  /** Components and jobs of the application that declare to talk to this one. */
  readonly callers: readonly string[];
  readonly dependsOn: ITerraformDependable[];
}

/** A dependency as it is annotated: what the application declares, and what follows from its other declarations. */
export type Reached = Dependency | { readonly kubernetes: "api" } | { readonly podIdentity: "agent" };

export const MONITORING_NAMESPACE = "monitoring";
const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"];
/** The Service `kubernetes` has the first address of the service network. */
const apiServerAddress = `${SERVICE_CIDR.replace(/\.0\/\d+$/, ".1")}/32`;
/** Where the Pod Identity agent of the node gives pods their credentials. Source: Amazon EKS user guide, "Set up the Amazon EKS Pod Identity Agent", read 2026-11-21. */
export const podIdentityRule: NetworkPolicyV1SpecEgress = {
  ports: [{ port: "80", protocol: "TCP" }],
  to: [{ ipBlock: { cidr: "169.254.170.23/32" } }],
};
export const inNamespace = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

/** The agent that gives pods their credentials, and the endpoints of AWS. */
const ofAws: readonly Reached[] = [{ podIdentity: "agent" }, { https: "amazonaws.com" }];

/** Everything that the part reaches. */
export function reachedBy(part: Component | Job): readonly Reached[] {
  const declared: readonly Reached[] = part.talksTo ?? [];
  if (!isComponent(part)) return [...declared, ...(part.aws ? ofAws : [])];
  const { ecr, google } = part.registries ?? {};
  return [
    ...declared,
    ...(callsKubernetes(part) ? [{ kubernetes: "api" as const }] : []),
    // Registries of clouds have public names of their own in every region, and the token services beside them.
    ...(ecr || part.aws ? ofAws : []),
    ...(google
      ? [
          { https: "sts.googleapis.com" },
          ...[...new Set(google.map(({ location }) => `${location}-docker.pkg.dev`))].map((https) => ({ https })),
        ]
      : []),
  ];
}

/** The ways in and out of one component or job: exactly its Service, its scrape, its declared sources, dependencies and DNS. */
export class TrafficRules extends Guarded {
  static readonly guardedBy = ["NW-02", "NW-03", "NW-04", "NW-05"] as const;

  readonly policies: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: TrafficRulesProps) {
    super(scope, id);
    this.policies = [
      new NetworkPolicyV1(this, "policy", {
        metadata: { name: props.name, namespace: props.namespace, labels: props.labels },
        spec: {
          podSelector: { matchLabels: props.selector },
          policyTypes: ["Ingress", "Egress"],
          ...(isComponent(props.part) ? { ingress: ingress(props, props.part) } : {}),
          egress: egress(props),
        },
        dependsOn: props.dependsOn,
      }),
    ];
  }
}

/** @throws for a port that does not exist: a rule of it would open nothing, and look as if it did */
export function tcp(port: number | undefined, of = "the rule"): { readonly port: string; readonly protocol: "TCP" }[] {
  if (port === undefined) throw new Error(`${of}: no such port; name one that the component declares`);
  return [{ port: String(port), protocol: "TCP" }];
}

function ingress(props: TrafficRulesProps, component: Component): NetworkPolicyV1SpecIngress[] {
  const rules: NetworkPolicyV1SpecIngress[] = [];
  // Kubelet probes come from the node itself and need no rule.
  const from = [
    ...(props.loadBalancerCidrs ?? []).map((cidr) => ({ ipBlock: { cidr } })),
    ...props.callers.map((caller) => ({ podSelector: { matchLabels: selectorLabels(props.application, caller) } })),
  ];
  if (component.kind === "service" && from.length > 0) rules.push({ ports: tcp(component.port), from });
  const metrics = metricsOf(component);
  if (metrics) rules.push({ ports: tcp(metrics.port), from: [inNamespace(MONITORING_NAMESPACE)] });
  for (const { namespace, port } of component.reachedFrom ?? [])
    rules.push({
      ports: tcp(portsOf(component)[port], `${props.name}: reachedFrom ${namespace}, port ${port}`),
      from: [inNamespace(namespace)],
    });
  return distinct(rules);
}

export const dnsRule: NetworkPolicyV1SpecEgress = {
  ports: [
    { port: "53", protocol: "UDP" },
    { port: "53", protocol: "TCP" },
  ],
  to: [{ ...inNamespace("kube-system"), podSelector: { matchLabels: { "k8s-app": "kube-dns" } } }],
};
/** HTTPS to everywhere but private networks: the policy knows networks, not names. */
export const internetRule: NetworkPolicyV1SpecEgress = {
  ports: tcp(443),
  to: [{ ipBlock: { cidr: "0.0.0.0/0", except: privateNetworks } }],
};

function egress(props: TrafficRulesProps): NetworkPolicyV1SpecEgress[] {
  // Two hosts behind https are one rule: the policy knows networks, not names.
  return distinct([dnsRule, ...reachedBy(props.part).map((dependency) => ruleTo(dependency, props))]);
}

const distinct = <Rule>(rules: readonly Rule[]): Rule[] => [
  ...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values(),
];

function ruleTo(dependency: Reached, props: TrafficRulesProps): NetworkPolicyV1SpecEgress {
  if ("component" in dependency)
    return {
      ports: tcp(props.servicePorts[dependency.component], `${props.name}: talksTo ${dependency.component}`),
      to: [{ podSelector: { matchLabels: selectorLabels(props.application, dependency.component) } }],
    };
  if ("https" in dependency) return internetRule;
  // The network add-on judges a packet before the Service's address is translated, and the endpoints lie in the region's network.
  if ("kubernetes" in dependency)
    return { ports: tcp(443), to: [{ ipBlock: { cidr: apiServerAddress } }, { ipBlock: { cidr: props.networkCidr } }] };
  if ("podIdentity" in dependency) return podIdentityRule;
  return { ports: tcp("redis" in dependency ? 6379 : 5432), to: [{ ipBlock: { cidr: props.networkCidr } }] };
}
