import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { Construct } from "constructs";
import { Guarded } from "../../guarded";
import { alarmText } from "../alarm-text";

export interface EntryAlarmsProps {
  /** Begins the names, unique in the account and region. */
  readonly prefix: string;
  /** Suffix of the load balancer's ARN, by which CloudWatch names it. */
  readonly loadBalancer: string;
  readonly entries: readonly EntryTargets[];
  readonly topicArn: string;
}

/** Targets of one component behind the load balancer. */
export interface EntryTargets {
  readonly application: string;
  readonly owner: string;
  readonly component: string;
  /** Suffix of the target group's ARN. */
  readonly targetGroup: string;
}

/** Answers of the load balancer itself in five minutes: no target was there, or none answered in time. */
const OWN_ERRORS = 10;
/** Refused calls in five minutes, more than a caller with an old key makes: a key is guessed, or has leaked. */
const REFUSED = 200;

/** Alarms on what only the load balancer sees: requests that reached no pod, and calls that pods refused. */
export class EntryAlarms extends Guarded {
  static readonly guardedBy = ["OB-19", "OB-20", "OB-21"] as const;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: EntryAlarmsProps,
  ) {
    super(scope, id);
    const { loadBalancer, entries, prefix } = props;
    this.addAlarm("unanswered", `${prefix}-unanswered`, OWN_ERRORS, "HTTPCode_ELB_5XX_Count", {
      means: alarmText(
        this,
        "LoadBalancerAnswersErrors",
        "The load balancer answered requests with errors of its own: no target was healthy or in time",
      ),
      dimensions: { LoadBalancer: loadBalancer },
    });
    for (const { application, owner, component, targetGroup } of entries)
      this.addAlarm(
        `refused-${application}-${component}`,
        `${prefix}-${application}-${component}-refused`,
        REFUSED,
        "HTTPCode_Target_4XX_Count",
        {
          means: alarmText(
            this,
            "CallsRefused",
            `${component} of ${application} refuses many calls: a key is guessed, has leaked, or has expired in a caller`,
            { application, owner },
          ),
          dimensions: { TargetGroup: targetGroup, LoadBalancer: loadBalancer },
        },
      );
  }

  private addAlarm(
    id: string,
    alarmName: string,
    threshold: number,
    metricName: string,
    { means, dimensions }: { readonly means: string; readonly dimensions: Record<string, string> },
  ): void {
    const { topicArn } = this.props;
    new CloudwatchMetricAlarm(this, id, {
      alarmName,
      alarmDescription: means,
      namespace: "AWS/ApplicationELB",
      metricName,
      dimensions,
      statistic: "Sum",
      period: 300,
      evaluationPeriods: 1,
      comparisonOperator: "GreaterThanThreshold",
      threshold,
      // Nothing is published where no request failed.
      treatMissingData: "notBreaching",
      alarmActions: [topicArn],
      okActions: [topicArn],
    });
  }
}
