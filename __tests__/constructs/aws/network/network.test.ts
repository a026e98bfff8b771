import { Network } from "../../../../constructs/aws/network/network";
import { Made } from "../../empty-stack";

describe("a network", () => {
  const zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"];
  let network: Network | undefined;
  const made = new Made((stack) => {
    network = new Network(stack, "network", {
      name: "acme",
      regionName: "eu-west-1",
      cidr: "10.65.0.0/16",
      zones,
      clusterName: "acme",
      logKeyArn: "arn:key",
      logRetentionDays: 365,
      declaration: { file: "here.ts" },
    });
  });

  it("has a private and a public subnet, a NAT gateway and routes of its own in each zone", () => {
    expect(made.counts).toMatchObject({
      aws_subnet: 6,
      aws_nat_gateway: 3,
      aws_eip: 3,
      aws_route_table: 4,
      aws_route: 4,
      aws_route_table_association: 6,
    });
    for (const zone of zones)
      expect(made.all("aws_subnet").filter((subnet) => subnet["availability_zone"] === zone)).toHaveLength(2);
    expect(network?.privateSubnets.map(({ zone }) => zone)).toEqual(zones);
  });

  it("gives no subnet public addresses by itself, and no two the same range", () => {
    const subnets = made.all("aws_subnet");
    for (const subnet of subnets) expect(subnet["map_public_ip_on_launch"]).toBe(false);
    expect(new Set(subnets.map((subnet) => subnet["cidr_block"])).size).toBe(subnets.length);
  });

  it("sends what leaves a private subnet through a NAT gateway, no two through the same", () => {
    const gateways = made.all("aws_route").flatMap((route) => route["nat_gateway_id"] ?? []);
    expect(new Set(gateways).size).toBe(3);
  });

  it("empties the default security group", () => {
    const group = made.only("aws_default_security_group");
    expect([group["ingress"], group["egress"]]).toEqual([undefined, undefined]);
  });

  it("reaches S3 without a NAT gateway, from every private subnet", () => {
    const endpoint = made.only("aws_vpc_endpoint");
    expect(endpoint).toMatchObject({ vpc_endpoint_type: "Gateway", service_name: "com.amazonaws.eu-west-1.s3" });
    expect(endpoint["route_table_ids"]).toHaveLength(3);
  });

  it("logs all flows, encrypted and for the days given", () => {
    expect(made.only("aws_flow_log")).toMatchObject({ traffic_type: "ALL" });
    expect(made.only("aws_cloudwatch_log_group")).toMatchObject({ kms_key_id: "arn:key", retention_in_days: 365 });
  });
});
