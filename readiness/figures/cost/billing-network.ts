import type { BillableResource } from "../../../models/cost";
import type { Resource } from "../../inventory/resource";
import type { BillingContext, Rule } from "./billing-context";
import { copiedGb, healthCheckCapacityUnits, healthCheckRequests, over, plus } from "./declared-traffic";

/** Gateways, addresses, load balancers, endpoints, names and the firewall. */
export const networkRules: Readonly<Record<string, Rule>> = {
  aws_nat_gateway: (resource, context) => [
    {
      kind: "nat-gateway",
      ...context.subject(resource),
      count: 1,
      connectivity: resource.text("connectivity_type") === "private" ? "private" : "public",
      processedGb: over(
        plus(context.volume("natGb", resource.region), copiedGb(context, resource.region)),
        context.siblings(resource),
      ),
    },
  ],
  aws_eip: (resource, context) => {
    const nat = context.platform.referrers(resource).some(({ type }) => type === "aws_nat_gateway");
    if (nat)
      return [
        {
          kind: "free-of-charge",
          ...context.subject(resource),
          reason: "billed as public IPv4 address of its NAT gateway",
        },
      ];
    return [{ kind: "public-ipv4", ...context.subject(resource), count: 1 }];
  },
  aws_lb: loadBalancer,
  aws_alb: loadBalancer,
  aws_vpc_endpoint: (resource, context) => {
    const type = resource.text("vpc_endpoint_type") ?? "Gateway";
    if (type === "Gateway")
      return [{ kind: "free-of-charge", ...context.subject(resource), reason: "gateway endpoints cost nothing" }];
    if (type !== "Interface") return [context.unpriced(resource, `a VPC endpoint of type ${type}`)];
    const zones = Math.max(1, resource.resources("subnet_ids").length);
    return [
      {
        kind: "interface-endpoint",
        ...context.subject(resource),
        zones,
        processedGb: context.volume("interfaceEndpointGb", resource.region),
      },
    ];
  },
  aws_route53_zone: (resource, context) => [
    {
      kind: "route53-zone",
      ...context.subject(resource),
      count: 1,
      queries: context.ofActive(context.usage.global.dnsQueries, context.platform.ofType("aws_route53_zone").length),
    },
  ],
  aws_route53_health_check: healthCheck,
  aws_wafv2_web_acl: (resource, context) => [
    {
      kind: "waf",
      ...context.subject(resource),
      rules: resource.blocks("rule").length,
      requests: over(
        plus(
          context.volume("firewallRequests", resource.region),
          healthCheckRequests(context.platform, resource.region),
        ),
        context.siblings(resource),
      ),
    },
  ],
};

function loadBalancer(resource: Resource, context: BillingContext): BillableResource[] {
  const type = resource.text("load_balancer_type") ?? "application";
  if (type !== "application" && type !== "network")
    return [context.unpriced(resource, `a load balancer of type ${type}`)];
  const balancer = context.platform.loadBalancers.find((one) => one.resource === resource);
  return [
    {
      kind: "load-balancer",
      ...context.subject(resource),
      type,
      publicAddresses: balancer === undefined || balancer.internal ? 0 : balancer.zones.length,
      capacityUnits: over(
        plus(
          context.volume("loadBalancerCapacityUnits", resource.region),
          healthCheckCapacityUnits(context.platform, resource.region),
        ),
        context.siblings(resource),
      ),
    },
  ];
}

/** Checks of other checks and of alarms cost what a check of an AWS endpoint costs. HTTPS, 10 s, text match and latency are options. */
function healthCheck(resource: Resource, context: BillingContext): BillableResource[] {
  const check = context.platform.healthChecks.find((one) => one.resource === resource);
  const endpoint = check?.kind === "endpoint";
  const onAws =
    !endpoint ||
    context.platform.records.some(
      (record) =>
        record.alias?.target?.type === "aws_lb" &&
        record.name !== undefined &&
        `${record.name}`.replace(/\.$/, "") === check.host,
    );
  const type = resource.text("type") ?? "";
  const options = [
    endpoint && type.startsWith("HTTPS"),
    endpoint && resource.number("request_interval") === 10,
    type.endsWith("STR_MATCH"),
    resource.flag("measure_latency") === true,
  ];
  return [
    {
      kind: "route53-health-check",
      ...context.subject(resource),
      endpoint: onAws ? "aws" : "non-aws",
      count: 1,
      options: options.filter(Boolean).length,
    },
  ];
}
