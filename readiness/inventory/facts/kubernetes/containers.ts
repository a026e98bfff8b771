export interface Container {
  readonly name: string;
  /** An init container with `restartPolicy: Always`: it runs beside the others as long as the pod. */
  readonly sidecar: boolean;
  readonly image: string | undefined;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly ports: readonly {
    readonly name: string | undefined;
    readonly port: number;
    readonly protocol: string;
    readonly hostPort: number | undefined;
  }[];
  readonly liveness: Probe | undefined;
  readonly readiness: Probe | undefined;
  readonly startup: Probe | undefined;
  /** undefined: not written. Kubernetes takes the limit as request if only the limit is written; so does this. */
  readonly cpuRequestMillis: number | undefined;
  readonly memoryRequestMiB: number | undefined;
  readonly cpuLimitMillis: number | undefined;
  readonly memoryLimitMiB: number | undefined;
  readonly ephemeralRequestMiB: number | undefined;
  readonly ephemeralLimitMiB: number | undefined;
  /** The container's security context over its pod's. */
  readonly security: Security;
  /** `sleep N` of a preStop command, or preStop.sleep; 0 without one; undefined if the hook's time cannot be read. */
  readonly preStopSeconds: number | undefined;
  readonly environment: readonly {
    readonly name: string;
    readonly value: string | undefined;
    readonly secret: string | undefined;
    readonly configMap: string | undefined;
  }[];
  /** Secrets and ConfigMaps whose every key becomes a variable. */
  readonly environmentFrom: readonly { readonly secret: string | undefined; readonly configMap: string | undefined }[];
  readonly mounts: readonly { readonly volume: string; readonly path: string; readonly readOnly: boolean }[];
}

export interface Probe {
  readonly kind: "http" | "tcp" | "grpc" | "exec";
  /** Of an HTTP request; the service that a gRPC health request names. */
  readonly path: string | undefined;
  /** Resolved to a number through the container's named ports; the name where it names none. */
  readonly port: number | string | undefined;
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
  readonly command: readonly string[];
}

export interface Security {
  readonly runAsNonRoot: boolean | undefined;
  readonly runAsUser: number | undefined;
  readonly privileged: boolean;
  /** undefined: not written, which Kubernetes takes for true. */
  readonly allowPrivilegeEscalation: boolean | undefined;
  readonly readOnlyRootFilesystem: boolean;
  readonly addedCapabilities: readonly string[];
  readonly droppedCapabilities: readonly string[];
  readonly seccompProfile: string | undefined;
}
