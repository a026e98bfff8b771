import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { poolOf } from "../../../config/application/parts/program";
import type { CreatedPods as Declared } from "../../../config/application/schema";
import { POOL_LABEL } from "../../aws/cluster/node-pool";
import { Guarded } from "../../guarded";
import { dnsRule, inNamespace, internetRule, MONITORING_NAMESPACE, tcp } from "../access/traffic-rules";
import type { Manifest } from "../manifests";

export interface CreatedPodsProps {
  readonly name: string;
  readonly application: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly pods: Declared;
  readonly dependsOn: ITerraformDependable[];
}

/** The ways in and out of pods that a program makes at run time: their scrape, declared sources, DNS and declared hosts. */
export class CreatedPods extends Guarded {
  static readonly guardedBy = ["WL-35", "NW-14", "SC-31", "CP-05"] as const;

  readonly policy: ITerraformDependable;

  constructor(scope: Construct, id: string, { name, namespace, labels, pods, dependsOn }: CreatedPodsProps) {
    super(scope, id);
    const { metricsPort, reachedFrom = [], ports = {}, https } = pods;
    this.policy = new NetworkPolicyV1(this, "policy", {
      metadata: { name, namespace, labels },
      spec: {
        podSelector: { matchLabels: pods.labels },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          ...(metricsPort === undefined
            ? []
            : [{ ports: tcp(metricsPort), from: [inNamespace(MONITORING_NAMESPACE)] }]),
          ...reachedFrom.map(({ namespace: from, port }) => ({
            ports: tcp(ports[port], `${name}: reachedFrom ${from}, port ${port}`),
            from: [inNamespace(from)],
          })),
        ],
        egress: [dnsRule, ...(https ? [internetRule] : [])],
      },
      dependsOn,
    });
  }
}

const add = (path: string, value: string): string => `JSONPatch{op: "add", path: "${path}", value: ${value}}`;

/** What the restricted standard asks of a pod, whatever the program writes into it. */
const restricted = [
  `[${add("/spec/securityContext", 'Object.spec.securityContext{runAsNonRoot: true, seccompProfile: Object.spec.securityContext.seccompProfile{type: "RuntimeDefault"}}')}]`,
  `[${add("/spec/containers/0/securityContext", 'Object.spec.containers.securityContext{allowPrivilegeEscalation: false, capabilities: Object.spec.containers.securityContext.capabilities{drop: ["ALL"]}}')}]`,
];

/** Places the pods in their pool: without it they would go to whatever node has no taint. */
function placed(pool: string): string[] {
  const toleration = add(
    "/spec/tolerations/-",
    `Object.spec.tolerations{key: "${POOL_LABEL}", operator: "Equal", value: "${pool}", effect: "NoSchedule"}`,
  );
  return [
    `[${add("/spec/nodeSelector", `{"${POOL_LABEL}": "${pool}"}`)}]`,
    // Other plugins have added tolerations, or there is no list yet: the API server of 1.36 takes no list of objects as a value.
    `has(object.spec.tolerations) ? [${toleration}] : [${add("/spec/tolerations", "[]")}, ${toleration}]`,
  ];
}

/**
 * What a program has no setting for in the pods that it makes: security context and pool.
 *
 * They have one container each; a second one would have no security context, and the pod security standard refuses it.
 * MutatingAdmissionPolicy is generally available from Kubernetes 1.36 on (KEP-3962, read 2026-11-29); it changes pods before
 * the pod security standard judges them.
 */
export function createdPodsManifests({ name, application, namespace, labels, pods }: CreatedPodsProps): Manifest[] {
  const policyName = `${application}-${name}`;
  return [
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingAdmissionPolicy",
      metadata: { name: policyName, labels },
      spec: {
        failurePolicy: "Fail",
        reinvocationPolicy: "IfNeeded",
        matchConstraints: {
          matchPolicy: "Equivalent",
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
          objectSelector: { matchLabels: pods.labels },
          resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
        },
        mutations: [...restricted, ...placed(poolOf(pods))].map((expression) => ({
          patchType: "JSONPatch",
          jsonPatch: { expression },
        })),
      },
    },
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingAdmissionPolicyBinding",
      metadata: { name: policyName, labels },
      spec: { policyName },
    },
    ...(pods.metricsPort === undefined
      ? []
      : [
          {
            apiVersion: "monitoring.coreos.com/v1",
            kind: "PodMonitor",
            metadata: { name, namespace, labels },
            spec: {
              selector: { matchLabels: pods.labels },
              podMetricsEndpoints: [
                { portNumber: pods.metricsPort, path: pods.metrics ?? "/metrics", interval: "30s" },
              ],
            },
          },
        ]),
  ];
}
