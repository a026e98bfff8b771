import type { JsonObject } from "../../json";
import type { Container } from "./containers";
import type { LabelSelector } from "./label-selector";

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
