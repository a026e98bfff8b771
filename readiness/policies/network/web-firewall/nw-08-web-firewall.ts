import { atMost, holds } from "../../../policy/comparison";
import { change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail } from "../../../policy/verdict";

const firewalls = resource("aws_wafv2_web_acl");
/** A limit above it stops no single client: 1000 requests a second, which is the peak of all customers together (CA-25). */
const mostRequestsIn5Minutes = 300_000;

export default policy({
  id: "NW-08",
  severity: "warning",
  proves: ["FG-21", "CA-23"],
  title: "Public load balancers have a web ACL with a rate limit that blocks",
  because: "without it a single address can use up the whole capacity, and every known exploit reaches the application",
  remedy: "associate the WebFirewall construct with the load balancer; let its rate rule block, not count",
  equivalents: ["checkov CKV2_AWS_28"],
  subjects: (platform) => platform.loadBalancers.filter(({ internal }) => !internal),
  check: ({ webAcl }) => {
    if (webAcl === undefined) return fail({ expected: "a web ACL", actual: "none is associated" });
    const limit = webAcl.rules.find((rule) => rule.rateLimit !== undefined && rule.action === "block");
    // A group that is overridden to count, and a rule without any override, refuse nothing.
    const managed = webAcl.resource
      .blocks("rule")
      .filter(
        (rule) =>
          rule.has("statement.managed_rule_group_statement") &&
          rule.block("override_action")?.raw("none") !== undefined,
      );
    return [
      limit
        ? atMost(mostRequestsIn5Minutes, limit.rateLimit, "requests of one address in five minutes")
        : fail({
            expected: "a rate rule that blocks",
            actual:
              webAcl.rules.map(({ name, action }) => `${name ?? "rule"}: ${action ?? "nothing"}`).join(", ") ||
              "no rule",
          }),
      holds(
        managed.length > 0,
        "a managed group of rules in force",
        managed.map((rule) => rule.text("name")).join(", ") || "none",
      ),
    ];
  },
  mutants: [
    remove("no association", resource("aws_wafv2_web_acl_association")),
    change("no rules", firewalls, unset("rule")),
    change("the rate is counted only", firewalls, set("rule.0.action", { count: {} })),
    change("managed rules count only", firewalls, (block) => {
      for (const index of [1, 2]) set(`rule.${index}.override_action`, { count: {} })(block);
    }),
  ],
  boundary: {
    holds: change(
      "300 000 requests",
      firewalls,
      set("rule.0.statement.rate_based_statement.limit", mostRequestsIn5Minutes),
    ),
    breaks: change(
      "300 001 requests",
      firewalls,
      set("rule.0.statement.rate_based_statement.limit", mostRequestsIn5Minutes + 1),
    ),
  },
});
