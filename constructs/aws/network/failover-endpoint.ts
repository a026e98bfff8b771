import { Route53HealthCheck } from "@cdktf/provider-aws/lib/route53-health-check";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import type { Construct } from "constructs";
import { type Environment, type RegionRole, regionRoles } from "../../../config/environment";
import { type Declaration, Guarded } from "../../guarded";
import { healthCheckReference, type LatchHealthChecks } from "../functions/failback-latch-alarms";

export interface LoadBalancerAlias {
  readonly dnsName: string;
  /** Hosted zone of the load balancer's own name, not of the platform's domain. */
  readonly zoneId: string;
}

export interface FailoverEndpointProps {
  readonly environment: Environment;
  readonly application: string;
  /** Path that answers 200 to 399 while pods of the region run; it asks no store. */
  readonly healthPath: string;
  /** Hosted zone of `environment.domain`. */
  readonly zoneId: string;
  readonly loadBalancers: Readonly<Record<RegionRole, LoadBalancerAlias>>;
  readonly latch: LatchHealthChecks;
  readonly declaration?: Declaration;
}

/**
 * One name for an application in two regions: `<app>.<domain>` answers with the primary while it is healthy.
 *
 * All records exist beforehand; health checks alone switch between them, because Route 53's data plane is global while
 * its control plane is in us-east-1. The primary is served only if its endpoint AND the latch are healthy, or as Route 53's
 * last resort when the secondary is unhealthy too. That last resort ends where the latch engages: the primary's data is
 * old then, so the secondary counts as healthy if its endpoint is OR the latch is engaged. Both regions have a name of
 * their own, which the checks, the latch and people use. The records are aliases, whose TTL Route 53 sets to 60 s.
 *
 * The aliases do not evaluate the load balancer's target health: Route 53 takes an Application Load Balancer for unhealthy
 * when any one of its target groups is, so one application's outage would move all of them, past their latches.
 */
export class FailoverEndpoint extends Guarded {
  static readonly guardedBy = ["MR-01", "MR-03", "MR-08", "MR-10", "MR-13", "MR-33", "NW-19"] as const;

  readonly hostName: string;

  constructor(scope: Construct, id: string, props: FailoverEndpointProps) {
    super(scope, id, props.declaration);
    const { environment, application } = props;
    this.hostName = `${application}.${environment.domain}`;
    const checks = Object.fromEntries(regionRoles.map((role) => [role, this.addRegion(role, props)])) as Record<
      RegionRole,
      string
    >;
    const servable = {
      primary: new Route53HealthCheck(this, "primary-servable", {
        type: "CALCULATED",
        childHealthchecks: [checks.primary, props.latch.released],
        childHealthThreshold: 2,
        referenceName: healthCheckReference("servable", application),
        tags: { Name: `${this.hostName} primary, unless latched` },
      }),
      secondary: new Route53HealthCheck(this, "secondary-servable", {
        type: "CALCULATED",
        childHealthchecks: [checks.secondary, props.latch.engaged],
        childHealthThreshold: 1,
        referenceName: healthCheckReference("standby", application),
        tags: { Name: `${this.hostName} secondary, always while latched` },
      }),
    };
    for (const role of regionRoles)
      new Route53Record(this, `failover-${role}`, {
        zoneId: props.zoneId,
        name: this.hostName,
        type: "A",
        setIdentifier: role,
        failoverRoutingPolicy: { type: role.toUpperCase() },
        healthCheckId: servable[role].id,
        alias: {
          name: props.loadBalancers[role].dnsName,
          zoneId: props.loadBalancers[role].zoneId,
          evaluateTargetHealth: false,
        },
      });
  }

  /** The region's own name, and the check of it from Route 53's public checkers. Returns the check's ID. */
  private addRegion(
    role: RegionRole,
    { environment, application, healthPath, zoneId, loadBalancers }: FailoverEndpointProps,
  ): string {
    const host = regionalHost(environment, role, application);
    new Route53Record(this, `regional-${role}`, {
      zoneId,
      name: host,
      type: "A",
      alias: { name: loadBalancers[role].dnsName, zoneId: loadBalancers[role].zoneId, evaluateTargetHealth: false },
    });
    return new Route53HealthCheck(this, `endpoint-${role}`, {
      type: "HTTPS",
      fqdn: host,
      port: 443,
      resourcePath: healthPath,
      enableSni: true,
      measureLatency: false,
      requestInterval: environment.failover.healthCheckIntervalSeconds,
      failureThreshold: environment.failover.failureThreshold,
      referenceName: healthCheckReference(role, application),
      tags: { Name: host },
    }).id;
  }
}

/** Name of an application in one region: `<app>.<region>.<domain>`. */
export function regionalHost(environment: Environment, role: RegionRole, application: string): string {
  return `${application}.${environment.regions[role].name}.${environment.domain}`;
}
