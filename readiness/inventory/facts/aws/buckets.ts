import type { Item } from "../../item";
import type { Reference, Resource } from "../../resource";

export interface Bucket extends Item {
  readonly name: string | undefined;
  readonly region: string | undefined;
  readonly versioning: boolean;
  readonly encryption: string | undefined;
  readonly key: Reference | undefined;
  readonly publicAccessBlocked: boolean;
  readonly objectLock: { readonly mode: string | undefined; readonly days: number | undefined } | undefined;
  readonly lifecycleRules: readonly {
    readonly id: string | undefined;
    readonly enabled: boolean;
    readonly expirationDays: number | undefined;
    /** Whether it removes current objects, after days or from a date on. */
    readonly expires: boolean;
    readonly noncurrentDays: number | undefined;
    readonly abortUploadDays: number | undefined;
    readonly transitions: readonly string[];
  }[];
  readonly replication: readonly { readonly destination: Resource | undefined; readonly enabled: boolean }[];
  readonly preventDestroy: boolean;
}
