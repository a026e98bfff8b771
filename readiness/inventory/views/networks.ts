import { itemOf } from "../reading";
import type { Resource } from "../resource";
import type { State } from "../state";
import type { Network, Subnet } from "./aws-types";

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
          })),
      };
    }),
  );
}

function subnetOf(state: State, resource: Resource): Subnet {
  return itemOf(resource, `subnet ${resource.text("tags.Name") ?? resource.name}`, (read) => {
    const gateway = defaultGateway(state, resource);
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
      natZone:
        gateway?.type === "aws_nat_gateway" ? gateway.resource("subnet_id")?.text("availability_zone") : undefined,
    };
  });
}

/** Where the default route of the subnet's table leads; a table without one leads to itself: nowhere outside. */
function defaultGateway(state: State, subnet: Resource): Resource | undefined {
  const table = state
    .referrers(subnet)
    .find((one) => one.type === "aws_route_table_association")
    ?.resource("route_table_id");
  if (!table) return undefined;
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
