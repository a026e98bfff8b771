import { DbSubnetGroup } from "@cdktf/provider-aws/lib/db-subnet-group";
import { ElasticacheSubnetGroup } from "@cdktf/provider-aws/lib/elasticache-subnet-group";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { Construct } from "constructs";
import { type Declaration, Guarded } from "../../guarded";
import { POSTGRES_PORT, REDIS_PORT } from "./store-names";

export interface StoreNetworkProps {
  /** Begins the names, unique in the account and region. */
  readonly name: string;
  readonly vpcId: string;
  /** Private subnets, in at least two zones. */
  readonly subnets: readonly { readonly id: string; readonly cidr: string; readonly zone: string }[];
  readonly declaration: Declaration;
}

/** Subnet groups and security groups of a region's stores: nodes and functions of the private subnets reach them, nothing else does. */
export class StoreNetwork extends Guarded {
  static readonly guardedBy = ["DR-20"] as const;

  readonly databaseSubnets: string;
  readonly cacheSubnets: string;
  readonly databaseGroupId: string;
  readonly cacheGroupId: string;
  /** Group of functions that reach stores and AWS. */
  readonly functionGroupId: string;

  constructor(scope: Construct, id: string, props: StoreNetworkProps) {
    super(scope, id, props.declaration);
    const subnetIds = props.subnets.map((subnet) => subnet.id);
    this.databaseSubnets = new DbSubnetGroup(this, "database-subnets", {
      name: `${props.name}-databases`,
      subnetIds,
    }).name;
    this.cacheSubnets = new ElasticacheSubnetGroup(this, "cache-subnets", {
      name: `${props.name}-caches`,
      subnetIds,
    }).name;
    this.databaseGroupId = this.addGroup("databases", POSTGRES_PORT, props);
    this.cacheGroupId = this.addGroup("caches", REDIS_PORT, props);
    this.functionGroupId = new SecurityGroup(this, "functions", {
      name: `${props.name}-store-functions`,
      description: "Functions that rotate, copy and check stores",
      vpcId: props.vpcId,
    }).id;
    for (const [name, port, cidr] of [
      ["postgres", POSTGRES_PORT, undefined],
      ["redis", REDIS_PORT, undefined],
      ["https", 443, "0.0.0.0/0"],
    ] as const)
      for (const [index, range] of (cidr === undefined ? props.subnets.map((one) => one.cidr) : [cidr]).entries())
        new VpcSecurityGroupEgressRule(this, `functions-${name}-${index}`, {
          securityGroupId: this.functionGroupId,
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          cidrIpv4: range,
        });
  }

  private addGroup(id: string, port: number, { name, vpcId, subnets }: StoreNetworkProps): string {
    const group = new SecurityGroup(this, id, {
      name: `${name}-${id}`,
      description: `Port ${port} from the private subnets`,
      vpcId,
    });
    for (const { cidr, zone } of subnets)
      new VpcSecurityGroupIngressRule(this, `${id}-${zone}`, {
        securityGroupId: group.id,
        description: `nodes and functions in ${zone}`,
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        cidrIpv4: cidr,
      });
    return group.id;
  }
}
