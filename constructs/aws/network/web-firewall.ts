import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Wafv2WebAcl, type Wafv2WebAclRule } from "@cdktf/provider-aws/lib/wafv2-web-acl";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association";
import { Wafv2WebAclLoggingConfiguration } from "@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration";
import type { Construct } from "constructs";
import { type Declaration, Guarded } from "../../guarded";

export interface WebFirewallProps {
  readonly name: string;
  readonly loadBalancerArn: string;
  /** Requests that one address may send in five minutes, 10 to 2 000 000 000. @default 10000 - 33 a second: a whole office behind one address stays below */
  readonly requestsPerAddressIn5Minutes?: number;
  readonly logKeyArn: string;
  readonly logRetentionDays: number;
  readonly declaration?: Declaration;
}

/** WAF of a load balancer: a rate limit for each address, AWS' common rules and known bad inputs; blocked requests are logged. */
export class WebFirewall extends Guarded {
  static readonly guardedBy = ["NW-08", "NW-18", "OB-06", "SC-17"] as const;

  constructor(scope: Construct, id: string, props: WebFirewallProps) {
    super(scope, id, props.declaration);
    const acl = new Wafv2WebAcl(this, "acl", {
      name: props.name,
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      visibilityConfig: visibility(props.name),
      rule: [
        rateLimit(props.requestsPerAddressIn5Minutes ?? 10_000),
        // Its size rule refuses bodies above 8 KiB, which build logs and uploads exceed: it counts only.
        managedRules("common", 1, "AWSManagedRulesCommonRuleSet", ["SizeRestrictions_BODY"]),
        managedRules("known-bad-inputs", 2, "AWSManagedRulesKnownBadInputsRuleSet", []),
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

function managedRules(name: string, priority: number, group: string, countOnly: readonly string[]): Wafv2WebAclRule {
  return {
    name,
    priority,
    overrideAction: { none: {} },
    visibilityConfig: visibility(name),
    statement: {
      managed_rule_group_statement: {
        vendor_name: "AWS",
        name: group,
        rule_action_override: countOnly.map((rule) => ({ name: rule, action_to_use: { count: {} } })),
      },
    },
  };
}

function visibility(metricName: string) {
  return { cloudwatchMetricsEnabled: true, metricName, sampledRequestsEnabled: true };
}
