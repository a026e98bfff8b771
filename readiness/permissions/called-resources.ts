import type { ResourceKind } from "../../catalog/permissions/needs";
import type { Platform } from "../inventory/platform";
import { bucketFinders } from "./called/buckets";
import { clusterFinders } from "./called/cluster";
import { messageFinders } from "./called/messages";
import type { CalledResource, Find } from "./called/resource";
import { restoreTestFinders } from "./called/restore-tests";
import { secretFinders } from "./called/secrets";
import { storeFinders } from "./called/stores";
import type { Software } from "./software";

/** Where each kind of resource is found in the platform. */
const finders: Readonly<Record<ResourceKind, Find>> = {
  any: () => [{ arn: "*", label: "any resource" }],
  ...bucketFinders,
  ...clusterFinders,
  ...messageFinders,
  ...restoreTestFinders,
  ...secretFinders,
  ...storeFinders,
};

/** Resources of a kind that the software calls; the same one counts once. */
export function calledResources(kind: ResourceKind, software: Software, platform: Platform): readonly CalledResource[] {
  const found = finders[kind](software, platform);
  return [...new Map(found.map((one) => [one.arn, one])).values()];
}
