import type { Construct } from "constructs";
import type { Cache } from "../../config/application/parts/store";
import { configured } from "../../config/site";
import { PlatformFunction } from "../../constructs/aws/functions/platform-function";
import { secretName } from "../data";
import { copyPrefix, type Named } from "./named-stores";
import { cacheCopyPermissions } from "./permissions";
import type { RegionStores } from "./region-stores";

/** Where stores accept writes it copies by schedule into the other region; in the standby the promotion loads from there. */
export function addCacheCopies(
  scope: Construct,
  stores: RegionStores,
  caches: readonly Named<Cache>[],
): PlatformFunction {
  const { site, props, writes } = stores;
  const { environment, region } = site;
  const { own, other } = props.data;
  const target = writes ? other : own;
  return new PlatformFunction(scope, "cache-copy", {
    environment,
    name: `${environment.organisation}-${environment.name}-${region.name}-cache-copy`,
    description: "Copies the entries of persistent caches into the other region, and loads such copies",
    source: "cache-copy",
    shared: ["cache-copies.mjs", "redis.mjs"],
    keyArn: stores.keyArn,
    network: stores.functionNetwork,
    memoryMiB: 1024,
    timeoutSeconds: 300,
    variables: {
      BUCKET: target.backups.bucketName,
      BUCKET_REGION: target.site.region.name,
      CACHES: JSON.stringify(
        caches.map(({ application, name, secret }) => ({
          name: `${application.application.name}/${name}`,
          secret: secretName(stores.site, application.application.name, secret),
          prefix: copyPrefix(application.application.name, name),
          ...stores.endpointOf(application.application.name, name),
        })),
      ),
    },
    statements: cacheCopyPermissions(stores.site, own.key.arn, target, stores.writes),
    ...(stores.writes ? { schedule: `rate(${copyMinutes(caches)} minutes)` } : {}),
    topicArn: stores.topicArn,
    failureMeans: `The entries of a persistent cache in ${region.name} were not copied or loaded`,
    declaration: configured(environment, ""),
  });
}

/** Half of the shortest RPO, so that one failed copy costs nothing that is promised; at least 10 minutes, at most 6 hours. */
const copyMinutes = (caches: readonly { readonly store: Cache }[]): number =>
  Math.min(360, Math.max(10, Math.floor(Math.min(...caches.map(({ store }) => store.rpoMinutes)) / 2)));
