import data from "./commitments.json";

/** A figure that a report promises. */
export interface Commitment {
  readonly claim: string;
  readonly figure: string;
  readonly value: number | string;
}

/** A figure of the platform as a whole that the report of an application promises. */
export interface PlatformCommitment extends Commitment {
  readonly application: string;
}

/** Something that a component has, by the name of its setting. */
export const features = [
  "nodes",
  "probes",
  "scale",
  "volumes",
  "pool",
  "registries",
  "rights",
  "flags",
  "secrets",
  "entry",
] as const;
export type Feature = (typeof features)[number];

/** A feature that a report promises for a component. */
export interface FeatureCommitment {
  readonly claim: string;
  readonly application: string;
  readonly component: string;
  readonly feature: Feature;
  readonly needs: readonly string[];
}

/** A value that a report promises and that the application's file declares at `path`. */
export interface DeclarationCommitment {
  readonly claim: string;
  readonly application: string;
  readonly path: string;
  readonly value: number | string | boolean;
}

/** A throughput that a report promises of an application. */
export interface ThroughputCommitment {
  readonly claim: string;
  readonly application: string;
  readonly unit: string;
  readonly total: number;
  /** Null: the report does not say what one replica carries. */
  readonly perReplica: number | null;
}

/** Length in characters that a report promises of a secret. */
export interface SecretCommitment {
  readonly claim: string;
  readonly application: string;
  readonly secret: string;
  readonly minimumLength: number;
}

/** A job that a report promises to complete before the pods of a release start. */
export interface StepCommitment {
  readonly claim: string;
  readonly application: string;
  readonly step: string;
}

/** An alert that a report promises, with its figures: an absent one is not in the report. */
export interface AlertCommitment {
  readonly claim: string;
  readonly application: string;
  readonly alert: string;
  /** Fires above it, as a ratio where the report speaks of per cent, in seconds where of time. */
  readonly above?: number;
  readonly below?: number;
  /** How long the condition holds first. */
  readonly for?: string;
  /** Range of the samples that are counted. */
  readonly window?: string;
}

/** A path that a report promises to be asked from outside, as customers ask it. */
export interface ProbeCommitment {
  readonly claim: string;
  readonly application: string;
  readonly path: string;
}

/** Parts of a monitoring stack that a report promises, by their names in catalog/monitoring/parts.json. */
export interface MonitoringCommitment {
  readonly claim: string;
  readonly application: string;
  readonly parts: readonly string[];
}

/** Everything that reports promise. A platform is judged with the commitments of its environment: plain data. */
export interface Commitments {
  readonly platform: readonly PlatformCommitment[];
  readonly applications: readonly { readonly application: string; readonly figures: readonly Commitment[] }[];
  readonly workloads: readonly {
    readonly application: string;
    readonly component: string;
    readonly figures: readonly Commitment[];
  }[];
  readonly features: readonly FeatureCommitment[];
  readonly declarations: readonly DeclarationCommitment[];
  readonly objectives: readonly { readonly application: string; readonly figures: readonly Commitment[] }[];
  readonly throughput: readonly ThroughputCommitment[];
  readonly secrets: readonly SecretCommitment[];
  readonly steps: readonly StepCommitment[];
  readonly alerts: readonly AlertCommitment[];
  readonly probes: readonly ProbeCommitment[];
  readonly monitoring: readonly MonitoringCommitment[];
}

/** Commitments of an environment that no report speaks of. */
export const noCommitments: Commitments = {
  platform: [],
  applications: [],
  workloads: [],
  features: [],
  declarations: [],
  objectives: [],
  throughput: [],
  secrets: [],
  steps: [],
  alerts: [],
  probes: [],
  monitoring: [],
};

/** What the readiness reports promise. */
export const reportCommitments = data as Commitments;

/** Reports speak of production: other environments have no commitments. */
export const commitmentsIn = (environment: string, commitments: Commitments = reportCommitments): Commitments =>
  environment === "production" ? commitments : noCommitments;

const within =
  (prefix: string) =>
  ({ figure }: Commitment): boolean =>
    figure === prefix || figure.startsWith(`${prefix}.`);

/** Figures of the platform as a whole that are `prefix` or begin with it, for example `pools.general`. */
export const platformCommitments = ({ platform }: Commitments, prefix: string): readonly PlatformCommitment[] =>
  platform.filter(within(prefix));

/** Figures of one application as a whole. */
export const applicationCommitments = (
  { applications }: Commitments,
  application: string,
  prefix: string,
): readonly Commitment[] =>
  applications
    .filter((entry) => entry.application === application)
    .flatMap(({ figures }) => figures)
    .filter(within(prefix));

/** Figures of one component that are `prefix` or begin with it, for example `scale`. @default prefix - all of them */
export function workloadCommitments(
  { workloads }: Commitments,
  application: string | undefined,
  component: string,
  prefix?: string,
): readonly Commitment[] {
  return workloads
    .filter((entry) => entry.application === application && entry.component === component)
    .flatMap(({ figures }) => figures)
    .filter(prefix === undefined ? () => true : within(prefix));
}

/** Objectives that an application's report states. */
export const objectiveCommitments = (
  { objectives }: Commitments,
  application: string | undefined,
): readonly Commitment[] =>
  objectives.filter((entry) => entry.application === application).flatMap(({ figures }) => figures);

export const featureCommitments = (
  { features }: Commitments,
  application: string | undefined,
  component: string,
): readonly FeatureCommitment[] =>
  features.filter((commitment) => commitment.application === application && commitment.component === component);

export const declarationCommitments = (
  { declarations }: Commitments,
  application: string | undefined,
): readonly DeclarationCommitment[] => declarations.filter((commitment) => commitment.application === application);

/** Throughputs that the report promises under the claim. */
export const throughputCommitments = ({ throughput }: Commitments, claim: string): readonly ThroughputCommitment[] =>
  throughput.filter((commitment) => commitment.claim === claim);

/** The claims of an application's report that promise a throughput. */
export const claimsOfThroughput = ({ throughput }: Commitments, application: string): readonly string[] =>
  [
    ...new Set(throughput.filter((commitment) => commitment.application === application).map(({ claim }) => claim)),
  ].sort();

/** The promised lengths, by the name in Secrets Manager: `<organisation>/<environment>/<application>/<secret>`. */
export const secretCommitments = ({ secrets }: Commitments, name: string): readonly SecretCommitment[] =>
  secrets.filter(({ application, secret }) => name.endsWith(`/${application}/${secret}`));

/** Steps that a report promises before the pods of an application's release start. */
export const stepCommitments = ({ steps }: Commitments, application: string | undefined): readonly StepCommitment[] =>
  steps.filter((commitment) => commitment.application === application);
