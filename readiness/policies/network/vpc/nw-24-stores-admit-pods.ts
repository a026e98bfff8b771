import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import type { CacheGroup, DatabaseInstance } from "../../../inventory/facts/aws/stores";
import type { Item } from "../../../inventory/item";
import { itemsOf } from "../../../permissions/software";
import { add, change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import { admits, ANYWHERE, groupsOf, nodeSecurityGroups, type Peer } from "../../../policy-terms/security-groups";

/** Ports of the engines where none is written. Sources: RDS user guide, "Settings for DB instances"; ElastiCache user guide, "Creating a cluster", read 2026-11-29. */
const POSTGRES_PORT = 5432;
const VALKEY_PORT = 6379;

type Store = DatabaseInstance | CacheGroup;

const isCache = (store: Store): store is CacheGroup => "nodeType" in store;

/** Where pods and functions stand: addresses of their subnets, and groups of which they are members. */
const placesOf = (subnets: readonly Resource[], groups: readonly Resource[]): readonly (readonly Peer[])[] =>
  subnets.map((subnet) => [{ cidr: subnet.text("cidr_block") ?? "" }, ...groups.map((group) => ({ group }))]);

function admitsNodes(store: Store, platform: Platform): Verdict[] {
  const port = store.resource.number("port") ?? (isCache(store) ? VALKEY_PORT : POSTGRES_PORT);
  const own = groupsOf(store.securityGroups, platform);
  const nodes = platform.nodeGroups.filter(({ region }) => region === store.region);
  const shut = nodes.filter((group) => {
    const theirs = nodeSecurityGroups(group, platform).map(({ resource: member }) => member);
    return placesOf(group.subnets, theirs).some((peers) => !admits(own, "ingress", port, ...peers));
  });
  return [
    shut.length === 0
      ? pass(`${nodes.length} node groups reach ${port}/TCP`)
      : fail({
          expected: `ingress on ${port}/TCP from the subnets of ${shut.map(({ label }) => label).join(", ")}`,
          actual: own.length === 0 ? "no security group of the stacks" : "no rule of its security groups admits it",
          message: `pods on ${shut.length} of ${nodes.length} node groups do not reach ${store.label} on ${port}/TCP: no ingress rule admits their subnets, and every connection ends in a timeout`,
        }),
  ];
}

/** A function inside the network has only the ways out that its groups open. */
function callsOut(called: Resource, platform: Platform): Verdict[] {
  const own = groupsOf(called.resources("vpc_config.security_group_ids"), platform);
  if (!called.has("vpc_config")) return [];
  return [
    admits(own, "egress", 443, { cidr: ANYWHERE })
      ? pass("443/TCP to AWS")
      : fail({
          expected: "egress on 443/TCP to the endpoints of AWS",
          actual: "no rule of its security groups",
          message: `${called.text("function_name") ?? called.address} reaches no endpoint of AWS: no egress rule of its security groups admits 443/TCP, and every call ends in a timeout`,
        }),
  ];
}

const ingress = "aws_vpc_security_group_ingress_rule";
const egress = "aws_vpc_security_group_egress_rule";
const toStores = (port: number, region = "") =>
  resource(
    ingress,
    (block, _, stack) =>
      stack.startsWith("stores-") && stack.endsWith(region) && block["from_port"] === port && "cidr_ipv4" in block,
  );

export default policy({
  id: "NW-24",
  severity: "error",
  proves: ["CA-24", "FG-02", "XB-01"],
  title: "Databases and caches admit the pods of their region; functions reach AWS",
  because:
    "without its rule a store drops every connection: each pod starts, waits for its database until it is killed, and the region serves nothing",
  remedy:
    "keep the rules of StoreNetwork: 5432 and 6379 from each private subnet of the region, and 443 out of the functions' groups",
  subjects: (platform): readonly Item[] => [
    ...platform.databases,
    ...platform.caches,
    ...itemsOf(platform, "aws_lambda_function").filter(({ resource: called }) => called.has("vpc_config")),
  ],
  check: (item, platform) => {
    const store = [...platform.databases, ...platform.caches].find((one) => one === item);
    return store ? admitsNodes(store, platform) : callsOut(item.resource, platform);
  },
  mutants: [
    remove("no pod reaches its database", toStores(POSTGRES_PORT)),
    remove("no pod reaches its cache", toStores(VALKEY_PORT)),
    remove("no pod of the secondary reaches its database", toStores(POSTGRES_PORT, "eu-west-1")),
    change("rules of UDP", toStores(POSTGRES_PORT), set("ip_protocol", "udp")),
    change("a database on another port than its rules", resource("aws_db_instance"), set("port", 5433)),
    change("a cache on another port than its rules", resource("aws_elasticache_replication_group"), set("port", 6380)),
    change(
      "the group of no stack",
      resource("aws_db_instance"),
      set("vpc_security_group_ids", ["sg-0123456789abcdef0"]),
    ),
    change("caches without a group", resource("aws_elasticache_replication_group"), unset("security_group_ids")),
    remove(
      "functions without a way to AWS",
      resource(egress, (block, _, stack) => stack.startsWith("stores-") && block["from_port"] === 443),
    ),
  ],
  boundary: {
    holds: add("a rule beside those that are there", /^stores-/, ingress, "more", {
      security_group_id: "${aws_security_group.network_databases_3A74E643.id}",
      cidr_ipv4: "10.0.0.0/18",
      ip_protocol: "tcp",
      from_port: POSTGRES_PORT,
      to_port: POSTGRES_PORT + 1,
    }),
    breaks: remove(
      "one zone's rule is gone",
      resource(ingress, (_, id) => /databases-.*a_/.test(id)),
    ),
  },
});
