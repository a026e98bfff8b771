import type { ResourceKind } from "../../../catalog/permissions/needs";
import {
  keysOfTested,
  listsOfTestedBackups,
  readsSnapshots,
  restoredNames,
  secretsOfTests,
} from "../restore-resources";
import { accountOf, called, type Find, key, keyIn, keysIn, secretCalled, via } from "./resource";

/** What restore tests read and make. */
export const restoreTestFinders = {
  "secrets-of-restore-tests": ({ item, region }, platform) =>
    secretsOfTests(item, platform).map((secret) => secretCalled(secret, region, platform)),
  "keys-of-secrets-of-restore-tests": ({ item, region }, platform) =>
    secretsOfTests(item, platform).flatMap((secret) =>
      key(keyIn(secret, region), platform, via("secretsmanager", region)),
    ),
  "restored-databases": ({ item, region }, platform) =>
    restoredNames(item, platform, "database").map((name) => ({
      arn: `arn:aws:rds:${region}:${accountOf(platform)}:db:${name}`,
      label: `database ${name}`,
    })),
  "restored-caches": ({ item, region }, platform) =>
    restoredNames(item, platform, "cache").map((name) => ({
      arn: `arn:aws:elasticache:${region}:${accountOf(platform)}:replicationgroup:${name}`,
      label: `cache ${name}`,
    })),
  "tested-backups": ({ item, region }, platform) =>
    restoredNames(item, platform, "database").length === 0
      ? []
      : [{ arn: `arn:aws:rds:${region}:${accountOf(platform)}:auto-backup:ab-0`, label: "automated backups" }],
  "tested-snapshots": ({ item, region }, platform) =>
    readsSnapshots(item, platform)
      ? [{ arn: `arn:aws:elasticache:${region}:${accountOf(platform)}:snapshot:automatic`, label: "cache snapshots" }]
      : [],
  "keys-of-restored-stores": ({ item, region }, platform) =>
    keysOfTested(item, region, platform).flatMap(({ key: resource, service }) =>
      key(resource, platform, { ...via(service, region), "kms:GrantIsForAWSResource": "true" }),
    ),
  "lists-of-tested-backups": ({ item, region }, platform) =>
    listsOfTestedBackups(item, region, platform).map(({ bucket, key: object }) => {
      const one = called(bucket, platform);
      return { ...one, arn: `${one.arn}/${object}` };
    }),
  "keys-of-tested-backups": ({ item, region }, platform) =>
    keysIn(
      listsOfTestedBackups(item, region, platform).map(({ bucket }) => bucket),
      platform,
    ),
} as const satisfies Readonly<Partial<Record<ResourceKind, Find>>>;
