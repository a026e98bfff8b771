import type { Item } from "../../item";
import type { Resource } from "../../resource";

export interface Key extends Item {
  readonly region: string | undefined;
  readonly rotation: boolean;
  readonly multiRegion: boolean;
  readonly deletionWindowDays: number | undefined;
  readonly replicas: readonly { readonly resource: Resource; readonly region: string | undefined }[];
  /** Set for aws_kms_replica_key. */
  readonly replicaOf: Resource | undefined;
  readonly aliases: readonly string[];
}
