import type { ResourceKind } from "../../../catalog/permissions/needs";
import { arnOf } from "../../inventory/arns";
import { objectOf, textOf } from "../../inventory/json";
import { accountOf, type Find, key, keysIn, via } from "./resource";

/** Buckets of backups and logs, what they hold, and their keys. */
export const bucketFinders = {
  "backup-buckets": (software, platform) => backupBuckets(software, platform),
  "backup-objects": (software, platform) =>
    backupBuckets(software, platform).map((one) => ({ ...one, arn: `${one.arn}/object` })),
  "keys-of-backup-buckets": (software, platform) =>
    keysIn(
      backupBuckets(software, platform).flatMap(({ resource }) => resource ?? []),
      platform,
    ),
  "log-buckets": (software, platform) => logBuckets(software, platform),
  "log-objects": (software, platform) =>
    logBuckets(software, platform).map((one) => ({ ...one, arn: `${one.arn}/object` })),
  "keys-of-log-buckets": (software, platform) =>
    logBuckets(software, platform).flatMap(({ resource }) => {
      const bucket = platform.buckets.find((one) => one.resource === resource);
      return key(bucket?.key?.resource, platform, via("s3", bucket?.region ?? ""));
    }),
} as const satisfies Readonly<Partial<Record<ResourceKind, Find>>>;

const backupBuckets: Find = ({ item }, platform) =>
  platform.backups
    .filter(({ resource }) => resource === item.resource)
    .flatMap(({ locations }) => locations)
    .map(({ bucket, bucketName = "unnamed" }) => ({
      arn: bucket ? (arnOf(bucket, accountOf(platform)) ?? "*") : `arn:aws:s3:::${bucketName}`,
      label: `bucket ${bucketName}`,
      ...(bucket ? { resource: bucket } : {}),
    }));

/** Bucket that Loki's values name: a resource of the platform, or a name of one. */
const logBuckets: Find = ({ item }, platform) => {
  const release = platform.releases.find(({ resource }) => resource === item.resource);
  const storage = objectOf(objectOf(release?.values["loki"])["storage"]);
  const name = textOf(objectOf(storage["bucketNames"])["chunks"]);
  const bucket = platform.buckets.find((one) => one.name === name)?.resource;
  return name === undefined
    ? []
    : [{ arn: `arn:aws:s3:::${name}`, label: `bucket ${name}`, ...(bucket ? { resource: bucket } : {}) }];
};
