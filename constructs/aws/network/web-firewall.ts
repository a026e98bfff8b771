import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Wafv2WebAcl, type Wafv2WebAclRule } from "@cdktf/provider-aws/lib/wafv2-web-acl";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association";
import { Wafv2WebAclLoggingConfiguration } from "@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration";
import type { Construct } from "constructs";
import { type WebRuleGroup, webRuleGroups } from "../../../catalog/edge/web-rule-groups";
import { type Declaration, Guarded } from "../../guarded";

/** Requests of one application whose bodies quote what others wrote: webhooks, build logs. */
export interface BodyException {
  readonly application: string;
  readonly hosts: readonly string[];
  /** Patterns as the load balancer takes them: `*` stands for any text, `?` for one character. */
  readonly paths: readonly string[];
}

export interface WebFirewallProps {
  readonly name: string;
  readonly loadBalancerArn: string;
  /** Requests that one address may send in five minutes, 10 to 2 000 000 000. @default 10000 - 33 a second: a whole office behind one address stays below */
  readonly requestsPerAddressIn5Minutes?: number;
  /** Where rules that read bodies refuse nothing. @default none */
  readonly bodyExceptions?: readonly BodyException[];
  readonly logKeyArn: string;
  readonly logRetentionDays: number;
  readonly declaration?: Declaration;
}

/** WAF of a load balancer: a rate limit for each address, AWS' common rules and known bad inputs, which judge no body on excepted paths; blocked requests are logged. */
export class WebFirewall extends Guarded {
  static readonly guardedBy = ["NW-08", "NW-18", "NW-23", "OB-06", "SC-17"] as const;

  constructor(scope: Construct, id: string, props: WebFirewallProps) {
    super(scope, id, props.declaration);
    const exceptions = props.bodyExceptions ?? [];
    const acl = new Wafv2WebAcl(this, "acl", {
      name: props.name,
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      visibilityConfig: visibility(props.name),
      rule: [
        rateLimit(props.requestsPerAddressIn5Minutes ?? 10_000),
        managedRules("common", 1, "AWSManagedRulesCommonRuleSet", exceptions.length > 0),
        managedRules("known-bad-inputs", 2, "AWSManagedRulesKnownBadInputsRuleSet", exceptions.length > 0),
        ...(exceptions.length > 0 ? [labelledBodies(3, exceptions)] : []),
      ],
    });
    new Wafv2WebAclAssociation(this, "association", { webAclArn: acl.arn, resourceArn: props.loadBalancerArn });
    const logs = new CloudwatchLogGroup(this, "logs", {
      // WAF delivers only to names that begin like this.
      name: `aws-waf-logs-${props.name}`,
      retentionInDays: props.logRetentionDays,
      kmsKeyId: props.logKeyArn,
    });
    new Wafv2WebAclLoggingConfiguration(this, "logging", {
      resourceArn: acl.arn,
      logDestinationConfigs: [logs.arn],
      loggingFilter: {
        defaultBehavior: "DROP",
        filter: [
          {
            behavior: "KEEP",
            requirement: "MEETS_ANY",
            condition: [{ actionCondition: { action: "BLOCK" } }, { actionCondition: { action: "COUNT" } }],
          },
        ],
      },
      redactedFields: [{ singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }],
    });
  }
}

function rateLimit(limit: number): Wafv2WebAclRule {
  return {
    name: "rate-limit",
    priority: 0,
    action: { block: {} },
    visibilityConfig: visibility("rate-limit"),
    statement: { rate_based_statement: { limit, aggregate_key_type: "IP" } },
  };
}

/** @param labelsBodies its rules that read bodies only put their labels on requests, and {@link labelledBodies} decides */
function managedRules(name: string, priority: number, group: string, labelsBodies: boolean): Wafv2WebAclRule {
  const { counted, bodyRules } = groupOf(group);
  const countOnly = [...counted, ...(labelsBodies ? bodyRules : [])];
  return {
    name,
    priority,
    overrideAction: { none: {} },
    visibilityConfig: visibility(name),
    statement: {
      managed_rule_group_statement: {
        vendor_name: "AWS",
        name: group,
        rule_action_override: countOnly.map(({ rule }) => ({ name: rule, action_to_use: { count: {} } })),
      },
    },
  };
}

function groupOf(name: string): WebRuleGroup {
  const group = webRuleGroups.find((one) => one.name === name);
  if (!group)
    throw new Error(`catalog/edge/web-rule-groups.json has no group ${name}: add it with what must only count`);
  return group;
}

/**
 * Blocks what a rule found in a body, but on the paths that are excepted. Source: AWS WAF developer guide, "Labels on web
 * requests", the example of false positives; read 2026-11-29. The provider nests three statements deep: each application
 * is a `not` of its own.
 */
function labelledBodies(priority: number, exceptions: readonly BodyException[]): Wafv2WebAclRule {
  const labels = webRuleGroups.flatMap(({ bodyRules }) => bodyRules.map(({ label }) => label));
  return {
    name: "bodies",
    priority,
    action: { block: {} },
    visibilityConfig: visibility("bodies"),
    statement: {
      and_statement: {
        statement: [
          { or_statement: { statement: labels.map((key) => ({ label_match_statement: { scope: "LABEL", key } })) } },
          ...exceptions.flatMap(({ hosts, paths }) =>
            paths.map((path) => ({
              not_statement: {
                statement: [
                  {
                    and_statement: {
                      statement: [
                        matching({ single_header: { name: "host" } }, "LOWERCASE", hosts),
                        // A path with /../ in it is judged by where it leads.
                        matching({ uri_path: {} }, "NORMALIZE_PATH", [path]),
                      ],
                    },
                  },
                ],
              },
            })),
          ),
        ],
      },
    },
  };
}

/** A regular expression for one of the patterns. A header of the host may name the port. */
function matching(field: object, transformation: string, patterns: readonly string[]) {
  const expressions = patterns.map((pattern) =>
    pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*/g, ".*")
      .replace(/\?/g, "."),
  );
  const port = "single_header" in field ? "(?::443)?" : "";
  return {
    regex_match_statement: {
      regex_string: `^(?:${expressions.join("|")})${port}$`,
      field_to_match: field,
      text_transformation: [{ priority: 0, type: transformation }],
    },
  };
}

function visibility(metricName: string) {
  return { cloudwatchMetricsEnabled: true, metricName, sampledRequestsEnabled: true };
}
