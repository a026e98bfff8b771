import { itemOf } from "../../reading";
import type { Block, Resource } from "../../resource";
import type { State } from "../../state";
import type { Listener, LoadBalancer, TargetGroup } from "../../facts/aws/load-balancers";
import type { WebAcl } from "../../facts/aws/web-acls";
import { zonesOf } from "./clusters";

const ruleActions = ["allow", "block", "count", "captcha", "challenge"] as const;

export function targetGroupsOf(state: State): readonly TargetGroup[] {
  return state.ofType("aws_lb_target_group", "aws_alb_target_group").map((resource) =>
    itemOf(resource, `target group ${resource.text("name") ?? resource.name}`, (read) => ({
      name: read.text("name"),
      port: read.number("port"),
      protocol: read.text("protocol"),
      protocolVersion: read.text("protocol_version") ?? "HTTP1",
      targetType: read.text("target_type") ?? "instance",
      deregistrationDelaySeconds: read.number("deregistration_delay") ?? 300,
      // What is left out has the defaults of Elastic Load Balancing: every 30 s, 3 successes, 3 failures.
      healthCheck: {
        enabled: read.flag("health_check.enabled") !== false,
        protocol: read.text("health_check.protocol") ?? "HTTP",
        path: read.text("health_check.path"),
        port: read.text("health_check.port"),
        intervalSeconds: read.number("health_check.interval") ?? 30,
        healthyThreshold: read.number("health_check.healthy_threshold") ?? 3,
        unhealthyThreshold: read.number("health_check.unhealthy_threshold") ?? 3,
        timeoutSeconds: read.number("health_check.timeout"),
        matcher: read.text("health_check.matcher"),
      },
    })),
  );
}

export function loadBalancersOf(state: State, targetGroups: readonly TargetGroup[]): readonly LoadBalancer[] {
  return state.ofType("aws_lb", "aws_alb").map((resource) =>
    itemOf(resource, `load balancer ${resource.text("name") ?? resource.name}`, (read) => {
      const listeners = state
        .referrers(resource)
        .filter((one) => /^aws_(lb|alb)_listener$/.test(one.type) && one.resource("load_balancer_arn") === resource)
        .map((one) => listenerOf(state, one));
      const used = new Set(
        listeners.flatMap((listener) => [
          ...listener.targetGroups,
          ...listener.rules.flatMap((rule) => rule.targetGroups),
        ]),
      );
      const subnets = [
        ...read.resources("subnets"),
        ...read.blocks("subnet_mapping").flatMap((mapping) => mapping.resources("subnet_id")),
      ].filter((one) => one.type === "aws_subnet");
      return {
        name: read.text("name"),
        region: resource.region,
        kind: read.text("load_balancer_type") ?? "application",
        internal: read.flag("internal") === true,
        deletionProtection: read.flag("enable_deletion_protection") === true,
        accessLogs: read.flag("access_logs.enabled") === true,
        dropsInvalidHeaders: read.flag("drop_invalid_header_fields") === true,
        subnets,
        securityGroups: read.resources("security_groups"),
        zones: zonesOf(subnets),
        listeners,
        webAcl: webAclOf(state, resource),
        targetGroups: targetGroups.filter((group) => used.has(group.resource)),
      };
    }),
  );
}

function listenerOf(state: State, resource: Resource): Listener {
  return itemOf(resource, `listener :${resource.text("port") ?? "?"}`, (read) => {
    const actions = read.blocks("default_action");
    const rules = state.referrers(resource).filter((one) => /^aws_(lb|alb)_listener_rule$/.test(one.type));
    return {
      port: read.number("port"),
      protocol: read.text("protocol"),
      sslPolicy: read.text("ssl_policy"),
      certificate: read.reference("certificate_arn"),
      certificates: [
        ...read.resources("certificate_arn"),
        ...state
          .referrers(resource)
          .filter((one) => /^aws_(lb|alb)_listener_certificate$/.test(one.type))
          .flatMap((one) => one.resources("certificate_arn")),
      ].flatMap((one) => (one.type === "aws_acm_certificate_validation" ? one.resources("certificate_arn") : [one])),
      actions: actions.flatMap((action) => action.text("type") ?? []),
      targetGroups: targets(actions),
      redirectsToHttps: actions.some(
        (action) => action.text("type") === "redirect" && action.text("redirect.protocol") === "HTTPS",
      ),
      rules: rules.map((rule) => {
        const conditions = rule.blocks("condition");
        return {
          resource: rule,
          priority: rule.number("priority"),
          hosts: conditions.flatMap((condition) => condition.list("host_header.values")),
          paths: conditions.flatMap((condition) => condition.list("path_pattern.values")),
          sources: conditions.flatMap((condition) => condition.list("source_ip.values")),
          otherConditions: conditions.flatMap((condition) =>
            Object.keys(condition.arguments).filter(
              (kind) => kind !== "host_header" && kind !== "path_pattern" && condition.has(kind),
            ),
          ),
          actions: rule.blocks("action").flatMap((action) => action.text("type") ?? []),
          targetGroups: targets(rule.blocks("action")),
        };
      }),
    };
  });
}

/** Groups that get requests: not those of weight 0. */
function targets(actions: readonly Block[]): readonly Resource[] {
  const groups = actions.flatMap((action) => [
    ...action.resources("target_group_arn"),
    ...action.blocks("forward").flatMap((forward) =>
      forward
        .blocks("target_group")
        .filter((group) => group.number("weight") !== 0)
        .flatMap((group) => group.resources("arn")),
    ),
  ]);
  return [...new Set(groups)].filter((group) => group.type.endsWith("_target_group"));
}

function webAclOf(state: State, balancer: Resource): WebAcl | undefined {
  const association = state
    .referrers(balancer)
    .find((one) => one.type === "aws_wafv2_web_acl_association" && one.resource("resource_arn") === balancer);
  const acl = association?.resource("web_acl_arn");
  return (
    acl &&
    itemOf(acl, `web ACL ${acl.text("name") ?? acl.name}`, (read) => ({
      scope: read.text("scope"),
      defaultAction: ruleActions.find((action) => read.has(`default_action.${action}`)),
      rules: read.blocks("rule").map((rule) => ({
        name: rule.text("name"),
        priority: rule.number("priority"),
        action:
          rule.has("override_action.none") || rule.has("override_action")
            ? ("group" as const)
            : ruleActions.find((action) => rule.has(`action.${action}`)),
        rateLimit: rule.number("statement.rate_based_statement.limit"),
        managedGroup: rule.text("statement.managed_rule_group_statement.name"),
      })),
    }))
  );
}
