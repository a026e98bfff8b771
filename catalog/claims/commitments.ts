import data from "./commitments.json";

/** A figure that a report promises. */
export interface Commitment {
  readonly claim: string;
  readonly figure: string;
  readonly value: number | string;
}

/** Figures of the platform as a whole that begin with `prefix`, for example `pools.general`. */
export function platformCommitments(prefix: string): readonly Commitment[] {
  return data.platform.filter(
    (commitment) => commitment.figure === prefix || commitment.figure.startsWith(`${prefix}.`),
  );
}

/** Figures of one component that are `prefix` or begin with it, for example `scale`; all of them when it is left out. */
export function workloadCommitments(
  application: string | undefined,
  component: string,
  prefix?: string,
): readonly Commitment[] {
  const workload = data.workloads.find((entry) => entry.application === application && entry.component === component);
  return (workload?.figures ?? []).filter(
    (commitment) => prefix === undefined || commitment.figure === prefix || commitment.figure.startsWith(`${prefix}.`),
  );
}

/** Objectives that an application's report states. */
export function objectiveCommitments(application: string): readonly Commitment[] {
  return data.objectives.find((entry) => entry.application === application)?.figures ?? [];
}

/** Something that a component has, by the name of its setting. */
export type Feature =
  "nodes" | "probes" | "scale" | "volumes" | "pool" | "registries" | "rights" | "flags" | "secrets" | "entry";

/** What a report promises that a component has, where it is no figure. */
export interface FeatureCommitment {
  readonly claim: string;
  readonly application: string;
  readonly component: string;
  readonly feature: Feature;
  readonly needs: readonly string[];
}

export const featureCommitments = (application: string | undefined, component: string): readonly FeatureCommitment[] =>
  (data.features as readonly FeatureCommitment[]).filter(
    (commitment) => commitment.application === application && commitment.component === component,
  );

/** Something that a report promises and that an application declares: where it stands in the file, and what it says. */
export interface DeclarationCommitment {
  readonly claim: string;
  readonly application: string;
  readonly path: string;
  readonly value: number | string | boolean;
}

export const declarationCommitments = (application: string | undefined): readonly DeclarationCommitment[] =>
  data.declarations.filter((commitment) => commitment.application === application);

/** A throughput that a report promises of an application. */
export interface ThroughputCommitment {
  readonly claim: string;
  readonly application: string;
  readonly unit: string;
  readonly total: number;
  /** Null: the report does not say what one replica carries. */
  readonly perReplica: number | null;
}

/** What the report promises under the claim. */
export const throughputCommitments = (claim: string): readonly ThroughputCommitment[] =>
  data.throughput.filter((commitment) => commitment.claim === claim);

/** The claims of an application's report that promise a throughput. */
export const claimsOfThroughput = (application: string): readonly string[] =>
  [
    ...new Set(
      data.throughput.filter((commitment) => commitment.application === application).map(({ claim }) => claim),
    ),
  ].sort();

/** Length in characters that a report promises of a secret, by the name in Secrets Manager: `<organisation>/<environment>/<application>/<secret>`. */
export const secretCommitment = (name: string) =>
  data.secrets.find(({ application, secret }) => name.endsWith(`/${application}/${secret}`));

/** Steps that a report promises before the pods of an application's release start. */
export const stepCommitments = (application: string) =>
  data.steps.filter((commitment) => commitment.application === application);
