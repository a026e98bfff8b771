import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbListenerCertificate } from "@cdktf/provider-aws/lib/lb-listener-certificate";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Declaration, Guarded } from "../../guarded";

/**
 * TLS 1.3 with TLS 1.2 below it, forward secrecy and authenticated encryption only, hybrid ML-KEM key exchange offered.
 *
 * Not the policy that allows TLS 1.3 alone: Route 53's HTTPS health checks need TLS 1.2 or older (Route 53 API
 * reference, HealthCheckConfig.Type), so behind it both regions would always count as failed. AWS recommends this one
 * (Elastic Load Balancing user guide, security policies). Both read 2026-11-21.
 */
export const ingressTlsPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";
/** Known to providers and emulators that are older than the post-quantum policies; used for `local` alone. */
export const localTlsPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";

/** A browser that has seen the platform once comes back by HTTPS only. */
const oneYearSeconds = 31_536_000;

export interface IngressLoadBalancerProps {
  /** At most 32 characters, unique in the region. */
  readonly name: string;
  readonly vpcId: string;
  readonly publicSubnetIds: readonly string[];
  /** ARNs of issued certificates: the first is served by default, the others to clients that ask for their names. */
  readonly certificateArns: readonly [string, ...string[]];
  /** Networks of the pods. */
  readonly targetCidrs: readonly string[];
  /** Ports of the pods that serve requests and health checks. */
  readonly targetPorts: readonly number[];
  /** Where it writes its access log; the policy of the bucket must be in force. @default none - only where requests are never investigated */
  readonly accessLogs?: { readonly bucketName: string; readonly ready: ITerraformDependable[] };
  /** Refuse deletion of the load balancer. @default true - its name is in DNS */
  readonly protect?: boolean;
  /** @default ingressTlsPolicy - the strictest that Route 53's checkers can reach */
  readonly tlsPolicy?: string;
  readonly declaration?: Declaration;
}

/**
 * The public load balancer of one region. Requests reach an application by a listener rule for its host; all others get 404.
 */
export class IngressLoadBalancer extends Guarded {
  static readonly guardedBy = ["NW-07", "NW-08", "NW-15", "NW-17", "NW-22", "MR-03"] as const;

  readonly arn: string;
  /** By which CloudWatch names it. */
  readonly arnSuffix: string;
  readonly dnsName: string;
  /** Hosted zone of the load balancer's own name, for alias records. */
  readonly zoneId: string;
  /** Applications add their rules to it. */
  readonly httpsListenerArn: string;
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, props: IngressLoadBalancerProps) {
    super(scope, id, props.declaration);
    if (props.name.length > 32)
      throw new Error(
        `${this.node.path}: the load balancer's name ${props.name} has ${props.name.length} characters; AWS takes at most 32. Shorten the organisation's name.`,
      );
    this.securityGroupId = this.addSecurityGroup(props);
    const balancer = new Lb(this, "load-balancer", {
      name: props.name,
      loadBalancerType: "application",
      internal: false,
      subnets: [...props.publicSubnetIds],
      securityGroups: [this.securityGroupId],
      dropInvalidHeaderFields: true,
      desyncMitigationMode: "defensive",
      enableHttp2: true,
      enableDeletionProtection: props.protect ?? true,
      idleTimeout: 60,
      ...(props.accessLogs
        ? { accessLogs: { bucket: props.accessLogs.bucketName, enabled: true }, dependsOn: props.accessLogs.ready }
        : {}),
    });
    this.arn = balancer.arn;
    this.arnSuffix = balancer.arnSuffix;
    this.dnsName = balancer.dnsName;
    this.zoneId = balancer.zoneId;
    new LbListener(this, "http", {
      loadBalancerArn: balancer.arn,
      port: 80,
      protocol: "HTTP",
      defaultAction: [{ type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } }],
    });
    const [defaultCertificate, ...others] = props.certificateArns;
    const https = new LbListener(this, "https", {
      loadBalancerArn: balancer.arn,
      port: 443,
      protocol: "HTTPS",
      sslPolicy: props.tlsPolicy ?? ingressTlsPolicy,
      certificateArn: defaultCertificate,
      routingHttpResponseStrictTransportSecurityHeaderValue: `max-age=${oneYearSeconds}; includeSubDomains`,
      defaultAction: [
        {
          type: "fixed-response",
          fixedResponse: { contentType: "text/plain", messageBody: "No application has this name.", statusCode: "404" },
        },
      ],
    });
    this.httpsListenerArn = https.arn;
    others.forEach(
      (certificateArn, index) =>
        new LbListenerCertificate(this, `certificate-${index + 1}`, { listenerArn: https.arn, certificateArn }),
    );
  }

  private addSecurityGroup(props: IngressLoadBalancerProps): string {
    const group = new SecurityGroup(this, "security-group", {
      name: props.name,
      description: "Public load balancer: HTTP and HTTPS in, to the pods out",
      vpcId: props.vpcId,
      tags: { Name: props.name },
    });
    for (const port of [80, 443])
      new VpcSecurityGroupIngressRule(this, `from-internet-${port}`, {
        securityGroupId: group.id,
        description: port === 80 ? "Redirected to HTTPS" : "HTTPS",
        cidrIpv4: "0.0.0.0/0",
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
      });
    for (const cidr of [...props.targetCidrs].sort())
      for (const port of [...props.targetPorts].sort((a, b) => a - b))
        new VpcSecurityGroupEgressRule(this, `to-pods-${cidr.replaceAll(/[./]/g, "-")}-${port}`, {
          securityGroupId: group.id,
          description: `Pods on ${port}`,
          cidrIpv4: cidr,
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
        });
    return group.id;
  }
}
