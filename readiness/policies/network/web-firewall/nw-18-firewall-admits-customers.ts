import { webRuleGroups } from "../../../../catalog/edge/web-rule-groups";
import type { Block } from "../../../inventory/resource";
import type { WebAcl } from "../../../inventory/facts/aws/web-acls";
import { atLeast, equals } from "../../../policy/comparison";
import type { JsonObject } from "../../../policy/json";
import { add, change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import { blocksFoundBodies } from "./_bodies";
import { publicBalancers } from "../_routing";

/** A whole office behind one address stays below it: 3 requests a second. */
const LEAST_IN_FIVE_MINUTES = 1000;
const FIVE_MINUTES = 300;

const nameOf = (rule: Block): string => rule.text("name") ?? "a rule without a name";

function rateRule(rule: Block, rate: Block): Verdict[] {
  const limit = rate.number("limit");
  const window = rate.number("evaluation_window_sec") ?? FIVE_MINUTES;
  return [
    atLeast(
      LEAST_IN_FIVE_MINUTES,
      limit === undefined ? undefined : (limit * FIVE_MINUTES) / window,
      `requests of one address in five minutes that ${nameOf(rule)} lets pass`,
    ),
    equals("IP", rate.text("aggregate_key_type") ?? "IP", `whom ${nameOf(rule)} counts together`),
  ];
}

function managedGroup(rule: Block, group: Block): Verdict[] {
  if (rule.block("override_action")?.raw("count") !== undefined) return [pass(`${nameOf(rule)} counts only`)];
  const name = `${group.text("vendor_name") ?? ""} ${group.text("name") ?? ""}`;
  const known = webRuleGroups.find((one) => name === `AWS ${one.name}`);
  if (!known)
    return [
      fail({
        expected: `groups of rules that let callers pass: ${webRuleGroups.map((one) => one.name).join(", ")}`,
        actual: `${nameOf(rule)} is ${name}, whose refusals are not declared`,
      }),
    ];
  const counted = group
    .blocks("rule_action_override")
    .filter((one) => one.block("action_to_use")?.raw("count") !== undefined)
    .map((one) => one.text("name"));
  const missing = known.counted.filter((one) => !counted.includes(one.rule));
  return missing.length === 0
    ? [pass(`${nameOf(rule)} lets callers pass`)]
    : missing.map((one) =>
        fail({
          expected: `${one.rule} of ${name} counts only: ${one.reason}`,
          actual: `${nameOf(rule)} lets it block`,
        }),
      );
}

/** What one rule of the list refuses; every rule that decides by itself must be a declared one. */
function judgeRule(rule: Block): Verdict[] {
  const rate = rule.block("statement.rate_based_statement");
  const managed = rule.block("statement.managed_rule_group_statement");
  if (managed) return managedGroup(rule, managed);
  const decides = ["allow", "count"].find((action) => rule.block("action")?.raw(action) !== undefined);
  if (decides) return [pass(`${nameOf(rule)} refuses nothing`)];
  if (blocksFoundBodies(rule)) return [pass(`${nameOf(rule)} blocks what a managed rule found in a body`)];
  if (rate && rule.block("action")?.raw("block") !== undefined) return rateRule(rule, rate);
  return [
    fail({
      expected: "no rule that refuses customers by country, address or content",
      actual: `${nameOf(rule)}: ${JSON.stringify(rule.raw("action") ?? rule.raw("override_action") ?? "no action")} on ${Object.keys(rule.block("statement")?.arguments ?? {}).join(", ") || "an unknown statement"}`,
    }),
  ];
}

const firewalls = resource("aws_wafv2_web_acl");
const ofSecondary = resource("aws_wafv2_web_acl", (_, __, stack) => stack.endsWith("eu-west-1"));
const further = (statement: JsonObject, action: string) => (block: JsonObject) => {
  (block["rule"] as JsonObject[]).push({ name: "further", priority: 9, action: { [action]: {} }, statement });
};
const group = (name: string, vendor = "AWS") => ({ managed_rule_group_statement: { name, vendor_name: vendor } });

export default policy({
  id: "NW-18",
  severity: "error",
  proves: ["FG-21", "CA-08"],
  title: "The web ACL of each load balancer lets customers pass",
  because:
    "a default of block, a country list or a limit of ten requests is an outage for those whom it refuses, and the access log shows nothing but 403",
  remedy:
    "keep the WebFirewall as it is, or add the group of rules with what must only count to catalog/edge/web-rule-groups.json",
  subjects: publicBalancers,
  check: ({ webAcl, region }, platform) => {
    if (webAcl === undefined) return fail({ expected: "a web ACL", actual: "none is associated" });
    return [
      equals("allow", webAcl.defaultAction ?? "none", "default action of the web ACL"),
      equals(`REGIONAL ${region ?? ""}`, `${webAcl.scope ?? ""} ${webAcl.resource.region ?? ""}`, "scope and region"),
      ...elsewhere(
        webAcl,
        platform.referrers(webAcl.resource).map(({ type }) => type),
      ),
      ...webAcl.resource.blocks("rule").flatMap(judgeRule),
    ];
  },
  mutants: [
    remove(
      "no association, in the secondary",
      resource("aws_wafv2_web_acl_association", (_, __, stack) => stack.endsWith("eu-west-1")),
    ),
    change("everything is blocked", firewalls, set("default_action", { block: {} })),
    change("everything is blocked, in the secondary", ofSecondary, set("default_action", { block: {} })),
    change("no default", firewalls, unset("default_action")),
    change("ten requests", firewalls, set("rule.0.statement.rate_based_statement.limit", 10)),
    change(
      "all addresses counted together",
      firewalls,
      set("rule.0.statement.rate_based_statement.aggregate_key_type", "CONSTANT"),
    ),
    change(
      "all countries but one",
      firewalls,
      further({ not_statement: { statement: { geo_match_statement: { country_codes: ["US"] } } } }, "block"),
    ),
    change(
      "a list of addresses",
      ofSecondary,
      further({ ip_set_reference_statement: { arn: "arn:aws:wafv2:x" } }, "block"),
    ),
    change("a puzzle for programs", firewalls, further({ byte_match_statement: { search_string: "/" } }, "captcha")),
    change("hosting providers are refused", firewalls, (block) => {
      (block["rule"] as JsonObject[]).push({
        name: "anonymous",
        priority: 9,
        override_action: { none: {} },
        statement: group("AWSManagedRulesAnonymousIpList"),
      });
    }),
    change("a group of another vendor", firewalls, (block) => {
      (block["rule"] as JsonObject[]).push({
        name: "other",
        priority: 9,
        override_action: { none: {} },
        statement: group("AWSManagedRulesCommonRuleSet", "Other"),
      });
    }),
    change(
      "long bodies are refused",
      firewalls,
      set("rule.1.statement.managed_rule_group_statement.rule_action_override", []),
    ),
    change("rules as text", firewalls, set("rule_json", "[]")),
    add("rules of another resource", /^ingress-/, "aws_wafv2_web_acl_rule_group_association", "raw", {
      web_acl_arn: "${aws_wafv2_web_acl.firewall_acl_37C13A0A.arn}",
    }),
    change("a web ACL of CloudFront", firewalls, set("scope", "CLOUDFRONT")),
  ],
  boundary: {
    holds: change(
      "1000 requests",
      firewalls,
      set("rule.0.statement.rate_based_statement.limit", LEAST_IN_FIVE_MINUTES),
    ),
    breaks: change(
      "999 requests",
      firewalls,
      set("rule.0.statement.rate_based_statement.limit", LEAST_IN_FIVE_MINUTES - 1),
    ),
  },
});

/** Rules that are written somewhere else than in the list that is read here. */
function elsewhere(acl: WebAcl, referrers: readonly string[]): Verdict[] {
  const others = referrers.filter((type) => !/^aws_wafv2_web_acl_(association|logging_configuration)$/.test(type));
  const found = [...(acl.resource.has("rule_json") ? ["rule_json"] : []), ...new Set(others)];
  return [equals([], found, "places of rules beside the web ACL's own")];
}
