import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { SfnStateMachine } from "@cdktf/provider-aws/lib/sfn-state-machine";
import type { Construct } from "constructs";
import { gameDay } from "../../../catalog/game-day";
import { Guarded } from "../../guarded";
import { failureAlarm } from "../failure-alarm";
import { serviceRole } from "../service-role";

export interface GameDayProps {
  /** Name of the state machine and its rule. */
  readonly name: string;
  readonly region: string;
  readonly keyArn: string;
  /** Topic that a person reads. */
  readonly topicArn: string;
  /** State machine whose dry run begins the exercise. */
  readonly promotionArn: string;
}

/** Steps and abort conditions as a message; the page that `make docs` writes has them with commands. */
const announcement = [
  `Game day: ${gameDay.duration} from now on. Page: docs/game-day.md. A dry run of the promotion has been started.`,
  ...gameDay.steps.map(({ step, expect }, index) => `${index + 1}. ${step} Expected: ${expect}.`),
  ...gameDay.abort.map(({ when, then }) => `Abort when ${when}: ${then}.`),
].join("\n");

/** Announces the exercise of recovery each quarter, and begins it with a dry run of the promotion, which changes nothing. */
export class GameDay extends Guarded {
  static readonly guardedBy = ["MR-09", "OB-21", "SC-11"] as const;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: GameDayProps,
  ) {
    super(scope, id);
    const { name } = props;
    const states = serviceRole(this, "states", {
      name: this.props.name,
      service: "states.amazonaws.com",
      statements: this.statements(),
    });
    const machine = new SfnStateMachine(this, "state-machine", {
      name,
      roleArn: states.role.arn,
      definition: JSON.stringify(this.definition()),
      dependsOn: [states.policy],
    });
    const starts = serviceRole(this, "schedule", {
      name: this.props.name,
      service: "events.amazonaws.com",
      statements: [{ Effect: "Allow", Action: ["states:StartExecution"], Resource: machine.arn }],
    });
    const rule = new CloudwatchEventRule(this, "schedule", {
      name,
      description: "Game day: exercise of recovery",
      scheduleExpression: gameDay.schedule,
      state: "ENABLED",
    });
    new CloudwatchEventTarget(this, "schedule-target", {
      rule: rule.name,
      arn: machine.arn,
      roleArn: starts.role.arn,
      input: "{}",
      dependsOn: [starts.policy],
    });
    failureAlarm(this, "failed", {
      name: `${name}-failed`,
      alert: "GameDayFailed",
      says: "The game day was not announced, or its dry run did not start",
      metric: {
        namespace: "AWS/States",
        name: "ExecutionsFailed",
        dimensions: { StateMachineArn: machine.arn },
      },
      topicArn: props.topicArn,
    });
  }

  private definition(): object {
    const { promotionArn, topicArn } = this.props;
    return {
      Comment: "Begins a game day: dry run of the promotion, announcement with steps and abort conditions.",
      StartAt: "DryRun",
      TimeoutSeconds: 600,
      States: {
        DryRun: {
          Type: "Task",
          Resource: "arn:aws:states:::states:startExecution",
          Parameters: { StateMachineArn: promotionArn, Input: { dryRun: true } },
          ResultPath: null,
          Next: "Announce",
        },
        Announce: {
          Type: "Task",
          Resource: "arn:aws:states:::sns:publish",
          Parameters: { TopicArn: topicArn, Subject: "Game day", Message: announcement },
          ResultPath: null,
          Next: "Announced",
        },
        Announced: { Type: "Succeed" },
      },
    };
  }

  private statements(): object[] {
    const { promotionArn, topicArn, keyArn, region } = this.props;
    return [
      { Effect: "Allow", Action: ["states:StartExecution"], Resource: promotionArn },
      { Effect: "Allow", Action: ["sns:Publish"], Resource: topicArn },
      {
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: keyArn,
        Condition: { StringEquals: { "kms:ViaService": `sns.${region}.amazonaws.com` } },
      },
    ];
  }
}
