import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Scale } from "../../../config/application/parts/scaling";
import { type Declaration, Guarded } from "../../guarded";
import { type Manifest, Manifests } from "../manifests";

export interface ScaledObjectProps {
  /** Name and labels of the component, for all objects that are made. */
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Record<string, string> };
  /** The declared range and metrics; `queue` among them. CPU and memory become triggers beside it: the one that asks for most pods decides. */
  readonly scale: Scale & { readonly queue: NonNullable<Scale["queue"]> };
  /** Further labels of the ScaledObject alone. @default none */
  readonly objectLabels?: Record<string, string>;
  /** Annotations of the ScaledObject. @default none */
  readonly annotations?: Record<string, string>;
  readonly target: { readonly kind: "Deployment" | "StatefulSet"; readonly name: string };
  /** Name in Secrets Manager of the credentials of the cache `scale.queue.redis`: JSON with `username` and `password`. */
  readonly connectionSecret: string;
  /** `host:port` of the cache in the region, which speaks TLS. */
  readonly address: string;
  /** ClusterSecretStore that reads it. */
  readonly secretStore: string;
  readonly dependsOn: ITerraformDependable[];
  readonly declaration?: Declaration;
}

/** How often KEDA asks for the length while no pod is needed, and how often the autoscaler asks through it. In seconds. */
const pollingInterval = 15;
/** Polls that fail one after another before the fallback counts: a minute. */
const failureThreshold = 4;

/**
 * Autoscaler of a component whose load waits in a Redis list: use it instead of the HorizontalPodAutoscaler where
 * `scale.queue` is declared, never beside it (KEDA makes the HorizontalPodAutoscaler itself; AV-07 refuses two).
 *
 * ```ts
 * if (scale.queue) new ScaledObject(this, "autoscaler", { metadata, scale: { ...scale, queue: scale.queue }, target, connectionSecret, … });
 * else new Autoscaler(this, "autoscaler", { metadata, scale, target });
 * ```
 *
 * KEDA takes address and password apart, so external-secrets writes them into a Secret of its own, read by a
 * TriggerAuthentication: no password stands in an object. When the list cannot be asked, the pods that run stay, and
 * no fewer than `scale.min`: an unreadable queue is no reason to stop working on it.
 *
 * The release of KEDA is installed where an application declares a queue: stacks/services.ts.
 */
export class ScaledObject extends Guarded {
  static readonly guardedBy = ["AV-07", "AV-08", "CP-08", "SC-13", "SC-15", "WL-40"] as const;

  readonly release: ITerraformDependable;

  constructor(scope: Construct, id: string, props: ScaledObjectProps) {
    super(scope, id, props.declaration);
    const { name, namespace } = props.metadata;
    this.release = new Manifests(this, "queue-scaling", {
      name: `${name}-queue-scaling`.slice(0, 53),
      namespace,
      manifests: [connectionOf(props), authenticationOf(props), scaledObjectOf(props)],
      dependsOn: props.dependsOn,
    }).release;
  }
}

const queueSecret = ({ metadata }: ScaledObjectProps): string => `${metadata.name}-queue`;

/** Parameters of KEDA's Redis trigger, each a key of the Secret (kedacore/keda pkg/scalers/redis_scaler.go, read 2026-11-21). */
const parametersOf = (address: string): Readonly<Record<string, string>> => ({
  address,
  username: "{{ .username }}",
  password: "{{ .password }}",
  tls: "enable",
});

function connectionOf(props: ScaledObjectProps): Manifest {
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { ...props.metadata, name: queueSecret(props) },
    spec: {
      refreshInterval: "1h",
      secretStoreRef: { kind: "ClusterSecretStore", name: props.secretStore },
      target: {
        name: queueSecret(props),
        creationPolicy: "Owner",
        deletionPolicy: "Retain",
        template: { engineVersion: "v2", data: parametersOf(props.address) },
      },
      data: ["username", "password"].map((property) => ({
        secretKey: property,
        remoteRef: { key: props.connectionSecret, property },
      })),
    },
  };
}

function authenticationOf(props: ScaledObjectProps): Manifest {
  return {
    apiVersion: "keda.sh/v1alpha1",
    kind: "TriggerAuthentication",
    metadata: { ...props.metadata, name: queueSecret(props) },
    spec: {
      secretTargetRef: Object.keys(parametersOf(props.address)).map((parameter) => ({
        parameter,
        name: queueSecret(props),
        key: parameter,
      })),
    },
  };
}

function scaledObjectOf(props: ScaledObjectProps): Manifest {
  const { scale, target, metadata } = props;
  const resource = (type: "cpu" | "memory", percent: number | undefined) =>
    percent === undefined ? [] : [{ type, metricType: "Utilization", metadata: { value: String(percent) } }];
  return {
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, ...props.objectLabels },
      ...(props.annotations ? { annotations: props.annotations } : {}),
    },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", ...target },
      pollingInterval,
      minReplicaCount: scale.min,
      maxReplicaCount: scale.max,
      fallback: { failureThreshold, replicas: scale.min, behavior: "currentReplicasIfHigher" },
      advanced: {
        horizontalPodAutoscalerConfig: {
          behavior: {
            scaleUp: {
              stabilizationWindowSeconds: scale.upWindowSeconds ?? 0,
              selectPolicy: "Max",
              policies: [
                { type: "Percent", value: 100, periodSeconds: 60 },
                { type: "Pods", value: 4, periodSeconds: 60 },
              ],
            },
            scaleDown: {
              stabilizationWindowSeconds: scale.downWindowSeconds ?? 300,
              selectPolicy: "Min",
              policies: [{ type: "Percent", value: 50, periodSeconds: 60 }],
            },
          },
        },
      },
      triggers: [
        {
          type: "redis",
          metricType: "AverageValue",
          metadata: { listName: scale.queue.list, listLength: String(scale.queue.perPod) },
          authenticationRef: { name: queueSecret(props) },
        },
        ...resource("cpu", scale.cpuPercent),
        ...resource("memory", scale.memoryPercent),
      ],
    },
  };
}
