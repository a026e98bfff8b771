import needs from "./needs.json";

/** Resources of the platform on which an action is called; what they are is read from the synthesised Terraform. */
export type ResourceKind =
  | "any"
  | "backup-buckets"
  | "backup-objects"
  | "bound-target-groups"
  | "bucket-of-cache-copies-read"
  | "cache-copies-read"
  | "cache-copies-written"
  | "cache-users"
  | "credentials-of-receivers"
  | "databases"
  | "dead-letter-queue"
  | "endpoint-parameters"
  | "heartbeat-topics"
  | "keys-of-backup-buckets"
  | "keys-of-cache-copies-read"
  | "keys-of-cache-copies-written"
  | "keys-of-credentials-of-receivers"
  | "keys-of-dead-letter-queue"
  | "keys-of-log-buckets"
  | "keys-of-notification-topic"
  | "keys-of-referenced-secrets"
  | "keys-of-replicas-of-rotated-secrets"
  | "keys-of-restored-stores"
  | "keys-of-rotated-secrets"
  | "keys-of-secrets-of-cache-copies"
  | "keys-of-secrets-of-heartbeats"
  | "keys-of-secrets-of-restore-tests"
  | "keys-of-storage-classes"
  | "keys-of-tested-backups"
  | "lists-of-tested-backups"
  | "log-buckets"
  | "log-objects"
  | "network-interfaces"
  | "node-groups"
  | "notification-topic"
  | "own-log-group"
  | "pulled-repositories"
  | "referenced-secrets"
  | "restored-caches"
  | "restored-databases"
  | "rotated-secrets"
  | "scaling-groups"
  | "secrets-of-cache-copies"
  | "secrets-of-heartbeats"
  | "secrets-of-restore-tests"
  | "snapshots"
  | "tested-backups"
  | "tested-snapshots"
  | "volumes";

export interface PermissionNeed {
  readonly actions: readonly string[];
  readonly on: ResourceKind;
  /** ARNs, for what an application declares itself. @default those of the kind `on` */
  readonly resources?: readonly string[];
  /** Condition keys that the call has beyond those of its resource. @default none */
  readonly context?: Readonly<Record<string, string>>;
  /** What is lost without the actions. */
  readonly otherwise: string;
}

/** AWS permissions that one piece of software needs. */
export interface SoftwareNeeds {
  readonly kind: "chart" | "add-on" | "node" | "control-plane" | "flow-log" | "function";
  /** Name of the chart or add-on; the end of a function's name. */
  readonly name: string;
  /** Service account whose pods call AWS; only charts and add-ons have one. */
  readonly account?: { readonly namespace: string; readonly name: string };
  /** Dotted path of the chart's value that names the account. @default none - the name is fixed */
  readonly accountValue?: string;
  readonly source: string;
  readonly needs: readonly PermissionNeed[];
}

export const softwareNeeds: readonly SoftwareNeeds[] = (needs as { software: readonly SoftwareNeeds[] }).software;
