import { evaluate } from "../../../../models/permissions";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import type { Network, NetworkEndpoint, Subnet } from "../../../inventory/facts/aws/networks";
import type { NodeGroup } from "../../../inventory/facts/aws/node-groups";
import { contextOf } from "../../../permissions/decide";
import { equals, holds } from "../../../policy/comparison";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";
import { admits, groupsOf, nodeSecurityGroups } from "../../../policy-terms/security-groups";

/** Node groups whose nodes stand in the network. */
const nodesIn = (network: Network, platform: Platform): readonly NodeGroup[] =>
  platform.nodeGroups.filter(({ subnets }) =>
    subnets.some((subnet) => network.subnets.some((one) => one.resource === subnet)),
  );

/** Why packets from the subnet do not reach the internet and come back; undefined where they do. */
function astray({ gateway, routeTable }: Subnet, network: Network): string | undefined {
  if (routeTable === undefined || gateway === undefined) return "no route table of the stacks is associated with it";
  if (gateway.type !== "aws_nat_gateway")
    return gateway === routeTable
      ? "its route table has no default route to a gateway of the stacks"
      : `its default route leads to ${gateway.address}`;
  const around = network.subnets.find(({ resource }) => resource === gateway.resource("subnet_id"));
  if (around?.access !== "public")
    return `${gateway.address} stands in a subnet without a route to an internet gateway`;
  if ((gateway.text("connectivity_type") ?? "public") !== "public") return `${gateway.address} is private`;
  return gateway.has("allocation_id") ? undefined : `${gateway.address} has no public address`;
}

/** Nodes pull images and call AWS from their subnets. */
export function wayOut(network: Network, platform: Platform): Verdict[] {
  const used = nodesIn(network, platform).flatMap(({ subnets }) => subnets);
  const subnets = network.subnets.filter(({ resource }) => used.includes(resource));
  const attached = platform
    .ofType("aws_internet_gateway", "aws_internet_gateway_attachment")
    .some((one) => one.resource("vpc_id") === network.resource);
  return [
    holds(attached, "an internet gateway of this network", "none"),
    ...subnets.map((subnet) => {
      const reason = astray(subnet, network);
      return reason === undefined
        ? pass(`${subnet.label} reaches the internet`)
        : fail({
            expected: `${subnet.label} reaches the internet by a NAT gateway`,
            actual: reason,
            message: `nodes in ${subnet.label} reach neither the registry nor AWS: ${reason}`,
          });
    }),
  ];
}

/** A network ACL keeps no state: with anything but all traffic both ways, answers are lost. */
export function accessLists(network: Network, platform: Platform): Verdict[] {
  const open = (list: Resource, direction: "ingress" | "egress"): boolean => {
    const rules = [
      ...list.blocks(direction),
      ...platform
        .ofType("aws_network_acl_rule")
        .filter(
          (rule) =>
            rule.resource("network_acl_id") === list && (rule.flag("egress") === true) === (direction === "egress"),
        ),
    ];
    const action = (rule: (typeof rules)[number]) => rule.text("action") ?? rule.text("rule_action");
    return (
      rules.every((rule) => action(rule) === "allow") &&
      rules.some((rule) => rule.text("protocol") === "-1" && rule.text("cidr_block") === "0.0.0.0/0")
    );
  };
  return platform
    .ofType("aws_network_acl", "aws_default_network_acl")
    .filter(
      (list) =>
        list.resource("vpc_id") === network.resource || list.resource("default_network_acl_id") === network.resource,
    )
    .map((list) =>
      holds(
        open(list, "ingress") && open(list, "egress"),
        `${list.address} admits all traffic both ways`,
        "it denies some, or says nothing",
      ),
    );
}

/** ECR keeps the layers of images in a bucket of its own. Source: Amazon ECR user guide, "Minimum Amazon S3 bucket permissions for Amazon ECR", read 2026-11-29. */
const layers = (region: string): string => `arn:aws:s3:::prod-${region}-starport-layer-bucket/layer`;

/** What pods and nodes need of an endpoint beyond their own permissions, which SC-21 judges with its policy. */
function policyOf(endpoint: NetworkEndpoint, region: string, platform: Platform): Verdict {
  const documents = platform.policyDocuments.filter(
    ({ resource }) =>
      resource === endpoint.resource ||
      (resource.type === "aws_vpc_endpoint_policy" && resource.resource("vpc_endpoint_id") === endpoint.resource),
  );
  const unreadable = documents.find((one) => one.unreadable !== undefined)?.unreadable;
  if (unreadable !== undefined) return unknown(`policy of ${endpoint.resource.address}: ${unreadable}`);
  if (documents.length === 0 || !(endpoint.service ?? "").endsWith(".s3")) return pass("no policy to be in the way");
  const { accountId } = platform.environment;
  const anything = { effect: "Allow", actions: ["*"], resources: ["*"] } as const;
  const none = { notActions: [], notResources: [], principals: [], notPrincipals: [], conditions: [] };
  const decision = evaluate(
    {
      principal: { kind: "role", arn: `arn:aws:iam::${accountId}:role/node`, account: accountId },
      action: "s3:GetObject",
      resource: layers(region),
      resourceAccount: accountId,
      context: contextOf(platform, region, {}),
    },
    {
      identity: [{ ...anything, ...none }],
      endpoints: documents.map(({ statements }) => statements),
      resourceDecides: "either",
    },
  );
  return holds(
    decision.allowed,
    `${endpoint.resource.address} lets nodes read ${layers(region)}: layers of every image`,
    decision.allowed ? "it does" : decision.reason,
  );
}

/** A gateway endpoint is nothing but routes: in a table without it, the same traffic takes the NAT gateway. */
function routed(endpoint: NetworkEndpoint, nodes: readonly NodeGroup[], network: Network): Verdict {
  const used = network.subnets.filter(({ resource }) => nodes.some(({ subnets }) => subnets.includes(resource)));
  const past = used.filter(({ routeTable }) => !routeTable || !endpoint.routeTables.includes(routeTable));
  return past.length === 0
    ? pass(`${endpoint.resource.address} is on the way of ${used.length} subnets`)
    : fail({
        expected: `route_table_ids of ${endpoint.resource.address} name the tables of all subnets with nodes`,
        actual: `those of ${endpoint.routeTables.length} tables`,
        message: `traffic of ${past.map(({ label }) => label).join(", ")} to ${endpoint.service ?? "AWS"} does not take ${endpoint.resource.address}: its route table is not associated, and each GB of images, logs and backups is paid at the NAT gateway and shares its bandwidth`,
      });
}

export function endpointVerdicts(endpoint: NetworkEndpoint, network: Network, platform: Platform): Verdict[] {
  const region = network.region ?? "";
  const nodes = nodesIn(network, platform);
  const decided = policyOf(endpoint, region, platform);
  const place = equals(
    true,
    endpoint.service?.includes(`.${region}.`),
    `${endpoint.service ?? "the service"} is of ${region}`,
  );
  if (endpoint.type !== "Interface") return [place, decided, routed(endpoint, nodes, network)];
  const own = groupsOf(endpoint.securityGroups, platform);
  const shut = nodes.filter((group) =>
    group.subnets.some(
      (subnet) =>
        !admits(
          own,
          "ingress",
          443,
          { cidr: subnet.text("cidr_block") ?? "" },
          ...nodeSecurityGroups(group, platform).map(({ resource }) => ({ group: resource })),
        ),
    ),
  );
  return [
    place,
    decided,
    holds(
      endpoint.privateDns,
      `${endpoint.resource.address} answers for the public name of its service`,
      "private_dns_enabled is off",
    ),
    holds(endpoint.subnets.length > 0, `${endpoint.resource.address} stands in subnets`, "none"),
    equals(
      [],
      shut.map(({ label }) => label),
      `node groups that ${endpoint.resource.address} does not admit on 443/TCP`,
    ),
  ];
}
