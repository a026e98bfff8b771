import { checkableTlsPolicies } from "../../../../catalog/edge/tls-policies";
import { equals, holds, oneOf } from "../../../policy/comparison";
import { change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { asObject } from "../../../policy/json";
import { fail, type Verdict } from "../../../policy/verdict";
import type { Platform } from "../../../inventory/platform";
import type { DnsRecord, HealthCheck } from "../../../inventory/facts/aws/dns";

const routing = (kind: string) =>
  resource("aws_route53_record", (block) => asObject(block["failover_routing_policy"])["type"] === kind);
const endpoints = resource("aws_route53_health_check", (block) => block["type"] === "HTTPS");
const https = resource("aws_lb_listener", (block) => block["protocol"] === "HTTPS");
const opposite = { PRIMARY: "SECONDARY", SECONDARY: "PRIMARY" } as const;

export default policy({
  id: "MR-03",
  severity: "error",
  proves: ["CA-08", "CA-09", "FL-28"],
  // The emulated environment costs nothing, answers no checker and has no cluster to ask for access.
  environments: ["production", "staging", "development"],
  title: "Each public name fails over by health checks that reach their target",
  because:
    "a check that can't reach a healthy endpoint moves all traffic away for nothing, and a record without its pair has nowhere to move it",
  remedy:
    "make the name with FailoverEndpoint: both records, a check of each region's own name, and a load balancer policy that still speaks TLS 1.2 to Route 53's checkers",
  subjects: (platform) => platform.records.filter(({ failover }) => failover !== undefined),
  whenAbsent: (platform) =>
    platform.loadBalancers.some(({ listeners }) => listeners.some(({ rules }) => rules.length > 0))
      ? fail({ expected: "failover records of the public names", actual: "none" })
      : { outcome: "notApplicable", reason: "no application has a public name" },
  check: (record, platform) => {
    const { failover, healthCheck } = record;
    if (failover === undefined) return [];
    const pair = platform.records.find(
      (other) => other.name === record.name && other.type === record.type && other.failover === opposite[failover],
    );
    return [
      pair
        ? holds(
            targetRegion(record) !== targetRegion(pair),
            "the pair leads to another region",
            `${targetRegion(record) ?? "nowhere"} and ${targetRegion(pair) ?? "nowhere"}`,
          )
        : fail({ expected: `a ${opposite[failover]} record of ${record.name ?? "the name"}`, actual: "none" }),
      ...(healthCheck
        ? leaves(healthCheck)
            .filter(({ kind }) => kind === "endpoint")
            .flatMap((check) => reachable(check, record, platform))
        : [fail({ expected: "a health check", actual: "none: Route 53 always treats the record as healthy" })]),
    ];
  },
  mutants: [
    remove("no secondary", routing("SECONDARY")),
    change("no health check", routing("PRIMARY"), unset("health_check_id")),
    change("both lead to one region", routing("SECONDARY"), (block) => {
      const alias = asObject(block["alias"]);
      alias["name"] = String(alias["name"]).replaceAll("eu-west-1", "us-east-1");
    }),
    change("a check switched off", endpoints, set("disabled", true)),
    change("a check turned round", endpoints, set("invert_healthcheck", true)),
    change("a port that nothing listens on", endpoints, set("port", 8443)),
    change("a name that no rule answers", endpoints, set("fqdn", "status.example.org")),
    change("a private load balancer", resource("aws_lb"), set("internal", true)),
    remove(
      "the region's own names are gone",
      resource("aws_route53_record", (block) => block["failover_routing_policy"] === undefined),
    ),
  ],
  boundary: {
    holds: change("TLS 1.2 and 1.3, FIPS", https, set("ssl_policy", "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09")),
    breaks: change(
      "TLS 1.3 alone, which Route 53's checkers do not speak",
      https,
      set("ssl_policy", "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09"),
    ),
  },
});

const targetRegion = (record: DnsRecord): string | undefined => record.alias?.target?.region;
const leaves = (check: HealthCheck): HealthCheck[] =>
  check.children.length === 0 ? [check] : check.children.flatMap(leaves);

function reachable(check: HealthCheck, record: DnsRecord, platform: Platform): Verdict[] {
  const balancer = platform.loadBalancers.find(({ resource: own }) => own === record.alias?.target);
  const listener = balancer?.listeners.find(({ port }) => port === check.port);
  const named = platform.records.find(({ name, failover }) => name === check.host && failover === undefined);
  return [
    holds(
      !check.disabled && !check.inverted,
      `${check.label} counts as it is measured`,
      check.disabled ? "disabled" : check.inverted ? "inverted" : "it does",
    ),
    holds(
      named?.alias?.target !== undefined && named.alias.target === record.alias?.target,
      `${check.host ?? "its host"} leads to the load balancer of the record`,
      named ? (targetRegion(named) ?? "nowhere") : "no record has that name",
    ),
    holds(
      balancer !== undefined && !balancer.internal,
      "a load balancer that public checkers reach",
      balancer ? (balancer.internal ? "internal" : "public") : "no load balancer",
    ),
    listener
      ? oneOf(checkableTlsPolicies, listener.sslPolicy ?? "none", "TLS policy that Route 53's checkers speak")
      : fail({ expected: `a listener on port ${check.port ?? "?"}`, actual: "none" }),
    equals(
      true,
      listener?.rules.some(({ hosts }) => hosts.includes(check.host ?? "")) ?? false,
      `a rule answers for ${check.host ?? "the host"}`,
    ),
  ];
}
