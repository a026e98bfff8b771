import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { Construct } from "constructs";
import { alarmText } from "./alarm-text";

export interface FailureAlarmProps {
  /** Of the alarm, once an account and region. */
  readonly name: string;
  /** Its name in catalog/alerts/alarms.json. */
  readonly alert: string;
  /** First line of its description: what failed, and where to read why. */
  readonly says: string;
  readonly metric: {
    readonly namespace: string;
    readonly name: string;
    readonly dimensions: Readonly<Record<string, string>>;
    /** @default Sum - the metric counts failures */
    readonly statistic?: "Sum" | "Maximum";
  };
  readonly topicArn: string;
}

/** Fires at the first failure within five minutes, and ends with them; without data nothing has failed. */
export function failureAlarm(scope: Construct, id: string, props: FailureAlarmProps): void {
  const { namespace, name, dimensions, statistic = "Sum" } = props.metric;
  new CloudwatchMetricAlarm(scope, id, {
    alarmName: props.name,
    alarmDescription: alarmText(scope, props.alert, props.says),
    namespace,
    metricName: name,
    dimensions: { ...dimensions },
    statistic,
    period: 300,
    evaluationPeriods: 1,
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    threshold: 1,
    treatMissingData: "notBreaching",
    alarmActions: [props.topicArn],
    okActions: [props.topicArn],
  });
}
