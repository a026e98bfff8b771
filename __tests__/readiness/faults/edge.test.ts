import type { JsonObject } from "../../../readiness/policy/json";
import { add, change, manifest, remove, resource, set, unset, update } from "../../../readiness/policy/mutation";
import { describeFaults } from "./planted-faults";

const rules = "aws_lb_listener_rule";
const groups = "aws_lb_target_group";
const ingress = "aws_vpc_security_group_ingress_rule";
const alarms = "aws_cloudwatch_metric_alarm";
const httpsListener = "${aws_lb_listener.load-balancer_https_7F5E2DEF.arn}";
const watching = (metric: string) => (block: JsonObject) => block["metric_name"] === metric;
/** Stacks of a region that begin with the name. */
const stacksOf = (name: string, stacks: RegExp): RegExp => new RegExp(`^${name}-.*${stacks.source}`);
const atEdge = (_block: JsonObject, _id: string, stack: string): boolean => stack.startsWith("ingress-");
const listener =
  (protocol: string) =>
  (block: JsonObject): boolean =>
    block["protocol"] === protocol;

describeFaults("the way of a request, names, networks and alarms", [
  {
    name: "a host that loses its rule",
    refusedBy: "NW-15",
    says: /storefront\.acme\.example in .*: a request of \/ does not reach its application: no rule matches/,
    plant: (here) =>
      remove(
        "m",
        resource(
          rules,
          here((_, __, stack) => stack.startsWith("storefront-")),
        ),
      ),
  },
  {
    name: "a customer host that leaves its rule",
    refusedBy: "NW-15",
    says: /acme\.example in .*: a request of \/ does not reach its application: no rule matches/,
    plant: (here) =>
      change(
        "m",
        resource(rules, here()),
        update("condition.host_header.values", (values) => (Array.isArray(values) ? values.slice(1) : values)),
      ),
  },
  {
    name: "two rules of one priority",
    refusedBy: "NW-15",
    says: /priority 100 twice: AWS refuses the second rule/,
    plant: (here) => change("m", resource(rules, here()), set("priority", 100)),
  },
  {
    name: "a raw rule that takes everything first",
    refusedBy: "NW-15",
    says: /rule 1 of ingress-.* answers with fixed-response/,
    plant: (_here, stacks) =>
      add("m", stacksOf("ingress", stacks), rules, "raw", {
        listener_arn: httpsListener,
        priority: 1,
        condition: [{ path_pattern: { values: ["*"] } }],
        action: [{ type: "fixed-response", fixed_response: { content_type: "text/plain", status_code: "503" } }],
      }),
  },
  {
    name: "a redirect to a port that nothing listens on",
    refusedBy: "NW-15",
    says: /where port 80 redirects to.*HTTPS 8443/,
    plant: (here) =>
      change("m", resource("aws_lb_listener", here(listener("HTTP"))), set("default_action.0.redirect.port", "8443")),
  },
  {
    name: "a default answer of 200",
    refusedBy: "NW-15",
    says: /the default action answers 404 to names of no application.*200/,
    plant: (here) =>
      change(
        "m",
        resource("aws_lb_listener", here(listener("HTTPS"))),
        set("default_action.0.fixed_response.status_code", "200"),
      ),
  },
  {
    name: "a health check of port 9999",
    refusedBy: "NW-16",
    says: /port of the health check.*9999/,
    plant: (here) => change("m", resource(groups, here()), set("health_check.port", "9999")),
  },
  {
    name: "a health check of a path that nobody answers",
    refusedBy: "NW-16",
    says: /answers \/nope, which the load balancer asks it for/,
    plant: (here) => change("m", resource(groups, here()), set("health_check.path", "/nope")),
  },
  {
    name: "targets that are instances",
    refusedBy: "NW-16",
    says: /target type.*"instance"/,
    plant: (here) => change("m", resource(groups, here()), set("target_type", "instance")),
  },
  {
    name: "gRPC to pods that speak HTTP/1.1",
    refusedBy: "NW-16",
    says: /protocol version HTTP1 or HTTP2; found GRPC/,
    plant: (here) => change("m", resource(groups, here()), set("protocol_version", "GRPC")),
  },
  {
    name: "a binding that registers node ports",
    refusedBy: "NW-16",
    says: /targets that the binding registers.*"instance"/,
    plant: (here) => change("m", manifest("TargetGroupBinding", here()), set("spec.targetType", "instance")),
  },
  {
    name: "443 from one /24 only",
    refusedBy: "NW-17",
    says: /the internet does not reach load balancer .* on 443\/TCP/,
    plant: (here) =>
      change(
        "m",
        resource(
          ingress,
          here((block) => block["from_port"] === 443),
        ),
        set("cidr_ipv4", "203.0.113.0/24"),
      ),
  },
  {
    name: "nodes that do not admit the load balancer",
    refusedBy: "NW-17",
    says: /does not reach pods of node group .*: no ingress rule of the nodes' security groups/,
    plant: (here) =>
      remove(
        "m",
        resource(
          ingress,
          here((block, id, stack) => atEdge(block, id, stack) && block["referenced_security_group_id"] !== undefined),
        ),
      ),
  },
  {
    name: "a load balancer that may not reach the pods",
    refusedBy: "NW-17",
    says: /does not reach pods of node group .*: no egress rule/,
    plant: (here) => remove("m", resource("aws_vpc_security_group_egress_rule", here(atEdge))),
  },
  {
    name: "network policies without the load balancer",
    refusedBy: "NW-03",
    says: /no policy opens it/,
    plant: (here) =>
      change(
        "m",
        resource(
          "kubernetes_network_policy_v1",
          here((block) => JSON.stringify(block).includes("ip_block")),
        ),
        unset("spec.ingress"),
      ),
  },
  {
    name: "a firewall that blocks by default",
    refusedBy: "NW-18",
    says: /default action of the web ACL.*"block"/,
    plant: (here) => change("m", resource("aws_wafv2_web_acl", here()), set("default_action", { block: {} })),
  },
  {
    name: "a rate limit of ten",
    refusedBy: "NW-18",
    says: /requests of one address in five minutes that rate-limit lets pass.*10/,
    plant: (here) =>
      change("m", resource("aws_wafv2_web_acl", here()), set("rule.0.statement.rate_based_statement.limit", 10)),
  },
  {
    name: "all countries but one",
    refusedBy: "NW-18",
    says: /countries: \{"block":\{\}\} on not_statement/,
    plant: (here) =>
      change("m", resource("aws_wafv2_web_acl", here()), (block) => {
        (block["rule"] as JsonObject[]).push({
          name: "countries",
          priority: 5,
          action: { block: {} },
          statement: { not_statement: { statement: { geo_match_statement: { country_codes: ["US"] } } } },
        });
      }),
  },
  {
    name: "a certificate of another domain on the listener",
    refusedBy: "NW-19",
    says: /none for .*acme\.example/,
    plant: (here) => remove("m", resource("aws_lb_listener_certificate", here())),
  },
  {
    name: "no host names in the network",
    refusedBy: "NW-20",
    says: /enable_dns_hostnames is off/,
    plant: (here) => change("m", resource("aws_vpc", here()), set("enable_dns_hostnames", false)),
  },
  {
    name: "no private endpoint of the API server",
    refusedBy: "NW-20",
    says: /the private endpoint is off/,
    plant: (here) => change("m", resource("aws_eks_cluster", here()), set("vpc_config.endpoint_private_access", false)),
  },
  {
    name: "NAT gateways that are private",
    refusedBy: "NW-20",
    says: /nodes in subnet .* reach neither the registry nor AWS: .* is private/,
    plant: (here) => change("m", resource("aws_nat_gateway", here()), set("connectivity_type", "private")),
  },
  {
    name: "an S3 endpoint that denies",
    refusedBy: "NW-20",
    says: /lets nodes read arn:aws:s3:::prod-.*starport.*an explicit Deny/,
    plant: (here) =>
      change(
        "m",
        resource("aws_vpc_endpoint", here()),
        set("policy", '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}'),
      ),
  },
  {
    name: "alarms on a metric that nobody publishes",
    refusedBy: "OB-20",
    says: /a metric whose source is recorded; found AWS\/Lambda Error$/m,
    plant: (here) => change("m", resource(alarms, here(watching("Errors"))), set("metric_name", "Error")),
  },
  {
    name: "alarms whose actions are off",
    refusedBy: "OB-20",
    says: /actions_enabled is off/,
    plant: (here) => change("m", resource(alarms, here()), set("actions_enabled", false)),
  },
  {
    name: "alarms that nobody is subscribed to",
    refusedBy: "OB-20",
    says: /has no subscription in its region/,
    plant: (here) => remove("m", resource("aws_sns_topic_subscription", here())),
  },
  {
    name: "alarms of another region's database",
    refusedBy: "OB-20",
    says: /DBInstanceIdentifier of something that publishes .* in /,
    plant: (here) =>
      change(
        "m",
        resource(
          alarms,
          here((block) => block["namespace"] === "AWS/RDS"),
        ),
        set("dimensions.DBInstanceIdentifier", "ghost"),
      ),
  },
  {
    name: "a hundred failed runs before anybody hears",
    refusedBy: "OB-20",
    says: /fires at the first failure/,
    plant: (here) => change("m", resource(alarms, here(watching("Errors"))), set("threshold", 100)),
  },
]);

// What lies in stacks of neither region is planted once.
describeFaults(
  "names and the latch, which belong to no region",
  [
    {
      name: "a mistyped hosted zone",
      refusedBy: "NW-19",
      says: /name of the hosted zone.*"acme\.exmaple"/,
      plant: () => change("m", resource("aws_route53_zone"), set("name", "acme.exmaple")),
    },
    {
      name: "a certificate of another domain",
      refusedBy: "NW-19",
      says: /none for .*there are \*\.example\.org/,
      plant: () => change("m", resource("aws_acm_certificate"), set("domain_name", "*.example.org")),
    },
    {
      name: "a CAA record of another issuer",
      refusedBy: "NW-19",
      says: /the CAA record of acme\.example lets Amazon issue .*; found issue letsencrypt\.org/,
      plant: () =>
        add("m", "dns", "aws_route53_record", "caa", {
          zone_id: "${aws_route53_zone.zone.zone_id}",
          name: "acme.example",
          type: "CAA",
          ttl: 300,
          records: ['0 issue "letsencrypt.org"'],
        }),
    },
    {
      name: "a latch's alarm on another metric",
      refusedBy: "OB-20",
      says: /found Plimsoll\/Failover Engage$/m,
      plant: () => change("m", resource(alarms, watching("Engaged")), set("metric_name", "Engage")),
    },
    {
      name: "a latch's check of an alarm in another region",
      refusedBy: "MR-10",
      says: /an alarm behind the latch/,
      plant: () =>
        change(
          "m",
          resource("aws_route53_health_check", (block) => block["type"] === "CLOUDWATCH_METRIC"),
          set("cloudwatch_alarm_region", "us-west-2"),
        ),
    },
    {
      name: "a latch's alarm that never fires",
      refusedBy: "OB-20",
      says: /GreaterThanOrEqualToThreshold 2: it never fires/,
      plant: () =>
        change(
          "m",
          resource(alarms, (block) => block["statistic"] === "Maximum" && watching("Engaged")(block)),
          set("threshold", 2),
        ),
    },
  ],
  { "the stacks of no region": /./ },
);
