import type { Item } from "../inventory/item";
import type { Platform } from "../inventory/platform";
import type { Resource } from "../inventory/resource";
import type { Secret } from "../inventory/facts/aws/secrets";
import { restoreTests, type TestedStore } from "../figures/recovery/restore-tests";

/** Stores that the function restores in tests. */
const testedBy = ({ resource }: Item, platform: Platform): readonly TestedStore[] =>
  restoreTests(platform)
    .filter(({ check }) => check === resource)
    .flatMap(({ stores }) => stores);

const testedOf = (item: Item, platform: Platform, kind: TestedStore["kind"]): readonly TestedStore[] =>
  testedBy(item, platform).filter((store) => store.kind === kind);

/** ARNs of what a test makes, without the account's part. */
export const restoredNames = (item: Item, platform: Platform, kind: TestedStore["kind"]): readonly string[] =>
  testedOf(item, platform, kind).flatMap(({ scratch }) => scratch ?? []);

/** Whether the function reads snapshots of caches. */
export const readsSnapshots = (item: Item, platform: Platform): boolean =>
  testedBy(item, platform).some(({ source }) => source === "snapshot");

/** Secrets with the passwords of the stores. */
export function secretsOfTests(item: Item, platform: Platform): readonly Secret[] {
  const names = new Set(testedBy(item, platform).map(({ secret }) => secret));
  return platform.secrets.filter(({ name }) => name !== undefined && names.has(name));
}

/** Keys that encrypt the stores of the region, and with them what is restored; with the service that uses each. */
export function keysOfTested(
  item: Item,
  region: string,
  platform: Platform,
): readonly { readonly key: Resource; readonly service: "rds" | "elasticache" }[] {
  const own = (kind: TestedStore["kind"]) =>
    new Set(testedOf(item, platform, kind).map(({ identifier }) => identifier));
  const [databases, caches] = [own("database"), own("cache")];
  return [
    ...platform.databases
      .filter((one) => one.region === region && databases.has(one.identifier))
      .flatMap(({ key }) => (key?.resource ? [{ key: key.resource, service: "rds" as const }] : [])),
    ...platform.caches
      .filter((one) => one.region === region && caches.has(one.identifier))
      .flatMap(({ key }) => (key?.resource ? [{ key: key.resource, service: "elasticache" as const }] : [])),
  ];
}

/** Buckets of the locations that namespaces are restored from, with the key of a backup's list of objects (Velero 1.18, pkg/persistence/object_store_layout.go). */
export function listsOfTestedBackups(
  item: Item,
  region: string,
  platform: Platform,
): readonly { readonly bucket: Resource; readonly key: string }[] {
  const locations = platform.backups.filter((one) => one.region === region).flatMap((one) => one.locations);
  return testedOf(item, platform, "namespace").flatMap(({ location, prefix }) =>
    locations
      .filter(({ name }) => name === location)
      .flatMap(({ bucket }) =>
        bucket ? [{ bucket, key: `${prefix ?? "none"}/backups/backup/backup-resource-list.json.gz` }] : [],
      ),
  );
}
