import type { ResourceKind } from "../../../catalog/permissions/needs";
import { arrayOf, isObject, objectOf, textOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Resource } from "../../inventory/resource";
import { changedDatabases, changedUsers, copiesBucket, secretsOfCopies, secretsOfHeartbeats } from "../store-resources";
import { accountOf, called, type CalledResource, type Find, key, keyIn, keysIn, secretCalled, via } from "./resource";

/** Databases and caches, their copies. */
export const storeFinders = {
  "cache-copies-read": ({ item, region }, platform) => objectsIn(copiesBucket(item, region, "read"), platform),
  "cache-copies-written": ({ item, region }, platform) => objectsIn(copiesBucket(item, region, "written"), platform),
  "bucket-of-cache-copies-read": ({ item, region }, platform) =>
    copiesBucket(item, region, "read").map((one) => ({
      ...called(one, platform),
      context: { "s3:prefix": "caches/a/b/" },
    })),
  "keys-of-cache-copies-read": ({ item, region }, platform) => keysIn(copiesBucket(item, region, "read"), platform),
  "keys-of-cache-copies-written": ({ item, region }, platform) =>
    keysIn(copiesBucket(item, region, "written"), platform),
  "cache-users": ({ item }, platform) =>
    changedUsers(item, platform).map((user) => ({
      ...called(user, platform),
      context: { "aws:RequestedRegion": user.region ?? "" },
    })),
  databases: ({ item, region }, platform) =>
    changedDatabases(item, region, platform).map((database) => called(database, platform)),
  "secrets-of-cache-copies": ({ item, region }, platform) =>
    secretsOfCopies(item, platform).map((secret) => secretCalled(secret, region, platform)),
  "keys-of-secrets-of-cache-copies": ({ item, region }, platform) =>
    secretsOfCopies(item, platform).flatMap((secret) =>
      key(keyIn(secret, region), platform, via("secretsmanager", region)),
    ),
  "secrets-of-heartbeats": ({ item, region }, platform) =>
    secretsOfHeartbeats(item, platform).map((secret) => secretCalled(secret, region, platform)),
  "keys-of-secrets-of-heartbeats": ({ item, region }, platform) =>
    secretsOfHeartbeats(item, platform).flatMap((secret) =>
      key(keyIn(secret, region), platform, via("secretsmanager", region)),
    ),
  "endpoint-parameters": ({ item, region }, platform) =>
    parsedList(item.resource.expanded("environment.variables.ENDPOINTS")).map((endpoint) => {
      const name = textOf(objectOf(endpoint)["parameter"]) ?? "";
      return { arn: `arn:aws:ssm:${region}:${accountOf(platform)}:parameter${name}`, label: `parameter ${name}` };
    }),
} as const satisfies Readonly<Partial<Record<ResourceKind, Find>>>;

const objectsIn = (buckets: readonly Resource[], platform: Platform): readonly CalledResource[] =>
  buckets.map((bucket) => {
    const one = called(bucket, platform);
    return { ...one, arn: `${one.arn}/caches/application/cache/copy.gz` };
  });

function parsedList(text: string | undefined): readonly object[] {
  try {
    const parsed: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(parsed) ? arrayOf(parsed as never).filter(isObject) : [];
  } catch {
    return [];
  }
}
