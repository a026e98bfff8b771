import { createHash } from "node:crypto";

/**
 * What constructs write into the synthesised Terraform for the inventory to read: annotations, labels, tags and the
 * metadata of a stack. Both sides import this module; no other file spells these names.
 */
const prefix = "plimsoll.dev/";

/** Labels of Kubernetes objects and nodes. */
export const label = {
  capacity: `${prefix}capacity`,
  costCentre: `${prefix}cost-centre`,
  owner: `${prefix}owner`,
  pool: `${prefix}pool`,
  /** Step of a deployment that a Job carries out: `migration` or `seed`. */
  step: `${prefix}step`,
  /** Service tier, 1 to 3. */
  tier: `${prefix}tier`,
  /** `true`: runs only where the databases accept writes. */
  writerOnly: `${prefix}writer-only`,
} as const;

/** Form of an annotation's text. */
export type AnnotationForm = "json object" | "whole number" | "text";

interface AnnotationContract {
  readonly key: string;
  readonly form: AnnotationForm;
}

const declared = <const Key extends string>(name: Key, form: AnnotationForm) =>
  ({ key: `${prefix}${name}`, form }) satisfies AnnotationContract;

/** Annotations with the form of their texts. A new one is added here and where it is written. */
export const annotations = {
  /** Claims that an application registers in its file. */
  claims: declared("claims", "json object"),
  /** Facts of a component that its pods do not show: start and drain seconds, what it reaches, log format. */
  component: declared("component", "json object"),
  /** Images of the project's examples that an application still names, separated by commas. */
  exampleImages: declared("example-images", "text"),
  /** Digest of the feature flags that pods read: a change restarts them. */
  flags: declared("flags", "text"),
  /** Tier and service level objectives of an application. */
  objectives: declared("objectives", "json object"),
  /** Replicas of a workload once its region accepts writes. */
  replicasAsWriter: declared("replicas-as-writer", "whole number"),
  /** Secret whose values the pods read. */
  secrets: declared("secrets", "text"),
  /** Databases and caches of an application. */
  stores: declared("stores", "json object"),
} as const satisfies Readonly<Record<string, AnnotationContract>>;

/** Keys of the annotations, by name. */
export const annotation = Object.fromEntries(Object.entries(annotations).map(([name, { key }]) => [name, key])) as {
  readonly [Name in keyof typeof annotations]: (typeof annotations)[Name]["key"];
};

/** AWS tags. */
export const tag = {
  costCentre: "cost-centre",
  environment: "environment",
  managedBy: "managed-by",
  owner: "owner",
  /** Days between two rotations of a secret. */
  rotationDays: "rotation-days",
  secretCharacters: "secret-characters",
  secretLength: "secret-length",
  /** How a secret's value comes into being: `generated`, `entered`, `connection`, `identifier` or `permanent`. */
  secretOrigin: "secret-origin",
  /** Store whose credentials a secret holds. */
  secretStore: "secret-store",
} as const;

/** The package of a function is named by the handler that it exports, in a folder that is named by its content. */
export const packageOf = (folder: string, handler: string): string => `${folder}/${handler}.zip`;

/** @returns the handler that a package exports; undefined for one that the project does not make */
export const exportedHandler = (file: string): string | undefined =>
  /^assets\/[^/]+\/[0-9a-f]{32}\/(.+)\.zip$/.exec(file)?.[1];

/** What the description of a CloudWatch alarm says, for people and for what delivers it. */
export interface AlarmNote {
  readonly says: string;
  readonly runbook: string;
  /** As of an alert of Prometheus: `alertname`, `severity`, `priority`, `owner`, `application`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Names of Alertmanager's receivers that its routing tree chooses for these labels. */
  readonly receivers: readonly string[];
}

/** Names Alertmanager's global settings and receivers by their content: what delivers alarms of AWS has the same. */
export const receiversDigest = (global: object, receivers: readonly object[]): string =>
  createHash("sha256")
    .update(JSON.stringify([global, receiversOfPeople(receivers)]))
    .digest("hex");

/** Without the heartbeat's, which is a topic: no person is told by it, and its name is that of the environment. */
export const receiversOfPeople = <One extends object>(receivers: readonly One[]): readonly One[] =>
  receivers.filter((one) => !("sns_configs" in one));

/** Characters that CloudWatch keeps of a description (API reference, PutMetricAlarm, AlarmDescription). */
const ALARM_DESCRIPTION_CHARACTERS = 1024;

/** @throws for a note that CloudWatch would refuse */
export function alarmDescription({ says, runbook, labels, receivers }: AlarmNote): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const text = `${says}\nRunbook: ${runbook}\nLabels: ${pairs.join(" ")}\nReceivers: ${receivers.join(" ")}`;
  if (text.length > ALARM_DESCRIPTION_CHARACTERS)
    throw new Error(
      `the description of an alarm has ${text.length} of ${ALARM_DESCRIPTION_CHARACTERS} characters: ${says}`,
    );
  return text;
}

/** @returns undefined for a description of another form */
export function alarmNote(description: string): AlarmNote | undefined {
  const [, says, runbook, pairs, receivers] =
    /^([^]+)\nRunbook: (\S+)\nLabels: (.*)\nReceivers: (.*)$/.exec(description) ?? [];
  if (says === undefined || runbook === undefined || pairs === undefined || receivers === undefined) return undefined;
  const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");
  const labels = words(pairs).map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]);
  return { says, runbook, labels: Object.fromEntries(labels) as Record<string, string>, receivers: words(receivers) };
}

/** Field of a stack's `//` metadata that holds {@link StackFacts}. */
export const stackMetadataField = "plimsoll";

/** Place of a stack in the platform. */
export interface StackFacts {
  readonly environment: string;
  readonly region: string;
  readonly role: "primary" | "secondary" | "global";
  readonly layer: string;
  readonly application?: string;
}

/** Whether a key of a label or annotation belongs to the platform. */
export const isPlatformKey = (key: string): boolean => key.startsWith(prefix);

const forms: Readonly<Record<AnnotationForm, (text: string) => boolean>> = {
  "json object": (text) => {
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === "object" && value !== null && !Array.isArray(value);
    } catch {
      return false;
    }
  },
  "whole number": (text) => /^\d+$/.test(text),
  text: (text) => text !== "",
};

/** @returns why the inventory cannot read an annotation of the platform; undefined where it can */
export function annotationProblem(key: string, text: string): string | undefined {
  const contract = Object.values<AnnotationContract>(annotations).find((one) => one.key === key);
  if (contract === undefined) return "the contract has no such annotation";
  return forms[contract.form](text) ? undefined : `it is not a ${contract.form}`;
}

/** @returns why a label of the platform is not known; undefined where it is */
export const labelProblem = (key: string): string | undefined =>
  Object.values<string>(label).includes(key) ? undefined : "the contract has no such label";
