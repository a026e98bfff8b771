import type { Resource } from "../../../inventory/resource";
import type { Platform } from "../../../inventory/platform";
import type { CacheGroup, DatabaseInstance } from "../../../inventory/facts/aws/stores";
import { equals, holds } from "../../../policy/comparison";
import { change, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";

const databases = resource("aws_db_instance");
const caches = resource("aws_elasticache_replication_group");
const parameters = resource("aws_db_parameter_group");
const members = resource("aws_elasticache_user");
const rules = resource("aws_vpc_security_group_ingress_rule", (_, __, stack) => stack.startsWith("stores-"));

export default policy({
  id: "DR-20",
  severity: "error",
  proves: ["FG-02", "FG-03", "CA-23", "XB-01"],
  title: "Stores speak TLS only, are encrypted, and are reached from private subnets only",
  because: "a password that travels in the clear, or a port that is open to a wider network, opens every record",
  remedy: "make stores with PostgresDatabase and ValkeyCache, in the StoreNetwork of their region",
  equivalents: ["checkov CKV_AWS_17", "checkov CKV_AWS_16", "checkov CKV_AWS_30", "checkov CKV_AWS_31"],
  subjects: (platform): readonly (DatabaseInstance | CacheGroup)[] => [...platform.databases, ...platform.caches],
  check: (store, platform) => [
    ...("nodeType" in store ? ofCache(store, platform) : ofDatabase(store, platform)),
    ...reached(store, platform),
  ],
  mutants: [
    change("a public address", databases, set("publicly_accessible", true)),
    change("databases in the clear", databases, set("storage_encrypted", false)),
    change("the key of no stack", databases, set("kms_key_id", "alias/aws/rds")),
    change("TLS is optional", parameters, set("parameter.0.value", "0")),
    change("RDS's own parameters", databases, unset("parameter_group_name")),
    change("caches in the clear", caches, set("at_rest_encryption_enabled", "false")),
    change("caches without TLS", caches, set("transit_encryption_enabled", false)),
    change("caches that also speak plain text", caches, set("transit_encryption_mode", "preferred")),
    change("caches without users", caches, unset("user_group_ids")),
    change("the default user is let in", members, set("user_name", "default")),
    change("no client is let in", members, set("access_string", "off ~* +@all")),
    change(
      "no client is let in, in the secondary",
      resource("aws_elasticache_user", (_, __, stack) => stack.endsWith("eu-west-1")),
      set("access_string", "off ~* +@all"),
    ),
    change("open to the world", rules, set("cidr_ipv4", "0.0.0.0/0")),
    change("open to another network", rules, set("cidr_ipv4", "192.168.0.0/24")),
    change("open to a group of no stack", rules, (block) => {
      unset("cidr_ipv4")(block);
      set("referenced_security_group_id", "sg-0123456789")(block);
    }),
    change("the default security group", databases, unset("vpc_security_group_ids")),
  ],
  boundary: {
    holds: change("a private subnet of the region", rules, set("description", "nodes")),
    breaks: change("the region's whole network", rules, (block) => {
      set("cidr_ipv4", String(block["cidr_ipv4"]).replace(/^(\d+)\.(\d+)\..*/, "$1.$2.0.0/16"))(block);
    }),
  },
});

const keyed = (store: DatabaseInstance | CacheGroup, platform: Platform): Verdict =>
  equals(
    store.region,
    platform.keys.find(({ resource: key }) => key === store.key?.resource)?.region ?? "no key of the stacks",
    "region of the key that encrypts it",
  );

const ofDatabase = (database: DatabaseInstance, platform: Platform): Verdict[] => [
  holds(!database.publiclyAccessible, "no public address", "publicly_accessible"),
  holds(database.encrypted, "storage_encrypted", "not encrypted"),
  keyed(database, platform),
  equals("1", database.parameters["rds.force_ssl"] ?? "not set", "parameter rds.force_ssl"),
];

const ofCache = (cache: CacheGroup, platform: Platform): Verdict[] => [
  holds(cache.encryptedAtRest, "at_rest_encryption_enabled", "not encrypted"),
  keyed(cache, platform),
  holds(cache.encryptedInTransit, "transit_encryption_enabled", "plain text"),
  equals("required", cache.transitMode ?? "required", "transit_encryption_mode"),
  holds(cache.userGroups.length > 0, "a user group, so that a password is asked for", "none"),
  ...cache.userGroups.flatMap(users),
];

/** ElastiCache lets in who is on: every client begins as the default user. */
function users(group: Resource): Verdict[] {
  const all = group.resources("user_ids");
  const on = all.filter((user) => /^on\b/.test(user.text("access_string") ?? ""));
  const open = on.filter((user) => user.text("user_name") === "default" || user.flag("no_password_required") === true);
  return [
    holds(
      on.length > open.length,
      "a user who is on (access_string) and asked for a password",
      `none of ${all.map((user) => user.text("user_name") ?? user.name).join(", ") || "no users"}: every client is refused`,
    ),
    equals(
      [],
      open.map((user) => user.text("user_name") ?? user.name),
      "users who are let in without a password",
    ),
  ];
}

/** Every rule of its groups names one private subnet of the region, or a group of the stacks. */
function reached(store: DatabaseInstance | CacheGroup, platform: Platform): Verdict[] {
  if (store.securityGroups.length === 0) return [fail({ expected: "security groups of the stacks", actual: "none" })];
  const privately = platform.networks
    .filter(({ region }) => region === store.region)
    .flatMap(({ subnets }) => subnets)
    .filter(({ access }) => access === "private")
    .flatMap(({ cidr }) => cidr ?? []);
  const rulesOf = (group: Resource): readonly Resource[] =>
    platform
      .ofType("aws_vpc_security_group_ingress_rule")
      .filter((rule) => rule.resource("security_group_id") === group);
  const wide = store.securityGroups.flatMap(rulesOf).filter((rule) => {
    const cidr = rule.text("cidr_ipv4");
    return cidr === undefined ? rule.resource("referenced_security_group_id") === undefined : !privately.includes(cidr);
  });
  const own = store.securityGroups.filter((group) => group.has("ingress"));
  if (wide.length === 0 && own.length === 0) return [pass(`${privately.length} private subnets may reach it`)];
  return [...wide, ...own].map((rule) =>
    fail({
      expected: `ingress from a private subnet of ${store.region ?? "the region"}`,
      actual: rule.text("cidr_ipv4") ?? rule.address,
    }),
  );
}
