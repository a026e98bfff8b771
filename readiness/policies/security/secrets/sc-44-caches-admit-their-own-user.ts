import type { CacheGroup } from "../../../inventory/facts/aws/stores";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import { holds } from "../../../policy/comparison";
import { change, resource, set, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import type { Verdict } from "../../../policy/verdict";

const usersOf = ({ userGroups }: CacheGroup): readonly Resource[] =>
  userGroups.flatMap((group) => group.resources("user_ids"));

/** Caches of the region that the same group or user admits to. */
const sharing = (cache: CacheGroup, platform: Platform): readonly CacheGroup[] =>
  platform.caches.filter(
    (other) =>
      other !== cache &&
      other.region === cache.region &&
      (other.userGroups.some((one) => cache.userGroups.includes(one)) ||
        usersOf(other).some((one) => usersOf(cache).includes(one))),
  );

const caches = resource("aws_elasticache_replication_group");
const inSecondary = resource("aws_elasticache_replication_group", (_block, _id, stack) => stack.endsWith("-eu-west-1"));
const users = resource("aws_elasticache_user");
const groups = resource("aws_elasticache_user_group");

export default policy({
  id: "SC-44",
  severity: "error",
  proves: ["CA-23", "FL-23"],
  title: "Each cache admits one user of its own",
  because: "with another cache's group its own application is locked out, and another one reads its entries",
  remedy: "make caches with ValkeyCache, which makes user and group of one name",
  subjects: (platform) => platform.caches,
  check: (cache, platform): readonly Verdict[] => {
    const all = usersOf(cache);
    const named = all.filter((one) => one.text("user_name") !== "default");
    return [
      holds(named.length === 1, "one user beside the default one", `${named.length}`),
      ...["user_name", "user_id"].map((argument) =>
        holds(
          cache.identifier !== undefined && named[0]?.text(argument) === cache.identifier,
          `${argument} ${cache.identifier ?? "of the cache"}`,
          named[0]?.text(argument) ?? "none",
        ),
      ),
      holds(
        sharing(cache, platform).length === 0,
        "a group and users of its own",
        sharing(cache, platform)
          .map(({ identifier }) => identifier)
          .join(", ") || "its own",
      ),
    ];
  },
  mutants: [
    change("no users", caches, set("user_group_ids", [])),
    change("a group that is not there, in the secondary", inSecondary, set("user_group_ids", ["ghost"])),
    change("a user of another name", users, set("user_name", "other")),
    change("a user of another id", users, set("user_id", "other")),
    change("a group without users", groups, set("user_ids", [])),
  ],
  boundary: {
    holds: change("other rights", users, set("access_string", "on ~* +@read")),
    breaks: change(
      "one letter more",
      users,
      update("user_name", (name) => `${String(name)}x`),
    ),
  },
});
