import { RestoreTest, type RestoreTestProps } from "../../../../constructs/aws/stores/restore-test";
import { type Arguments, Made, statementsOf, statesOf } from "../../empty-stack";

const made = (props: Partial<RestoreTestProps> = {}) =>
  new Made(
    (stack) =>
      new RestoreTest(stack, "test", {
        name: "acme-restore",
        checkArn: "arn:check",
        stores: [{ name: "shop/orders" }],
        schedule: "cron(0 5 * * ? *)",
        absentAfterHours: 28,
        topicArn: "arn:topic",
        ...props,
      }),
  );
const alarmOf = (test: Made, metric: string) =>
  test.all("aws_cloudwatch_metric_alarm").find(({ metric_name }) => metric_name === metric);

describe("a test of restores", () => {
  it("calls its function about each store, two at the same time unless fewer are asked for", () => {
    expect(statesOf(made())).toMatchObject({
      Stores: { Result: [{ store: { name: "shop/orders" } }] },
      EachStore: { MaxConcurrency: 2 },
    });
    expect(statesOf(made({ atOnce: 1 }))["EachStore"]).toMatchObject({ MaxConcurrency: 1 });
  });

  it("deletes what it restored on every path", () => {
    const { States } = statesOf(made())["EachStore"]?.["ItemProcessor"] as {
      readonly States: Readonly<Record<string, Arguments>>;
    };
    for (const step of ["Restore", "Progress", "Check"])
      expect(States[step]).toMatchObject({ Catch: [{ ErrorEquals: ["States.ALL"], Next: "Remove" }] });
    expect(States["Check"]).toMatchObject({ Next: "Remove" });
  });

  it("starts by its schedule, which is enabled", () => {
    expect(made().only("aws_cloudwatch_event_rule")).toMatchObject({
      schedule_expression: "cron(0 5 * * ? *)",
      state: "ENABLED",
    });
    expect(made().only("aws_cloudwatch_event_target")["arn"]).toContain("aws_sfn_state_machine");
  });

  it("may call its one function, and its schedule start the one state machine", () => {
    const policies = made().all("aws_iam_role_policy");
    expect(policies.flatMap(({ policy }) => statementsOf(policy))).toEqual(
      expect.arrayContaining([
        { Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: "arn:check" },
        {
          Effect: "Allow",
          Action: ["states:StartExecution"],
          Resource: expect.stringContaining("aws_sfn_state_machine") as unknown,
        },
      ]),
    );
    expect(policies).toHaveLength(2);
    for (const { policy } of policies) expect(statementsOf(policy)).toHaveLength(1);
  });

  it("alarms on each way to fail, and on silence", () => {
    const test = made();
    for (const metric of ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"])
      expect(alarmOf(test, metric)).toMatchObject({ threshold: 1, treat_missing_data: "notBreaching" });
    expect(alarmOf(test, "ExecutionsSucceeded")).toMatchObject({
      comparison_operator: "LessThanThreshold",
      threshold: 1,
      treat_missing_data: "breaching",
    });
    for (const alarm of test.all("aws_cloudwatch_metric_alarm"))
      expect(alarm).toMatchObject({ alarm_actions: ["arn:topic"], ok_actions: ["arn:topic"], statistic: "Sum" });
  });

  it.each([
    [28, 3600, 28],
    [120, 86_400, 5],
  ])("looks %d hours back, in periods that CloudWatch knows", (absentAfterHours, period, evaluation_periods) =>
    expect(alarmOf(made({ absentAfterHours }), "ExecutionsSucceeded")).toMatchObject({ period, evaluation_periods }),
  );
});
