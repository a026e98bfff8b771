import type { DeploymentV1SpecTemplate, DeploymentV1SpecTemplateSpecContainer } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { portsOf } from "../../config/application/component";
import type { Component } from "../../config/application/schema";
import { CAPACITY_LABEL, POOL_LABEL } from "../aws/node-pool";
import { probeBlocks } from "./probes";

export const SECRETS_PATH = "/var/run/secrets/application";
/** Time for load balancer and endpoints to forget a pod before it stops listening: the target group's deregistration delay. */
export const PRE_STOP_SECONDS = 15;
const DEFAULT_USER_ID = 10001;

export interface PodTemplateProps {
  readonly component: Component;
  readonly tier: number;
  /** Image by digest, with its registry. */
  readonly image: string;
  readonly labels: Record<string, string>;
  readonly selector: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly serviceAccount: string;
  /** Kubernetes Secret with the component's secrets, mounted as files. */
  readonly secretName?: string;
}

export const drainSecondsOf = (component: Component): number => component.drainSeconds ?? 20;

/** Pod of one component under the restricted pod security standard, spread over zones and hosts. */
export function podTemplate(props: PodTemplateProps): DeploymentV1SpecTemplate {
  const { component } = props;
  const userId = String(component.userId ?? DEFAULT_USER_ID);
  const volumes = [
    { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
    ...(props.secretName ? [{ name: "secrets", secret: { secretName: props.secretName, defaultMode: "0440" } }] : []),
  ];
  return {
    metadata: { labels: props.labels, annotations: props.annotations },
    spec: {
      serviceAccountName: props.serviceAccount,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: PRE_STOP_SECONDS + drainSecondsOf(component) + 5,
      securityContext: { runAsNonRoot: true, runAsUser: userId, runAsGroup: userId, fsGroup: userId, seccompProfile: { type: "RuntimeDefault" } },
      nodeSelector: { [POOL_LABEL]: component.pool ?? "general" },
      ...(component.pool && component.pool !== "general"
        ? { toleration: [{ key: POOL_LABEL, operator: "Equal", value: component.pool, effect: "NoSchedule" }] }
        : {}),
      affinity: preferOnDemand(props.tier),
      topologySpreadConstraint: [
        spread("topology.kubernetes.io/zone", "DoNotSchedule", props.selector),
        spread("kubernetes.io/hostname", "ScheduleAnyway", props.selector),
      ],
      container: [container(props)],
      volume: volumes,
    },
  };
}

function preferOnDemand(tier: number) {
  return {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{
        weight: tier === 1 ? 100 : 10,
        preference: { matchExpressions: [{ key: CAPACITY_LABEL, operator: "In", values: ["on-demand"] }] },
      }],
    },
  };
}

function spread(topologyKey: string, whenUnsatisfiable: string, matchLabels: Record<string, string>) {
  return { maxSkew: 1, topologyKey, whenUnsatisfiable, labelSelector: [{ matchLabels }], matchLabelKeys: ["pod-template-hash"] };
}

function container(props: PodTemplateProps): DeploymentV1SpecTemplateSpecContainer {
  const { component } = props;
  return {
    name: "main",
    image: props.image,
    imagePullPolicy: "IfNotPresent",
    ...(component.command ? { command: component.command } : {}),
    port: containerPorts(component),
    resources: {
      requests: { ...component.requests },
      limits: { memory: component.limits.memory, ...(component.limits.cpu ? { cpu: component.limits.cpu } : {}) },
    },
    ...probeBlocks(component),
    lifecycle: { preStop: [{ exec: { command: ["sleep", String(PRE_STOP_SECONDS)] } }] },
    securityContext: {
      allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, privileged: false, runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
    },
    ...(component.secrets?.length ? { env: component.secrets.map((name) => ({ name: `${name}_FILE`, value: `${SECRETS_PATH}/${name}` })) } : {}),
    volumeMount: [
      { name: "tmp", mountPath: "/tmp" },
      ...(props.secretName ? [{ name: "secrets", mountPath: SECRETS_PATH, readOnly: true }] : []),
    ],
  };
}

function containerPorts(component: Component): { name: string; containerPort: number; protocol: string }[] {
  return Object.entries(portsOf(component)).map(([name, containerPort]) => ({ name, containerPort, protocol: "TCP" }));
}
