import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Route53HealthCheck } from "@cdktf/provider-aws/lib/route53-health-check";
import type { Construct } from "constructs";
import type { Environment } from "../../../config/environment";
import { alarmText } from "../alarm-text";

export const latchMetricNamespace = "Plimsoll/Failover";

/** SSM parameter that holds the state of an application's latch. */
export function latchParameter(environment: Environment, application: string): string {
  return `/failback-latch/${environment.organisation}-${environment.name}/${application}`;
}

/** Route 53 takes at most 27 characters here, and they only help to recognise the check. */
export function healthCheckReference(kind: string, application: string): string {
  return `${kind}-${application}`.slice(0, 27).replace(/-$/, "");
}

interface LatchAlarmProps {
  /** Of the latch: alarms and checks begin with it. */
  readonly name: string;
  readonly application: string;
  readonly environment: Environment;
  readonly topicArn: string;
}

/** Health checks of one latch. */
export interface LatchHealthChecks {
  /** Unhealthy while the latch is engaged: it takes the primary out. */
  readonly released: string;
  /** Healthy while the latch is engaged: it keeps the secondary in. */
  readonly engaged: string;
}

/** Alarm while the latch of the application is engaged. @returns its two health checks */
export function latchHealthChecks(scope: Construct, props: LatchAlarmProps): LatchHealthChecks {
  const { name, application, environment, topicArn } = props;
  const alarm = new CloudwatchMetricAlarm(scope, `engaged-${application}`, {
    alarmName: `${name}-${application}-engaged`,
    alarmDescription: alarmText(
      scope,
      "FailbackLatchEngaged",
      `Traffic of ${application} stays in ${environment.regions.secondary.name}. To send it back, set the SSM parameter ${latchParameter(environment, application)} to "armed".`,
    ),
    namespace: latchMetricNamespace,
    metricName: "Engaged",
    dimensions: { application },
    statistic: "Maximum",
    period: 60,
    evaluationPeriods: 1,
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    threshold: 1,
    treatMissingData: "ignore",
    alarmActions: [topicArn],
    okActions: [topicArn],
  });
  const check = (kind: "latch" | "held", inverted: object): string =>
    new Route53HealthCheck(scope, `${kind}-${application}`, {
      type: "CLOUDWATCH_METRIC",
      cloudwatchAlarmName: alarm.alarmName,
      cloudwatchAlarmRegion: environment.regions.secondary.name,
      insufficientDataHealthStatus: "LastKnownStatus",
      referenceName: healthCheckReference(kind, application),
      ...inverted,
      tags: { Name: `${name}-${application}${kind === "held" ? "-engaged" : ""}` },
    }).id;
  return { released: check("latch", {}), engaged: check("held", { invertHealthcheck: true }) };
}

/** Alarm when the latch itself has stopped. The metric of one application stands for all: the function publishes them together. */
export function silenceAlarm(scope: Construct, props: Omit<LatchAlarmProps, "environment">): void {
  new CloudwatchMetricAlarm(scope, "silent", {
    alarmName: `${props.name}-silent`,
    alarmDescription: alarmText(
      scope,
      "FailbackLatchSilent",
      "The failback latch has not run for five minutes: a failure of the primary would not be remembered",
    ),
    namespace: latchMetricNamespace,
    metricName: "Engaged",
    dimensions: { application: props.application },
    statistic: "SampleCount",
    period: 60,
    evaluationPeriods: 5,
    comparisonOperator: "LessThanThreshold",
    threshold: 1,
    treatMissingData: "breaching",
    alarmActions: [props.topicArn],
    okActions: [props.topicArn],
  });
}
