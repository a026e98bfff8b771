import type { LoadedApplication } from "../../config/application/load";
import type { DeliveredBy } from "../../constructs/aws/alarm-delivery";
import type { ClusterStack } from "../cluster";
import type { DataStack } from "../data";
import type { NetworkStack } from "../network";

/** What the stores of a region are made from. */
export interface StoresStackProps {
  readonly network: NetworkStack;
  readonly cluster: ClusterStack;
  readonly data: { readonly own: DataStack; readonly other: DataStack };
  /** What delivers the alarms of the region. */
  readonly delivery: DeliveredBy;
  readonly applications: readonly LoadedApplication[];
}
