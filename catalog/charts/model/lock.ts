/**
 * How the facts of a lock were obtained.
 * - `rendered`: real helm rendered the chart's archive with the example settings
 * - `defaults`: no archive could be reached; a data file of default values was read. Pods and CRDs are then not known.
 */
export type LockProvenance = "rendered" | "defaults";

/**
 * How a chart brings its CustomResourceDefinitions.
 * - `none`: it has none
 * - `templates`: part of the release, upgraded and counted in the release's secret
 * - `crds-folder`: installed once and never upgraded by Helm
 * - `crds-folder-and-hook`: as above, and a hook Job applies them again at each upgrade
 */
export type CrdInstallation = "none" | "templates" | "crds-folder" | "crds-folder-and-hook";

/** Resources of one container; MiB and thousandths of a CPU, null where unset. */
export interface LockedContainer {
  readonly name: string;
  readonly image: string;
  readonly cpuMillis: number | null;
  readonly memoryMiB: number | null;
  readonly cpuLimitMillis: number | null;
  readonly memoryLimitMiB: number | null;
  readonly ports: readonly { readonly name: string | null; readonly port: number; readonly protocol: string }[];
  readonly probes: readonly string[];
  readonly security: {
    readonly allowPrivilegeEscalation: boolean | null;
    readonly capabilitiesAdded: readonly string[];
    readonly capabilitiesDropped: readonly string[];
    readonly privileged: boolean;
    readonly readOnlyRootFilesystem: boolean | null;
    readonly runAsNonRoot: boolean | null;
    readonly runAsUser: number | null;
    readonly seccomp: string | null;
  };
}

type Labels = Readonly<Record<string, string>>;

export interface LockedWorkload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** null for a DaemonSet: one pod a node. */
  readonly replicas: number | null;
  /** Helm hook that creates it. */
  readonly hook: string | null;
  readonly strategy: object | null;
  readonly selector: Labels;
  readonly podLabels: Labels;
  readonly serviceAccount: string | null;
  readonly priorityClassName: string | null;
  readonly hostNetwork: boolean;
  readonly hostPaths: readonly string[];
  readonly nodeSelector: Labels;
  readonly tolerations: readonly object[];
  readonly topologySpreadConstraints: readonly object[];
  readonly affinity: object | null;
  readonly terminationGracePeriodSeconds: number;
  readonly initContainers: readonly LockedContainer[];
  readonly containers: readonly LockedContainer[];
  /** Sizes of the volumes that each replica claims, GiB. @default [] */
  readonly claimsGiB?: readonly number[];
}

export interface LockedBudget {
  readonly namespace: string;
  readonly name: string;
  readonly maxUnavailable: number | string | null;
  readonly minAvailable: number | string | null;
  /** `unhealthyPodEvictionPolicy`; null: Kubernetes' default, or not recorded. */
  readonly unhealthyPods?: string | null;
  readonly selector: Labels;
}

/** Facts of what the chart renders with its example settings. */
export interface RenderedFacts {
  readonly crdCount: number;
  readonly objectCount: number;
  /** Estimated Secret of the Helm release: base64 of the gzip of chart, values and manifest. Limit 1048576. */
  readonly releaseSecretBytes: number;
  readonly images: readonly string[];
  readonly workloads: readonly LockedWorkload[];
  readonly podDisruptionBudgets: readonly LockedBudget[];
  readonly services: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly type: string;
    readonly selector: Labels;
    readonly ports: readonly {
      readonly name: string | null;
      readonly port: number;
      readonly targetPort: number | string;
      readonly protocol: string;
    }[];
  }[];
  readonly monitors: readonly {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly selector: Labels;
    readonly ports: readonly (string | null)[];
  }[];
  readonly serviceAccounts: readonly string[];
  readonly webhooks: readonly {
    readonly kind: string;
    readonly name: string;
    readonly failurePolicy: string;
    readonly service: string | null;
  }[];
  /** Roles with `*` among their verbs, resources or groups. */
  readonly wildcardRoles: readonly string[];
}

/**
 * One value path and what shows that the chart reads it.
 * - `removed`: the render changes when the path is removed
 * - `changed`: the value equals the chart default; the render changes when the value is changed
 * - `required`: the chart does not render without it
 * - `removed-without-crds`: the render changes on a cluster that lacks the Prometheus operator kinds
 * - `template`: read in the chart's templates, see the note
 * - `default`: the path exists in the chart's default values; no render showed an effect
 * - `unread`: no render and no default value shows that the chart reads it
 */
export interface LockedPath {
  readonly path: string;
  readonly verified: string;
  readonly freeForm?: string;
  readonly note?: string;
}

/** A kind that is not Kubernetes' own, as one owner brings it. */
export interface CustomKind {
  /** `<plural>.<group>`. */
  readonly name: string;
  readonly group: string;
  readonly kind: string;
  /** Served. */
  readonly versions: readonly string[];
}

export interface LockedImage {
  readonly image: string;
  /** `sha256:…`; null: no source names it. */
  readonly digest: string | null;
  readonly confidence: string;
  readonly source: string;
}

/** Lock of a chart for which none was written: nothing is known of it. */
export const unlocked: ChartLock = {
  provenance: "none",
  made: "",
  with: "",
  chart: "",
  version: "",
  appVersion: "",
  kubeVersion: null,
  source: "",
  commit: null,
  valuesDigest: "",
  rendered: null,
  paths: [],
  crds: { installation: "unknown", kinds: [] },
  images: [],
};

/** What is known of a chart at its version. Written by `make charts`, never by hand. */
export interface ChartLock {
  readonly provenance: string;
  /** Day on which these facts were obtained. */
  readonly made: string;
  /** Tool and options. */
  readonly with: string;
  readonly chart: string;
  readonly version: string;
  readonly appVersion: string;
  /** Range of Kubernetes versions as Chart.yaml declares it; null where it declares none. */
  readonly kubeVersion: string | null;
  /** Repository and path of the chart's source, with the commit where it is known. */
  readonly source: string;
  readonly commit: string | null;
  readonly valuesDigest: string;
  /** null: not rendered. */
  readonly rendered: RenderedFacts | null;
  readonly paths: readonly LockedPath[];
  readonly crds: { readonly installation: string; readonly kinds: readonly CustomKind[] };
  readonly images: readonly LockedImage[];
}
