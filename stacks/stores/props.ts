import type { LoadedApplication } from "../../config/application/load";
import type { ClusterStack } from "../cluster";
import type { DataStack } from "../data";
import type { NetworkStack } from "../network";

/** What the stores of a region are made from. */
export interface StoresStackProps {
  readonly network: NetworkStack;
  readonly cluster: ClusterStack;
  readonly data: { readonly own: DataStack; readonly other: DataStack };
  readonly applications: readonly LoadedApplication[];
}
