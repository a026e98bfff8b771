import { objectOf } from "../../json";
import { itemOf, oneOf } from "../../reading";
import type { Resource } from "../../resource";
import type { State } from "../../state";
import type { Alarm } from "../../facts/aws/alarms";
import type { DnsRecord, HealthCheck } from "../../facts/aws/dns";

export function alarmsOf(state: State): readonly Alarm[] {
  return state.ofType("aws_cloudwatch_metric_alarm").map((resource) =>
    itemOf(resource, `alarm ${resource.text("alarm_name") ?? resource.name}`, (read) => {
      const query =
        read.blocks("metric_query").find((one) => one.flag("return_data") === true) ?? read.block("metric_query");
      const own = query?.block("metric") ?? read;
      return {
        region: resource.region,
        name: read.text("alarm_name"),
        namespace: own.text("namespace"),
        metric: own.text("metric_name"),
        dimensions: Object.keys(objectOf(own.raw("dimensions"))).map((name) => ({
          name,
          value: own.map("dimensions")[name],
          resource: own.resource(`dimensions.${name}`),
        })),
        statistic: own.text("statistic") ?? own.text("stat") ?? own.text("extended_statistic"),
        comparison: read.text("comparison_operator"),
        threshold: read.number("threshold"),
        periodSeconds: own.number("period"),
        evaluationPeriods: read.number("evaluation_periods"),
        datapointsToAlarm: read.number("datapoints_to_alarm"),
        missingData: read.text("treat_missing_data") ?? "missing",
        actionsEnabled: read.flag("actions_enabled") !== false,
        actions: [
          ...read.resources("alarm_actions"),
          ...read.list("alarm_actions").filter((action) => !action.includes("${")),
        ],
      };
    }),
  );
}

/** Health checks with their children resolved; a check that contains itself has no children the second time. */
export function healthChecksOf(state: State, alarms: readonly Alarm[]): readonly HealthCheck[] {
  const made = new Map<Resource, HealthCheck>();
  const make = (resource: Resource, above: ReadonlySet<Resource>): HealthCheck => {
    const done = made.get(resource);
    if (done) return done;
    const check = healthCheck(resource, alarms, (child) =>
      above.has(child) ? [] : [make(child, new Set([...above, resource]))],
    );
    made.set(resource, check);
    return check;
  };
  return state.ofType("aws_route53_health_check").map((resource) => make(resource, new Set([resource])));
}

function healthCheck(
  resource: Resource,
  alarms: readonly Alarm[],
  childOf: (child: Resource) => readonly HealthCheck[],
): HealthCheck {
  return itemOf(
    resource,
    `health check ${resource.text("tags.Name") ?? resource.text("reference_name") ?? resource.name}`,
    (read) => {
      const type = read.text("type");
      const kind =
        type === "CALCULATED"
          ? ("calculated" as const)
          : type === "CLOUDWATCH_METRIC"
            ? ("alarm" as const)
            : type === "RECOVERY_CONTROL"
              ? ("recovery-control" as const)
              : ("endpoint" as const);
      const secure = type?.startsWith("HTTPS") === true;
      return {
        kind,
        type,
        host: read.text("fqdn") ?? read.text("ip_address"),
        hostReference: read.reference("fqdn"),
        port: read.number("port") ?? (kind === "endpoint" && type !== "TCP" ? (secure ? 443 : 80) : undefined),
        path: read.text("resource_path"),
        intervalSeconds: read.number("request_interval") ?? 30,
        failureThreshold: read.number("failure_threshold") ?? 3,
        inverted: read.flag("invert_healthcheck") === true,
        disabled: read.flag("disabled") === true,
        healthThreshold: read.number("child_health_threshold"),
        children: read
          .resources("child_healthchecks")
          .filter((child) => child.type === "aws_route53_health_check")
          .flatMap((child) => childOf(child)),
        alarm: alarms.find(
          (alarm) =>
            (alarm.resource === read.resource("cloudwatch_alarm_name") ||
              (alarm.name !== undefined && alarm.name === read.text("cloudwatch_alarm_name"))) &&
            alarm.region === (read.text("cloudwatch_alarm_region") ?? alarm.region),
        ),
        insufficientData: read.text("insufficient_data_health_status"),
      };
    },
  );
}

export function recordsOf(state: State, healthChecks: readonly HealthCheck[]): readonly DnsRecord[] {
  return state.ofType("aws_route53_record").map((resource) =>
    itemOf(
      resource,
      `record ${resource.text("name") ?? resource.name} ${resource.text("set_identifier") ?? ""}`.trim(),
      (read) => {
        const alias = read.block("alias");
        return {
          name: read.text("name"),
          type: read.text("type"),
          ttlSeconds: read.number("ttl"),
          values: read.list("records"),
          setIdentifier: read.text("set_identifier"),
          failover: oneOf(read.text("failover_routing_policy.type"), ["PRIMARY", "SECONDARY"]),
          alias: alias && {
            target: alias.resource("name"),
            name: alias.text("name"),
            evaluatesTargetHealth: alias.flag("evaluate_target_health") === true,
          },
          healthCheck: healthChecks.find((check) => check.resource === read.resource("health_check_id")),
        };
      },
    ),
  );
}
