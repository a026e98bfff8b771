import type { Item } from "../../item";
import type { Resource } from "../../resource";

export interface Network extends Item {
  readonly region: string | undefined;
  readonly cidr: string | undefined;
  readonly subnets: readonly Subnet[];
  /** Zones that have a NAT gateway. */
  readonly natGateways: readonly { readonly resource: Resource; readonly zone: string | undefined }[];
  readonly flowLogs: readonly Resource[];
  readonly endpoints: readonly NetworkEndpoint[];
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
  /** Name servers of its DHCP options; the VPC's own resolver without them. */
  readonly nameServers: readonly string[];
}

export interface NetworkEndpoint {
  readonly resource: Resource;
  readonly service: string | undefined;
  readonly type: string | undefined;
  readonly privateDns: boolean;
  readonly subnets: readonly Resource[];
  readonly routeTables: readonly Resource[];
  readonly securityGroups: readonly Resource[];
}

export interface Subnet extends Item {
  readonly cidr: string | undefined;
  readonly zone: string | undefined;
  /** public: its route table leads 0.0.0.0/0 to an internet gateway; computed from the routes, not from names. */
  readonly access: "public" | "private" | undefined;
  readonly routeTable: Resource | undefined;
  /** Where its default route leads; the route table itself: nowhere outside. */
  readonly gateway: Resource | undefined;
  /** Zone of the NAT gateway that its default route leads to. */
  readonly natZone: string | undefined;
  readonly mapsPublicIp: boolean;
}
