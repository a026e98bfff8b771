import { itemOf } from "../../reading";
import type { Resource } from "../../resource";
import type { State } from "../../state";
import type { Network, Subnet } from "../../facts/aws/networks";

const everywhere = ["0.0.0.0/0", "::/0"];

export function networksOf(state: State): readonly Network[] {
  return state.ofType("aws_vpc").map((vpc) =>
    itemOf(vpc, `network ${vpc.text("tags.Name") ?? vpc.name}`, (read) => {
      const around = state.referrers(vpc);
      const subnets = around.filter((one) => one.type === "aws_subnet");
      return {
        region: vpc.region,
        cidr: read.text("cidr_block"),
        subnets: subnets.map((subnet) => subnetOf(state, subnet)),
        natGateways: state.ofType("aws_nat_gateway").flatMap((gateway) => {
          const subnet = gateway.resource("subnet_id");
          return subnet && subnets.includes(subnet)
            ? [{ resource: gateway, zone: subnet.text("availability_zone") }]
            : [];
        }),
        flowLogs: around.filter((one) => one.type === "aws_flow_log"),
        endpoints: around
          .filter((one) => one.type === "aws_vpc_endpoint")
          .map((endpoint) => ({
            resource: endpoint,
            service: endpoint.text("service_name"),
            type: endpoint.text("vpc_endpoint_type") ?? "Gateway",
            privateDns: endpoint.flag("private_dns_enabled") === true,
            subnets: endpoint.resources("subnet_ids"),
            routeTables: endpoint.resources("route_table_ids"),
            securityGroups: endpoint.resources("security_group_ids"),
          })),
        dnsSupport: read.flag("enable_dns_support") !== false,
        dnsHostnames: read.flag("enable_dns_hostnames") === true,
        nameServers: around
          .filter((one) => one.type === "aws_vpc_dhcp_options_association")
          .flatMap((one) => one.resource("dhcp_options_id")?.list("domain_name_servers") ?? ["not known"]),
      };
    }),
  );
}

function subnetOf(state: State, resource: Resource): Subnet {
  return itemOf(resource, `subnet ${resource.text("tags.Name") ?? resource.name}`, (read) => {
    const routeTable = routeTableOf(state, resource);
    const gateway = routeTable && defaultGateway(state, routeTable);
    return {
      cidr: read.text("cidr_block"),
      zone: read.text("availability_zone"),
      mapsPublicIp: read.flag("map_public_ip_on_launch") === true,
      access:
        gateway === undefined
          ? undefined
          : gateway.type === "aws_internet_gateway"
            ? ("public" as const)
            : ("private" as const),
      routeTable,
      gateway,
      natZone:
        gateway?.type === "aws_nat_gateway" ? gateway.resource("subnet_id")?.text("availability_zone") : undefined,
    };
  });
}

const routeTableOf = (state: State, subnet: Resource): Resource | undefined =>
  state
    .referrers(subnet)
    .find((one) => one.type === "aws_route_table_association")
    ?.resource("route_table_id");

/** Where the default route of a table leads; a table without one leads to itself: nowhere outside. */
function defaultGateway(state: State, table: Resource): Resource {
  const routes = [...state.referrers(table).filter((one) => one.type === "aws_route"), ...table.blocks("route")];
  const outward = routes.find((route) =>
    everywhere.includes(
      route.text("destination_cidr_block") ??
        route.text("cidr_block") ??
        route.text("destination_ipv6_cidr_block") ??
        "",
    ),
  );
  return outward
    ? (outward.resource("gateway_id") ??
        outward.resource("nat_gateway_id") ??
        outward.resource("transit_gateway_id") ??
        table)
    : table;
}
