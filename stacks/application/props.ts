import type { ImageLock } from "../../config/images/lock";
import type { ClusterAccess } from "../../constructs/kubernetes/kubernetes-stack";
import type { StoresStack } from "../stores/stack";
import type { EntryProps } from "./entry";

export interface ApplicationStackProps {
  readonly access: ClusterAccess;
  readonly clusterArn: string;
  readonly vpcId: string;
  readonly loadBalancer: EntryProps["loadBalancer"] & { readonly cidrs: readonly string[] };
  readonly images: ImageLock;
  /** Databases and caches of the region. */
  readonly stores: StoresStack;
}
