export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Minor versions of Kubernetes that the charts and their images are chosen for. */
export type KubernetesMinor = "1.35" | "1.36";

/**
 * How a chart brings its CustomResourceDefinitions.
 * - `none`: it has none
 * - `templates`: part of the release, upgraded and counted in the release's secret
 * - `crds-folder`: installed once and never upgraded by Helm
 * - `crds-folder-and-hook`: as above, and a hook Job applies them again at each upgrade
 */
export type CrdInstallation = "none" | "templates" | "crds-folder" | "crds-folder-and-hook";

/** A service account whose pods call AWS: the subject of a Pod Identity association. */
export interface AwsServiceAccount {
  readonly namespace: string;
  readonly name: string;
  /** AWS services that its role has to reach. */
  readonly services: readonly string[];
}

/** One Helm chart at one exact version, with the values that this platform gives it. */
export interface Chart<Settings> {
  readonly key: string;
  readonly chart: string;
  readonly repository: string;
  readonly version: string;
  readonly appVersion: string;
  readonly releaseName: string;
  readonly namespace: string;
  /** Range of Kubernetes versions as the chart declares it; null where it declares none. */
  readonly kubeVersion: string | null;
  /** Minor versions for which the image was chosen, where the software follows the cluster's version. */
  readonly kubernetesMinors: readonly KubernetesMinor[] | null;
  readonly crds: CrdInstallation;
  /** The strictest pod security standard that all pods of the chart satisfy with our values. */
  readonly podSecurity: "restricted" | "baseline" | "privileged";
  readonly awsServiceAccounts: readonly AwsServiceAccount[];
  /** Value paths below which the chart reads any key, with the reason. */
  readonly freeForm: Readonly<Record<string, string>>;
  /** Settings for tests and for the render that the locks were made from. */
  readonly example: Settings;
  values(settings: Settings): JsonObject;
}

/** Keeps the literal's own settings type while it is checked against {@link Chart}. */
export function chart<Settings>(definition: Chart<Settings>): Chart<Settings> {
  return definition;
}
