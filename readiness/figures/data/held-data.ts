import { protectedTypes } from "../../../catalog/provider-traits";
import type { Platform } from "../../inventory/platform";
import { perPlatform } from "../per-platform";

/** Types of resources that hold something which cannot be made again from the code. */
export const statefulTypes = protectedTypes();

/** Arguments that no update changes: another value is another resource, and Terraform destroys the first. */
const identities = [
  "bucket",
  "name",
  "identifier",
  "replication_group_id",
  "db_name",
  "engine",
  "multi_region",
] as const;

/** What holds data, by `<stack>/<address>`, with what identifies it; claims by `<region>/claim/<namespace>/<workload>/<volume>`. */
export type HeldData = Readonly<Record<string, string>>;

/** Everything of the platform that is gone when Terraform destroys it, sorted. */
export const heldDataOf = perPlatform((platform: Platform): HeldData => {
  const resources = platform
    .ofType(...statefulTypes)
    .map((item): [string, string] => [
      `${item.stack}/${item.address}`,
      identities
        .flatMap((name) => (item.has(name) ? [`${name} ${item.expanded(name) ?? String(item.flag(name))}`] : []))
        .join(", "),
    ]);
  const claims = platform.workloads.flatMap(({ region, namespace, name, volumeClaimTemplates }) =>
    volumeClaimTemplates.map((claim): [string, string] => [
      `${region}/claim/${namespace}/${name}/${claim.name}`,
      `${claim.storageMiB ?? "?"} MiB, class ${claim.storageClass ?? "default"}`,
    ]),
  );
  return Object.fromEntries([...resources, ...claims].sort(([a], [b]) => (a < b ? -1 : 1)));
});

/** Data of `before` that `after` no longer has, or has as something else. */
export function lostData(
  before: HeldData,
  after: HeldData,
): { readonly address: string; readonly was: string; readonly is: string }[] {
  return Object.entries(before)
    .filter(([address, was]) => after[address] !== was)
    .map(([address, was]) => ({ address, was, is: after[address] ?? "nothing" }));
}
