import type { IamStatement } from "./iam-statement";
import { type ChartLock, unlocked } from "./lock";
import type { PlatformFacts } from "./platform-facts";

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Minor versions of Kubernetes that the charts and their images are chosen for. */
export type KubernetesMinor = "1.35" | "1.36";

/** A service account whose pods call AWS: the subject of a Pod Identity association. */
export interface AwsServiceAccount {
  readonly namespace: string;
  readonly name: string;
  /** AWS services that its role has to reach. */
  readonly services: readonly string[];
}

/** Traffic of the chart's own namespace besides DNS, scrapes, HTTPS and Pod Identity credentials. TCP ports. */
export interface ChartTraffic {
  /** Ports on which the API server calls webhooks and aggregated APIs of the namespace. @default [] */
  readonly webhookPorts?: readonly number[];
  /** Ports on which pods of the namespace reach each other. @default [] */
  readonly withinPorts?: readonly number[];
  /** Ports of databases and caches in the region's network. @default [] */
  readonly storePorts?: readonly number[];
}

/** A Kubernetes object as its API takes it. */
export interface ChartObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject & { readonly name: string };
}

/** Objects that come with a release, in a release of their own under this name. */
export interface ChartManifests {
  readonly name: string;
  readonly objects: readonly ChartObject[];
}

/** A disruption budget beside a chart: as many pods as a drain may take at a time. */
export interface ChartBudget {
  /** Of the budget and, in the chart's namespace, of the workload. */
  readonly name: string;
  readonly maxUnavailable: number;
  readonly matchLabels: Readonly<Record<string, string>>;
}

/** How the platform stack of a region installs a chart. A chart without it is installed by a stack of its own. */
export interface ChartInstallation<Settings> {
  /** Id of the release in the stack. @default the chart's key */
  readonly id?: string;
  /** What the platform gets from it; first part of the ids of its IAM roles. */
  readonly purpose: string;
  /** @returns false where no application of the platform needs the chart. @default always installed */
  readonly wanted?: (platform: PlatformFacts) => boolean;
  readonly settings: (platform: PlatformFacts) => Settings;
  /** Traffic of the namespace that the stack creates for it. @default none - it runs in kube-system */
  readonly traffic?: ChartTraffic;
  /** IAM statements of its service accounts. @default none - it calls no AWS API */
  readonly permissions?: (platform: PlatformFacts) => readonly IamStatement[];
  /** Whether it restarts workloads, with a Role in each application's namespace. @default false */
  readonly restartsWorkloads?: boolean;
  /** Objects that exist before the release. They may use the secret store. */
  readonly before?: (platform: PlatformFacts) => ChartManifests;
  /** Objects of kinds that the release defines. */
  readonly after?: (platform: PlatformFacts) => ChartManifests;
  /** Path in the environment file of settings that the release takes from there. @default none - findings about it point at the chart's file */
  readonly configuredBy?: string;
}

/** One Helm chart at one exact version, with the values that this platform gives it. */
export interface Chart<Settings> {
  readonly key: string;
  readonly chart: string;
  readonly repository: string;
  readonly version: string;
  readonly releaseName: string;
  readonly namespace: string;
  /** Minor versions for which the image was chosen, where the software follows the cluster's version. */
  readonly kubernetesMinors: readonly KubernetesMinor[] | null;
  /** Dotted path and default of the value that decides whether it installs its CRDs. @default none - always installed */
  readonly crdSwitch?: { readonly path: string; readonly default: boolean };
  /** The strictest pod security standard that all pods of the chart satisfy with our values. */
  readonly podSecurity: "restricted" | "baseline" | "privileged";
  readonly awsServiceAccounts: readonly AwsServiceAccount[];
  /** Value paths below which the chart reads any key, with the reason. */
  readonly freeForm: Readonly<Record<string, string>>;
  /** Value paths whose effect no render can show, with the place in the templates that reads them. @default {} */
  readonly readInTemplates?: Readonly<Record<string, string>>;
  /** Value paths that name Secrets, or lists of them, which pods mount or read without `optional`: they wait for them. @default [] */
  readonly requiredSecrets?: readonly string[];
  /** Deployments of one replica, which stop with their node, with the reason. @default {} - every one has two and a disruption budget */
  readonly singleReplicas?: Readonly<Record<string, string>>;
  /**
   * Budgets of its workloads, where its templates cannot write `unhealthyPodEvictionPolicy`: their own are switched off, and
   * these come with `AlwaysAllow`. @default [] - the chart's own say it
   */
  readonly disruptionBudgets?: readonly ChartBudget[];
  /** Settings for tests and for the render that the lock is made from. */
  readonly example: Settings;
  /** What the chart renders with the example settings, written by `make charts`. */
  readonly lock: ChartLock;
  readonly installation?: ChartInstallation<Settings>;
  values(settings: Settings): JsonObject;
}

/** A chart as its file writes it: `lock` is an empty object until `make charts` has written the first one. */
type Definition<Settings> = Omit<Chart<Settings>, "lock"> & { readonly lock: ChartLock | Record<string, never> };

/** Keeps the literal's own settings type while it is checked against {@link Chart}. */
export function chart<Settings>(definition: Definition<Settings>): Chart<Settings> {
  const { lock } = definition;
  return { ...definition, lock: isLocked(lock) ? lock : unlocked };
}

const isLocked = (lock: ChartLock | Record<string, never>): lock is ChartLock => "version" in lock;
