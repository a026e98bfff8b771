import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { SfnStateMachine } from "@cdktf/provider-aws/lib/sfn-state-machine";
import type { Construct } from "constructs";
import { Guarded } from "../../guarded";
import { alarmText } from "../alarm-text";
import { failureAlarm } from "../failure-alarm";
import { serviceRole } from "../service-role";
import { restoreTestDefinition } from "./restore-test-definition";

export interface RestoreTestProps {
  /** Name of the state machine and its rule. */
  readonly name: string;
  /** Function that runs the steps. */
  readonly checkArn: string;
  /** What the function has to know of each store. */
  readonly stores: readonly object[];
  /** Stores that are restored at the same time. @default 2 */
  readonly atOnce?: number;
  /** EventBridge schedule in UTC. */
  readonly schedule: string;
  /** Longest time without a success, in hours: longer than the longest gap of the schedule and a test; at most 168. */
  readonly absentAfterHours: number;
  readonly topicArn: string;
}

const DAY_HOURS = 24;

/** A state machine that tests restores by a schedule, with alarms on a failed test and on the absence of a good one. */
export class RestoreTest extends Guarded {
  static readonly guardedBy = ["OB-20", "OB-21", "DR-03", "SC-11"] as const;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RestoreTestProps,
  ) {
    super(scope, id);
    const machine = this.addStateMachine();
    this.addSchedule(machine);
    this.addAlarm(machine, "failed", ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"]);
    this.addAbsenceAlarm(machine);
  }

  private addStateMachine(): SfnStateMachine {
    const { name, checkArn, stores, atOnce = 2 } = this.props;
    const { role, policy } = serviceRole(this, "states", {
      name,
      service: "states.amazonaws.com",
      statements: [{ Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: checkArn }],
    });
    return new SfnStateMachine(this, "state-machine", {
      name,
      roleArn: role.arn,
      definition: JSON.stringify(restoreTestDefinition(checkArn, stores, atOnce)),
      dependsOn: [policy],
    });
  }

  private addSchedule(machine: SfnStateMachine): void {
    const { name, schedule } = this.props;
    const { role, policy } = serviceRole(this, "schedule", {
      name: this.props.name,
      service: "events.amazonaws.com",
      statements: [{ Effect: "Allow", Action: ["states:StartExecution"], Resource: machine.arn }],
    });
    const rule = new CloudwatchEventRule(this, "schedule", {
      name,
      description: `Starts ${name}`,
      scheduleExpression: schedule,
      state: "ENABLED",
    });
    new CloudwatchEventTarget(this, "schedule-target", {
      rule: rule.name,
      arn: machine.arn,
      roleArn: role.arn,
      input: "{}",
      dependsOn: [policy],
    });
  }

  private addAlarm(machine: SfnStateMachine, id: string, metrics: readonly string[]): void {
    for (const metricName of metrics)
      failureAlarm(this, `${id}-${metricName}`, {
        name: `${this.props.name}-${metricName}`,
        alert: "RestoreTestFailed",
        says: "A restore test did not pass: the error of its newest execution names the store and the problem",
        metric: { namespace: "AWS/States", name: metricName, dimensions: { StateMachineArn: machine.arn } },
        topicArn: this.props.topicArn,
      });
  }

  private addAbsenceAlarm(machine: SfnStateMachine): void {
    const { name, absentAfterHours, schedule } = this.props;
    // CloudWatch looks back seven days at most, by periods of up to a day.
    const periodHours = absentAfterHours % DAY_HOURS === 0 ? DAY_HOURS : 1;
    new CloudwatchMetricAlarm(this, "absent", {
      alarmName: `${name}-absent`,
      alarmDescription: alarmText(
        this,
        "RestoreTestAbsent",
        `No restore test has passed for ${absentAfterHours} h although ${schedule} schedules it`,
      ),
      namespace: "AWS/States",
      metricName: "ExecutionsSucceeded",
      dimensions: { StateMachineArn: machine.arn },
      statistic: "Sum",
      period: periodHours * 3600,
      evaluationPeriods: absentAfterHours / periodHours,
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      treatMissingData: "breaching",
      alarmActions: [this.props.topicArn],
      okActions: [this.props.topicArn],
    });
  }
}
