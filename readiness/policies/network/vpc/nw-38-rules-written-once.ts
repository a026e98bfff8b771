import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import { itemsOf } from "../../../permissions/software";
import { holds } from "../../../policy/comparison";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";

const types = ["aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"] as const;
/** What AWS compares: group, direction, protocol, ports and the other end; not the description. */
const compared = ["ip_protocol", "from_port", "to_port", "cidr_ipv4", "cidr_ipv6", "prefix_list_id"] as const;

const keyOf = (rule: Resource): string =>
  JSON.stringify([
    rule.type,
    rule.region,
    rule.reference("security_group_id")?.resource.address ?? rule.expanded("security_group_id"),
    rule.reference("security_group_id")?.resource.stack,
    rule.reference("referenced_security_group_id")?.resource.address ?? rule.expanded("referenced_security_group_id"),
    ...compared.map((argument) => rule.expanded(argument)),
  ]);

const others = (rule: Resource, platform: Platform): readonly Resource[] =>
  platform.ofType(rule.type).filter((one) => one !== rule && keyOf(one) === keyOf(rule));

const toStores = resource("aws_vpc_security_group_ingress_rule", (_block, _id, stack) => stack.startsWith("stores-"));
const inSecondary = resource(
  "aws_vpc_security_group_ingress_rule",
  (_block, _id, stack) => stack === "stores-eu-west-1",
);

export default policy({
  id: "NW-38",
  severity: "error",
  proves: ["CA-08"],
  title: "No rule of a security group is written twice",
  because:
    "AWS refuses the second one (InvalidPermission.Duplicate) in the middle of a deployment; and where it was adopted, removing one resource closes the way that the other one still promises",
  remedy: "remove one of the two resources",
  equivalents: ["terraform-aws-modules/terraform-aws-security-group#225 (the error of AWS)"],
  subjects: (platform) => types.flatMap((type) => itemsOf(platform, type)),
  check: ({ resource: rule }, platform) => {
    const same = others(rule, platform);
    return holds(
      same.length === 0,
      "a rule that no other resource writes",
      same.map(({ stack, address }) => `${stack}/${address}`).join(", ") || "it is the only one",
    );
  },
  mutants: [
    change("one network for all", toStores, set("cidr_ipv4", "10.0.0.0/16")),
    change("one network for all, in the secondary", inSecondary, set("cidr_ipv4", "10.0.0.0/16")),
    change(
      "the way out twice",
      resource("aws_vpc_security_group_egress_rule", (_block, _id, stack) => stack.startsWith("stores-")),
      set("cidr_ipv4", "10.0.0.0/16"),
    ),
  ],
  boundary: {
    holds: change("another description", toStores, set("description", "one")),
    breaks: change(
      "one network for one port",
      resource("aws_vpc_security_group_ingress_rule", (block) => block["from_port"] === 5432),
      set("cidr_ipv4", "10.0.0.0/18"),
    ),
  },
});
