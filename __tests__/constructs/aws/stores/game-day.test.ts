import { gameDay } from "../../../../catalog/game-day";
import { GameDay } from "../../../../constructs/aws/stores/game-day";
import { Made, statementsOf } from "../../empty-stack";

interface State {
  readonly Next?: string;
  readonly Parameters?: Readonly<Record<string, unknown>>;
}

describe("a game day", () => {
  const made = new Made(
    (stack) =>
      new GameDay(stack, "game-day", {
        name: "acme-game-day",
        region: "us-east-1",
        keyArn: "arn:key",
        topicArn: "arn:topic",
        promotionArn: "arn:promotion",
      }),
  );
  const machine = JSON.parse(String(made.only("aws_sfn_state_machine")["definition"])) as {
    readonly StartAt: string;
    readonly States: Readonly<Record<string, State>>;
  };
  const permissions = made.all("aws_iam_role_policy").map((one) => statementsOf(one["policy"]));

  it("begins each quarter by itself, as the catalogue says", () => {
    expect(made.only("aws_cloudwatch_event_rule")).toMatchObject({
      schedule_expression: gameDay.schedule,
      state: "ENABLED",
    });
    expect(made.only("aws_cloudwatch_event_target")["arn"]).toMatch(/^\$\{aws_sfn_state_machine\./);
  });

  it("starts a dry run of the promotion, which changes nothing, before it announces anything", () => {
    expect(machine.StartAt).toBe("DryRun");
    expect(machine.States["DryRun"]).toMatchObject({
      Parameters: { StateMachineArn: "arn:promotion", Input: { dryRun: true } },
      Next: "Announce",
    });
  });

  it("announces every step and every reason to abort to the topic", () => {
    const { TopicArn, Message } = machine.States["Announce"]?.Parameters ?? {};
    expect(TopicArn).toBe("arn:topic");
    for (const { step, expect: expected } of gameDay.steps) {
      expect(Message).toContain(step);
      expect(Message).toContain(expected);
    }
    for (const { when } of gameDay.abort) expect(Message).toContain(`Abort when ${when}`);
  });

  it("may start that promotion, publish to that topic and encrypt for SNS alone", () => {
    expect(permissions).toContainEqual([
      { Effect: "Allow", Action: ["states:StartExecution"], Resource: "arn:promotion" },
      { Effect: "Allow", Action: ["sns:Publish"], Resource: "arn:topic" },
      {
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "arn:key",
        Condition: { StringEquals: { "kms:ViaService": "sns.us-east-1.amazonaws.com" } },
      },
    ]);
    expect(permissions).toHaveLength(2);
  });

  it("is started by a role that starts this state machine and nothing else", () =>
    expect(permissions).toContainEqual([
      {
        Effect: "Allow",
        Action: ["states:StartExecution"],
        Resource: expect.stringMatching(/^\$\{aws_sfn_state_machine\..*\}$/) as unknown,
      },
    ]));

  it("is reported when it did not begin", () =>
    expect(made.only("aws_cloudwatch_metric_alarm")).toMatchObject({
      alarm_name: "acme-game-day-failed",
      metric_name: "ExecutionsFailed",
      threshold: 1,
      alarm_actions: ["arn:topic"],
      ok_actions: ["arn:topic"],
    }));
});
