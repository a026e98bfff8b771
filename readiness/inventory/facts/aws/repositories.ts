import type { Item } from "../../item";

export interface Repository extends Item {
  readonly name: string | undefined;
  readonly region: string | undefined;
  readonly immutableTags: boolean;
  readonly scansOnPush: boolean;
  readonly encryption: string | undefined;
  readonly hasLifecycle: boolean;
  /** Regions that the registry of its region replicates it to. */
  readonly replicatedTo: readonly string[];
}
