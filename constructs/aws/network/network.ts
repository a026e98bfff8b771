import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import type { Construct } from "constructs";
import { type Declaration, Guarded } from "../../guarded";
import { planSubnets } from "./subnet-plan";
import { trustOf } from "../service-role";

export interface NetworkProps {
  /** Prefix of the names, unique in the account. */
  readonly name: string;
  readonly regionName: string;
  /** IPv4 network of the VPC, /16 to /18. */
  readonly cidr: string;
  /** Availability zones, one NAT gateway and one private and public subnet in each. */
  readonly zones: readonly string[];
  /** Names of the cluster whose load balancers may use the subnets. */
  readonly clusterName: string;
  /** ARN of the key that encrypts the flow logs. */
  readonly logKeyArn: string;
  readonly logRetentionDays: number;
  readonly declaration: Declaration;
}

/** VPC over several zones: nodes in private subnets, one NAT gateway a zone, gateway endpoint for S3, flow logs. */
export class Network extends Guarded {
  static readonly guardedBy = ["AV-09", "NW-09", "NW-10", "NW-20", "OB-06", "CP-04"] as const;

  readonly vpcId: string;
  readonly privateSubnets: { readonly id: string; readonly zone: string; readonly cidr: string }[] = [];
  readonly publicSubnetIds: string[] = [];
  /** Where requests from the load balancer come from. */
  readonly publicCidrs: string[] = [];
  private readonly privateRouteTableIds: string[] = [];

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id, props.declaration);
    const vpc = new Vpc(this, "vpc", {
      cidrBlock: props.cidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: props.name },
    });
    this.vpcId = vpc.id;
    // The default group allows everything between its members: emptied, so that nothing can rely on it.
    new DefaultSecurityGroup(this, "default-security-group", { vpcId: vpc.id });
    this.addSubnets(vpc, props);
    new VpcEndpoint(this, "s3-endpoint", {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${props.regionName}.s3`,
      vpcEndpointType: "Gateway",
      routeTableIds: this.privateRouteTableIds,
      tags: { Name: `${props.name}-s3` },
    });
    this.addFlowLog(vpc, props);
  }

  private addSubnets(vpc: Vpc, props: NetworkProps): void {
    const gateway = new InternetGateway(this, "internet-gateway", { vpcId: vpc.id, tags: { Name: props.name } });
    const publicTable = new RouteTable(this, "public-routes", {
      vpcId: vpc.id,
      tags: { Name: `${props.name}-public` },
    });
    new Route(this, "internet-route", {
      routeTableId: publicTable.id,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: gateway.id,
    });
    for (const plan of planSubnets(props.cidr, props.zones)) {
      const publicSubnet = new Subnet(this, `public-${plan.zone}`, {
        vpcId: vpc.id,
        availabilityZone: plan.zone,
        cidrBlock: plan.publicCidr,
        mapPublicIpOnLaunch: false,
        tags: { Name: `${props.name}-public-${plan.zone}`, "kubernetes.io/role/elb": "1" },
      });
      new RouteTableAssociation(this, `public-${plan.zone}-routes`, {
        subnetId: publicSubnet.id,
        routeTableId: publicTable.id,
      });
      const address = new Eip(this, `nat-${plan.zone}-address`, {
        domain: "vpc",
        tags: { Name: `${props.name}-nat-${plan.zone}` },
      });
      const nat = new NatGateway(this, `nat-${plan.zone}`, {
        allocationId: address.allocationId,
        subnetId: publicSubnet.id,
        tags: { Name: `${props.name}-${plan.zone}` },
        dependsOn: [gateway],
      });
      const privateSubnet = new Subnet(this, `private-${plan.zone}`, {
        vpcId: vpc.id,
        availabilityZone: plan.zone,
        cidrBlock: plan.privateCidr,
        mapPublicIpOnLaunch: false,
        tags: { Name: `${props.name}-private-${plan.zone}`, "kubernetes.io/role/internal-elb": "1" },
      });
      const privateTable = new RouteTable(this, `private-${plan.zone}-table`, {
        vpcId: vpc.id,
        tags: { Name: `${props.name}-private-${plan.zone}` },
      });
      new Route(this, `private-${plan.zone}-internet`, {
        routeTableId: privateTable.id,
        destinationCidrBlock: "0.0.0.0/0",
        natGatewayId: nat.id,
      });
      new RouteTableAssociation(this, `private-${plan.zone}-routes`, {
        subnetId: privateSubnet.id,
        routeTableId: privateTable.id,
      });
      this.publicSubnetIds.push(publicSubnet.id);
      this.privateSubnets.push({ id: privateSubnet.id, zone: plan.zone, cidr: plan.privateCidr });
      this.publicCidrs.push(plan.publicCidr);
      this.privateRouteTableIds.push(privateTable.id);
    }
  }

  private addFlowLog(vpc: Vpc, props: NetworkProps): void {
    const group = new CloudwatchLogGroup(this, "flow-log-group", {
      name: `/plimsoll/${props.name}/flow-logs`,
      retentionInDays: props.logRetentionDays,
      kmsKeyId: props.logKeyArn,
    });
    const role = new IamRole(this, "flow-log-role", {
      name: `${props.name}-flow-logs`,
      assumeRolePolicy: trustOf("vpc-flow-logs.amazonaws.com"),
    });
    new IamRolePolicy(this, "flow-log-delivery", {
      name: "deliver-flow-logs",
      role: role.id,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            Resource: [`${group.arn}:*`],
          },
        ],
      }),
    });
    new FlowLog(this, "flow-log", {
      vpcId: vpc.id,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 600,
      tags: { Name: props.name },
    });
  }
}
