import type { Resource } from "../../../inventory/resource";
import { equals, holds, oneOf } from "../../../policy/comparison";
import { change, resource, set, together } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { notApplicable, type Verdict } from "../../../policy/verdict";

const members = resource("aws_elasticache_user");
const groups = resource("aws_elasticache_user_group");

/** Ways in which a user of Valkey may authenticate. Source: ElastiCache user guide, RBAC with Valkey, read 2026-11-29. */
const AUTHENTICATED = ["iam", "password"];

/** How a user logs in, as CreateUser is asked for it. */
const authentication = (user: Resource): string =>
  user.flag("no_password_required") === true
    ? "no-password-required"
    : (user.text("authentication_mode.type") ?? (user.has("passwords") ? "password" : "none"));

const named = (user: Resource): string => user.text("user_name") ?? user.name;

function ofValkey(group: Resource, users: readonly Resource[]): Verdict[] {
  return users.flatMap((user) => [
    oneOf(AUTHENTICATED, authentication(user), `authentication of ${named(user)}, which Valkey demands`),
    ...(authentication(user) === "iam"
      ? [equals(user.text("user_id") ?? "none", named(user), `name of ${user.name}: with IAM it is the id`)]
      : []),
    oneOf(["valkey", "redis"], user.text("engine") ?? "none", `engine of ${named(user)} in ${group.name}`),
  ]);
}

const ofRedis = (users: readonly Resource[]): Verdict[] => [
  holds(
    users.some((user) => named(user) === "default"),
    "a user named default, which a group of Redis OSS needs",
    "none",
  ),
  ...users.map((user) => equals("redis", user.text("engine") ?? "none", `engine of ${named(user)}`)),
];

export default policy({
  id: "DR-41",
  severity: "error",
  proves: ["CA-23", "FG-03"],
  title: "ElastiCache accepts the users of each cache",
  because:
    "AWS refuses a user of Valkey without a password or IAM, and a group of Redis OSS without its default user: the first deployment then stops before the cache, and everything that waits for its address with it",
  remedy:
    "make caches with ValkeyCache: one user with authentication; Valkey switches the default user off by itself, so no group needs one",
  subjects: (platform) => platform.caches,
  check: (cache) => {
    if (cache.userGroups.length === 0) return notApplicable("it has no users: DR-20 refuses that");
    const engine = cache.resource.text("engine") ?? "redis";
    return cache.userGroups.flatMap((group) => {
      const users = group.resources("user_ids");
      const own = group.text("engine") ?? "none";
      return [
        oneOf(engine === "valkey" ? ["valkey", "redis"] : ["redis"], own, `engine of its user group ${group.name}`),
        ...(own === "valkey" ? ofValkey(group, users) : ofRedis(users)),
      ];
    });
  },
  mutants: [
    change("a user without a password", members, (block) => {
      delete block["authentication_mode"];
      block["no_password_required"] = true;
    }),
    change("no password is asked for", members, set("authentication_mode.type", "no-password-required")),
    change("no way to log in", members, (block) => {
      delete block["authentication_mode"];
    }),
    change("another name than the id", members, set("user_name", "worker")),
    change("a group of Redis OSS without its default user", groups, set("engine", "redis")),
    change("users of Valkey for Redis OSS", resource("aws_elasticache_replication_group"), set("engine", "redis")),
  ],
  boundary: {
    holds: change("a password", members, (block) => {
      block["authentication_mode"] = { type: "password" };
    }),
    breaks: together(
      "a password that is not demanded",
      change("a password", members, set("authentication_mode.type", "password")),
      change("not demanded", members, set("no_password_required", true)),
    ),
  },
});
