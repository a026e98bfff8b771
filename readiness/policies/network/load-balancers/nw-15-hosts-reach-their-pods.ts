import { holds } from "../../../policy/comparison";
import type { JsonObject } from "../../../policy/json";
import { add, change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail } from "../../../policy/verdict";
import { judgeRule, redirects, served, servesNothing } from "./_listeners";
import { hostsOf, publicBalancers, servedApplications } from "../_routing";

const inRegion = (type: string, region: string, where: (block: JsonObject) => boolean = () => true) =>
  resource(type, (block, _, stack) => stack.endsWith(region) && where(block));
const rules = resource("aws_lb_listener_rule");
const https = resource("aws_lb_listener", (block) => block["protocol"] === "HTTPS");
const http = resource("aws_lb_listener", (block) => block["protocol"] === "HTTP");

export default policy({
  id: "NW-15",
  severity: "error",
  proves: ["CA-08", "CA-24", "FL-28"],
  title: "Each public name reaches the pods of its application, in both regions",
  because:
    "a name without a rule, a rule behind a wider one, and a rule that forwards to another application answer customers with 404 or with another application's pages; in the standby that is found at the failover",
  remedy:
    "let the entry of the application make its rules: one host each, paths before what takes everything, priorities of its own block",
  subjects: publicBalancers,
  whenAbsent: (platform) =>
    platform.objects.some(({ object }) => object.kind === "TargetGroupBinding")
      ? fail({ expected: "a public load balancer", actual: "none" })
      : { outcome: "notApplicable", reason: "no application is reached from outside" },
  check: (balancer, platform) => {
    const listener = balancer.listeners.find(({ port, protocol }) => port === 443 && protocol === "HTTPS");
    if (!listener) return fail({ expected: "an HTTPS listener on port 443", actual: "none" });
    const hosts = hostsOf(balancer, platform);
    const applications = servedApplications(balancer.region, platform).length;
    return [
      ...redirects(balancer),
      servesNothing(listener),
      ...listener.rules.map((rule) => judgeRule(rule, listener)),
      ...hosts.map((host) => served(host, listener, balancer, platform)),
      holds(hosts.length >= applications, `names of ${applications} applications`, `${hosts.length}`),
    ];
  },
  mutants: [
    remove("no rule for an application in the secondary", inRegion("aws_lb_listener_rule", "eu-west-1")),
    change("another host", rules, set("condition.0.host_header.values", ["www.example.org"])),
    change(
      "the region's name only, in the primary",
      // What takes everything: the rules before it may let in single paths or networks.
      inRegion(
        "aws_lb_listener_rule",
        "us-east-1",
        ({ condition }) => !/path_pattern|source_ip/.test(JSON.stringify(condition)),
      ),
      (block) => {
        const text = JSON.stringify(block["condition"]).replace(/"[a-z]+\.acme\.example",/, "");
        block["condition"] = JSON.parse(text) as JsonObject[];
      },
    ),
    change("two rules of one priority", rules, set("priority", 100)),
    change(
      "what takes everything comes first",
      resource("aws_lb_listener_rule", (block) => Number(block["priority"]) % 20 === 19),
      (block) => set("priority", Number(block["priority"]) - 100)(block),
    ),
    change("a fixed answer where customers are served", rules, set("action.0", fixed("503"))),
    change("a redirect where customers are served", rules, set("action.0", redirect("8443"))),
    change("only from one network", rules, (block) => {
      (block["condition"] as JsonObject[]).push({ source_ip: { values: ["192.0.2.0/24"] } });
    }),
    change(
      "the organisation's networks where everybody is served",
      resource("aws_lb_listener_rule", (_block, _id, stack) => stack.startsWith("storefront-")),
      (block) => {
        (block["condition"] as JsonObject[]).push({ source_ip: { values: ["198.51.100.0/24"] } });
      },
    ),
    remove(
      "Route 53 kept out, in the secondary",
      resource("aws_lb_listener_rule", (_block, id, stack) => stack === "ledger-eu-west-1" && id.includes("open")),
    ),
    change("a target group of another application", rules, (block) => {
      const [action] = block["action"] as JsonObject[];
      if (action) action["target_group_arn"] = "arn:aws:elasticloadbalancing:us-east-1:210987654321:targetgroup/x/1";
    }),
    change("a target group of weight 0", rules, (block) => {
      const [action] = block["action"] as JsonObject[];
      const arn = action?.["target_group_arn"] ?? "";
      block["action"] = [{ type: "forward", forward: { target_group: [{ arn, weight: 0 }] } }];
    }),
    change(
      "too many paths for one rule",
      rules,
      set("condition.1", { path_pattern: { values: ["/1", "/2", "/3", "/4"] } }),
    ),
    add("a foreign rule before all others", /^ingress-/, "aws_lb_listener_rule", "raw", {
      listener_arn: "${aws_lb_listener.load-balancer_https_7F5E2DEF.arn}",
      priority: 1,
      condition: [{ path_pattern: { values: ["/*"] } }],
      action: [fixed("200")],
    }),
    change("port 80 redirects to another port", http, set("default_action.0.redirect.port", "8443")),
    change("port 80 forgets the path", http, set("default_action.0.redirect.path", "/")),
    change("port 80 keeps its port", http, unset("default_action.0.redirect.port")),
    remove("no listener on port 80", http),
    change("unknown names are served", https, set("default_action.0", fixed("200"))),
    change("HTTPS on another port, in the secondary", inRegion("aws_lb_listener", "eu-west-1"), set("port", 8443)),
  ],
  boundary: {
    holds: change("hosts in other case", rules, (block) => {
      const text = JSON.stringify(block["condition"]).replaceAll("acme.example", "Acme.Example");
      block["condition"] = JSON.parse(text) as JsonObject[];
    }),
    breaks: change("hosts of one letter less", rules, (block) => {
      const text = JSON.stringify(block["condition"]).replaceAll("acme.example", "acme.exampl");
      block["condition"] = JSON.parse(text) as JsonObject[];
    }),
  },
});

function fixed(status: string): JsonObject {
  return { type: "fixed-response", fixed_response: { content_type: "text/plain", status_code: status } };
}

function redirect(port: string): JsonObject {
  return { type: "redirect", redirect: { port, protocol: "HTTPS", status_code: "HTTP_301" } };
}
