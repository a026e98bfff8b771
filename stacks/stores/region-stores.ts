import type { Site } from "../../config/site";
import type { StoreEndpoint } from "./endpoint";
import type { StoresStackProps } from "./props";

/** The stores of one region, as what is built around them sees them. */
export interface RegionStores {
  readonly site: Site;
  readonly props: StoresStackProps;
  /** Whether the region is the one that accepts writes. */
  readonly writes: boolean;
  readonly keyArn: string;
  /** Topic of failures. */
  readonly topicArn: string;
  /** Of functions that connect to stores. */
  readonly functionNetwork: { readonly subnetIds: string[]; readonly securityGroupId: string };
  /** @throws for a store that no application declares */
  endpointOf(application: string, store: string): StoreEndpoint;
}
