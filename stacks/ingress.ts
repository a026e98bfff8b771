import { isEmulated } from "../config/environment";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { Construct } from "constructs";
import { IngressLoadBalancer, ingressTlsPolicy, localTlsPolicy } from "../constructs/aws/network/ingress-load-balancer";
import { PlatformStack } from "../constructs/aws/platform-stack";
import { type BodyException, WebFirewall } from "../constructs/aws/network/web-firewall";
import { PrivateBucket } from "../constructs/aws/private-bucket";
import { configured, type Site } from "../config/site";

export interface IngressStackProps {
  readonly vpcId: string;
  readonly publicSubnetIds: readonly string[];
  /** From the certificates stack: that of the names that move, then the region's own. */
  readonly certificateArns: readonly [string, ...string[]];
  /** Networks of the pods. */
  readonly targetCidrs: readonly string[];
  /** Ports of the pods that serve requests and health checks. */
  readonly targetPorts: readonly number[];
  /** Group of the nodes, whose pods the load balancer reaches on those ports. */
  readonly nodeSecurityGroupId: string;
  /** Where the web ACL does not judge bodies. */
  readonly bodyExceptions: readonly BodyException[];
  /** Key that encrypts logs in this region. */
  readonly logKeyArn: string;
}

const LOG_DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com";

/** How requests enter one region: public load balancer behind a web application firewall. */
export class IngressStack extends PlatformStack {
  readonly loadBalancer: IngressLoadBalancer;

  constructor(scope: Construct, site: Site, props: IngressStackProps) {
    const { environment, region, role } = site;
    super(scope, `ingress-${region.name}`, { environment, layer: "ingress", region: region.name, role });
    // Load balancers are named within their region: with the region in it the name could exceed 32 characters.
    const name = `${environment.organisation}-${environment.name}-ingress`;
    const declaration = configured(environment, `regions.${role}`);
    this.loadBalancer = new IngressLoadBalancer(this, "load-balancer", {
      name,
      vpcId: props.vpcId,
      publicSubnetIds: props.publicSubnetIds,
      certificateArns: props.certificateArns,
      targetCidrs: props.targetCidrs,
      targetPorts: props.targetPorts,
      // The emulator's load balancer writes none.
      ...(isEmulated(environment) ? {} : { accessLogs: this.addLogBucket(site) }),
      protect: environment.protectData,
      tlsPolicy: isEmulated(environment) ? localTlsPolicy : ingressTlsPolicy,
      declaration,
    });
    // One rule a port: AWS refuses a second one, and applications may share a port.
    for (const port of props.targetPorts)
      new VpcSecurityGroupIngressRule(this, `to-nodes-${port}`, {
        securityGroupId: props.nodeSecurityGroupId,
        referencedSecurityGroupId: this.loadBalancer.securityGroupId,
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        description: `Load balancer to pods on ${port}`,
      });
    new WebFirewall(this, "firewall", {
      name,
      loadBalancerArn: this.loadBalancer.arn,
      logKeyArn: props.logKeyArn,
      logRetentionDays: environment.logRetentionDays,
      bodyExceptions: props.bodyExceptions,
      declaration,
    });
  }

  /**
   * Load balancers deliver to buckets with S3's own key only (Elastic Load Balancing user guide, "Enable access logs for your
   * Application Load Balancer", read 2026-11-29). A log has addresses and paths, no body and no header of a request.
   */
  private addLogBucket({ environment, region, prefix }: Site) {
    const { accountId, logRetentionDays } = environment;
    const bucket = new PrivateBucket(this, "access-logs", {
      bucketName: `${prefix}-access-logs-${accountId}`,
      environment,
      noncurrentDays: 1,
      expirationDays: logRetentionDays,
      statements: (bucketArn) => [
        {
          Sid: "LoadBalancerDelivers",
          Effect: "Allow",
          Principal: { Service: LOG_DELIVERY },
          Action: "s3:PutObject",
          Resource: `${bucketArn}/AWSLogs/${accountId}/*`,
          Condition: {
            ArnLike: { "aws:SourceArn": `arn:aws:elasticloadbalancing:${region.name}:${accountId}:loadbalancer/*` },
          },
        },
      ],
      declaration: configured(environment, "logRetentionDays"),
    });
    return { bucketName: bucket.bucketName, ready: [...bucket.ready] };
  }
}
