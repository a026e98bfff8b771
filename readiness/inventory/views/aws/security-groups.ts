import { itemOf } from "../../reading";
import type { Block, Resource } from "../../resource";
import type { State } from "../../state";
import type { SecurityGroup, SecurityGroupRule } from "../../facts/aws/security-groups";

const HIGHEST_PORT = 65_535;

/** Groups of the stacks, and of each cluster the one that EKS makes for its nodes. */
export function securityGroupsOf(state: State): readonly SecurityGroup[] {
  const separate = [
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
    "aws_security_group_rule",
  ].flatMap((type) => state.ofType(type));
  return [...state.ofType("aws_security_group"), ...state.ofType("aws_eks_cluster")].map((resource) =>
    itemOf(resource, `security group ${resource.text("name") ?? resource.name}`, (read) => ({
      region: resource.region,
      vpc: read.resource("vpc_id"),
      rules: [
        ...separate
          .filter((rule) => rule.resource("security_group_id") === resource)
          .flatMap((rule) => separateRule(rule) ?? []),
        ...(resource.type === "aws_eks_cluster" ? [] : inline(resource)),
      ],
    })),
  );
}

function separateRule(rule: Resource): SecurityGroupRule | undefined {
  const direction =
    rule.type === "aws_security_group_rule" ? rule.text("type") : /(ingress|egress)/.exec(rule.type)?.[1];
  return direction === "ingress" || direction === "egress" ? ruleOf(rule, rule, direction) : undefined;
}

const inline = (group: Resource): readonly SecurityGroupRule[] =>
  (["ingress", "egress"] as const).flatMap((direction) =>
    group.blocks(direction).map((block) => ruleOf(group, block, direction)),
  );

function ruleOf(resource: Resource, block: Block, direction: SecurityGroupRule["direction"]): SecurityGroupRule {
  const protocol = block.text("ip_protocol") ?? block.text("protocol");
  // A port that is only known after deployment admits nothing that can be proved.
  const port = (field: string): number | undefined =>
    block.number(field) ?? (block.has(field) ? Number.NaN : undefined);
  const [from, to] = [port("from_port"), port("to_port")];
  const all = protocol === "-1" || protocol === "all" || from === undefined || to === undefined || from === -1;
  return {
    resource,
    direction,
    protocol: protocol === "all" ? "-1" : protocol,
    fromPort: all ? 0 : from,
    toPort: all ? HIGHEST_PORT : to,
    cidrs: ["cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks"].flatMap((field) => block.list(field)),
    groups: ["referenced_security_group_id", "source_security_group_id", "security_groups"].flatMap((field) =>
      block.resources(field),
    ),
    prefixLists: ["prefix_list_id", "prefix_list_ids"].flatMap((field) => block.list(field)),
  };
}
