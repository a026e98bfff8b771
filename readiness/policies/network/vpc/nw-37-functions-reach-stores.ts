import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import { itemsOf } from "../../../permissions/software";
import { atLeast, holds } from "../../../policy/comparison";
import { change, type JsonObject, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";
import { admits, ANYWHERE, groupsOf, type Peer } from "../../../policy-terms/security-groups";

/** Every function of the platform calls AWS, or the API server, by HTTPS. */
const HTTPS = 443;

/** Stores whose endpoint a variable of the function names, with what admits to them. */
function storesOf(called: Resource, { databases, caches }: Platform) {
  const named = called.resources("environment.variables");
  return [
    ...databases.map((one) => ({ ...one, port: one.resource.number("port") ?? 5432 })),
    ...caches.map((one) => ({ ...one, port: one.resource.number("port") ?? 6379 })),
  ].filter(({ resource: store }) => named.includes(store));
}

function reaches(called: Resource, platform: Platform): Verdict[] {
  const own = groupsOf(called.resources("vpc_config.security_group_ids"), platform);
  if (own.length === 0) return [fail({ expected: "a security group of the stacks", actual: "none" })];
  const subnets = called.resources("vpc_config.subnet_ids");
  const here: readonly Peer[] = [
    ...subnets.map((one) => ({ cidr: one.text("cidr_block") ?? "" })),
    ...own.map(({ resource: group }) => ({ group })),
  ];
  const outside = holds(
    admits(own, "egress", HTTPS, { cidr: ANYWHERE }),
    "HTTPS to AWS's endpoints",
    "no egress rule for it",
  );
  const stores = storesOf(called, platform).flatMap(({ label, port, securityGroups }) => {
    const theirs = groupsOf(securityGroups, platform);
    const there: readonly Peer[] = [
      ...subnets.map((one) => ({ cidr: one.text("cidr_block") ?? "" })),
      ...theirs.map(({ resource: group }) => ({ group })),
    ];
    return [
      holds(
        admits(own, "egress", port, ...there),
        `a way out to ${label} on ${port}/TCP`,
        "no egress rule of its security group",
      ),
      holds(
        admits(theirs, "ingress", port, ...here),
        `a way into ${label} on ${port}/TCP`,
        "no ingress rule of the store's security group",
      ),
    ];
  });
  return [outside, ...stores];
}

/** A function has no public address: only a private subnet has a way out for it. */
function placed(called: Resource, { networks }: Platform): Verdict[] {
  const chosen = called.resources("vpc_config.subnet_ids");
  const known = networks.flatMap(({ subnets }) => subnets).filter(({ resource: one }) => chosen.includes(one));
  const outside = known.filter(({ access }) => access !== "private");
  return [
    atLeast(2, new Set(known.map(({ zone }) => zone)).size, "zones of its subnets"),
    holds(outside.length === 0, "private subnets", outside.map(({ label }) => label).join(", ")),
  ];
}

const inVpc = resource("aws_lambda_function", (block) => block["vpc_config"] !== undefined);
const inSecondary = resource(
  "aws_lambda_function",
  (block, _id, stack) => block["vpc_config"] !== undefined && stack.endsWith("-eu-west-1"),
);
const edited = (field: string, edit: (text: string) => string) => (block: JsonObject) => {
  const config = block["vpc_config"] as JsonObject;
  config[field] = JSON.parse(edit(JSON.stringify(config[field]))) as string[];
};

export default policy({
  id: "NW-37",
  severity: "error",
  proves: ["CA-24", "FF-25"],
  title: "Functions in a VPC reach their stores and AWS, from private subnets of two zones",
  because:
    "a function has no public address: in a public subnet, or behind a group that lets nothing out, each call hangs until its timeout, and rotation, copy and promotion fail",
  remedy: "place functions in the StoreNetwork of their region, with the group for functions",
  subjects: (platform) => itemsOf(platform, "aws_lambda_function").filter(({ resource: one }) => one.has("vpc_config")),
  check: ({ resource: called }, platform): readonly Verdict[] => [
    ...placed(called, platform),
    ...reaches(called, platform),
  ],
  mutants: [
    change(
      "public subnets",
      inVpc,
      edited("subnet_ids", (text) => text.replaceAll("_private-", "_public-")),
    ),
    change("subnets that are not there", inSecondary, set("vpc_config.subnet_ids", ["subnet-1", "subnet-2"])),
    change(
      "the group of caches",
      inVpc,
      edited("security_group_ids", (text) =>
        text.replace(/aws_security_group\.[\w-]+/, "aws_security_group.network_caches_4C8E0447"),
      ),
    ),
    change("no group", inSecondary, set("vpc_config.security_group_ids", [])),
    change(
      "no way out",
      resource("aws_vpc_security_group_egress_rule", (_block, _id, stack) => stack.startsWith("stores-")),
      set("to_port", 1),
    ),
    change(
      "no way to the databases",
      resource("aws_vpc_security_group_ingress_rule", (block) => block["from_port"] === 5432),
      (block) => {
        block["from_port"] = 5433;
        block["to_port"] = 5433;
      },
    ),
  ],
  boundary: {
    holds: change(
      "two zones",
      inVpc,
      edited("subnet_ids", (text) => JSON.stringify((JSON.parse(text) as string[]).slice(0, 2))),
    ),
    breaks: change(
      "one zone",
      inVpc,
      edited("subnet_ids", (text) => JSON.stringify((JSON.parse(text) as string[]).slice(0, 1))),
    ),
  },
});
