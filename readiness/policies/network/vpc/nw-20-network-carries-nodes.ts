import type { Item } from "../../../inventory/item";
import type { Platform } from "../../../inventory/platform";
import type { Cluster } from "../../../inventory/facts/aws/clusters";
import type { Network } from "../../../inventory/facts/aws/networks";
import { equals, holds } from "../../../policy/comparison";
import {
  add,
  change,
  remove,
  resource,
  set,
  together,
  unset,
  type JsonObject,
  type Mutation,
} from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import type { Verdict } from "../../../policy/verdict";
import { accessLists, endpointVerdicts, wayOut } from "./_ways-out";

const VPC = "${aws_vpc.network_vpc_4E8F0223.id}";
const privateSubnets = {
  "us-east-1": "${aws_subnet.network_private-us-east-1a_E1039AEF.id}",
  "eu-west-1": "${aws_subnet.network_private-eu-west-1a_FB3BA8C3.id}",
};

const ofNetwork = (network: Network, platform: Platform): Verdict[] => [
  holds(network.dnsSupport, "the network resolves names", "enable_dns_support is off"),
  holds(network.dnsHostnames, "private names of the API server and endpoints resolve", "enable_dns_hostnames is off"),
  equals(
    [],
    network.nameServers.filter((server) => server !== "AmazonProvidedDNS"),
    "name servers that know no private names",
  ),
  ...wayOut(network, platform),
  ...accessLists(network, platform),
  ...network.endpoints.flatMap((endpoint) => endpointVerdicts(endpoint, network, platform)),
];

function ofCluster(cluster: Cluster, platform: Platform): Verdict[] {
  const around = platform.networks.find(({ subnets }) => subnets.some((one) => cluster.subnets.includes(one.resource)));
  const nodes = cluster.nodeGroups.flatMap(({ subnets }) => subnets);
  const outside = [...cluster.subnets, ...nodes].filter(
    (subnet) => !around?.subnets.some((one) => one.resource === subnet),
  );
  return [
    holds(
      cluster.endpointPrivateAccess === true,
      "nodes reach the API server inside the network",
      "the private endpoint is off: they need a public one that admits their NAT gateways",
    ),
    equals(
      "ipv4",
      cluster.resource.text("kubernetes_network_config.ip_family") ?? "ipv4",
      "addresses of pods and Services: networks and NetworkPolicies of the platform know no others",
    ),
    equals(
      [],
      outside.map(({ address }) => address),
      "subnets of the cluster and its nodes in another network",
    ),
  ];
}

const networks = resource("aws_vpc");
const inSecondary = (type: string) => resource(type, (_, __, stack) => stack.endsWith("eu-west-1"));
const endpoints = resource("aws_vpc_endpoint");
const statement = (fields: JsonObject): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }, fields],
  });

/** An endpoint inside the network with a group that admits one network. */
const endpointOf = (name: string, cidr: string, fields: JsonObject = {}): Mutation =>
  together(
    name,
    add(`${name}: group`, /^network-/, "aws_security_group", "endpoint", {
      name: "endpoint",
      vpc_id: VPC,
      ingress: [{ from_port: 443, to_port: 443, protocol: "tcp", cidr_blocks: [cidr] }],
    }),
    ...Object.entries(privateSubnets).map(([region, subnet]) =>
      add(`${name}: ${region}`, `network-${region}`, "aws_vpc_endpoint", "sts", {
        vpc_id: VPC,
        service_name: `com.amazonaws.${region}.sts`,
        vpc_endpoint_type: "Interface",
        private_dns_enabled: true,
        subnet_ids: [subnet],
        security_group_ids: ["${aws_security_group.endpoint.id}"],
        ...fields,
      }),
    ),
  );

export default policy({
  id: "NW-20",
  severity: "error",
  proves: ["CA-24", "FF-01"],
  title: "Networks resolve names and carry nodes to the API server, registry and AWS",
  because:
    "nodes that do not resolve the API server's private name, have no way out, or meet an endpoint that refuses them never join the cluster: the region has no capacity and nothing says why",
  remedy:
    "keep the Network construct's resolver, routes and NAT gateways, and the private endpoint of KubernetesCluster",
  subjects: (platform): readonly Item[] => [...platform.networks, ...platform.clusters],
  check: (item, platform) => {
    const network = platform.networks.find((one) => one === item);
    const cluster = platform.clusters.find((one) => one === item);
    return network ? ofNetwork(network, platform) : cluster ? ofCluster(cluster, platform) : [];
  },
  mutants: [
    change("no DNS", networks, set("enable_dns_support", false)),
    change("no host names", networks, set("enable_dns_hostnames", false)),
    change("no host names, in the secondary", inSecondary("aws_vpc"), unset("enable_dns_hostnames")),
    change("no private endpoint", resource("aws_eks_cluster"), set("vpc_config.endpoint_private_access", false)),
    change(
      "no private endpoint, in the secondary",
      inSecondary("aws_eks_cluster"),
      set("vpc_config.endpoint_private_access", false),
    ),
    remove(
      "no default route",
      resource("aws_route", (block) => block["nat_gateway_id"] !== undefined),
    ),
    remove("no route table, in the secondary", inSecondary("aws_route_table_association")),
    remove("no internet gateway", resource("aws_internet_gateway")),
    change("private NAT gateways", resource("aws_nat_gateway"), set("connectivity_type", "private")),
    change("NAT gateways without an address", resource("aws_nat_gateway"), unset("allocation_id")),
    ...Object.entries(privateSubnets).map(([region, subnet]) =>
      change(
        `NAT gateways in a private subnet of ${region}`,
        resource("aws_nat_gateway", (_, __, stack) => stack.endsWith(region)),
        set("subnet_id", subnet),
      ),
    ),
    change(
      "an endpoint policy that denies",
      endpoints,
      set("policy", statement({ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" })),
    ),
    change(
      "an endpoint policy for own buckets alone, in the secondary",
      inSecondary("aws_vpc_endpoint"),
      set(
        "policy",
        JSON.stringify({
          Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::acme-*" }],
        }),
      ),
    ),
    change("an endpoint on no way", endpoints, set("route_table_ids", [])),
    change("an endpoint on no way, in the secondary", inSecondary("aws_vpc_endpoint"), unset("route_table_ids")),
    change("an endpoint that one zone's nodes do not take", endpoints, unset("route_table_ids.0")),
    change("an endpoint of another region", endpoints, set("service_name", "com.amazonaws.us-west-2.s3")),
    endpointOf("an endpoint that admits no network of the platform", "192.0.2.0/24"),
    endpointOf("an endpoint without private names", "10.0.0.0/8", { private_dns_enabled: false }),
    add("a resolver of one's own", /^network-/, "aws_vpc_dhcp_options_association", "raw", {
      vpc_id: VPC,
      dhcp_options_id: "dopt-0123456789abcdef0",
    }),
    add("a network ACL that denies", /^network-/, "aws_network_acl", "raw", {
      vpc_id: VPC,
      ingress: [{ rule_no: 1, action: "deny", protocol: "-1", cidr_block: "0.0.0.0/0", from_port: 0, to_port: 0 }],
    }),
    change(
      "pods with addresses that the network has not",
      resource("aws_eks_cluster"),
      set("kubernetes_network_config.ip_family", "ipv6"),
    ),
    change("nodes in another network", resource("aws_eks_cluster"), (block) => {
      set("vpc_config.subnet_ids", ["${aws_subnet.nowhere.id}"])(block);
    }),
  ],
  boundary: {
    holds: endpointOf("an endpoint that admits the network", "10.0.0.0/8"),
    breaks: endpointOf("an endpoint that admits one zone alone", "10.64.0.0/18"),
  },
});
