import type { Item } from "../../item";
import type { Reference, Resource } from "../../resource";

export interface Secret extends Item {
  readonly name: string | undefined;
  readonly region: string | undefined;
  readonly key: Reference | undefined;
  readonly replicas: readonly { readonly region: string | undefined; readonly key: Reference | undefined }[];
  readonly rotation: SecretRotation | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly recoveryWindowDays: number | undefined;
  /** Resources that write a value from the configuration into it. */
  readonly versions: readonly Resource[];
}

export interface SecretRotation {
  readonly resource: Resource;
  readonly days: number | undefined;
  readonly schedule: string | undefined;
  readonly immediately: boolean;
  /** The function that makes the value. */
  readonly rotator: Resource | undefined;
}
