import { FailbackLatch } from "../../../../constructs/aws/functions/failback-latch";
import { healthCheckReference } from "../../../../constructs/aws/functions/failback-latch-alarms";
import { fixtureEnvironment } from "../../../fixtures/platform/environments";
import { Made, statementsOf } from "../../empty-stack";

describe("a failback latch", () => {
  const environment = fixtureEnvironment();
  const endpoint = (application: string) => ({
    application,
    host: `${application}.acme.example`,
    primary: `${application}.us-east-1.acme.example`,
    secondary: `${application}.eu-west-1.acme.example`,
  });
  let latch: FailbackLatch | undefined;
  const made = new Made((stack) => {
    latch = new FailbackLatch(stack, "latch", {
      environment,
      endpoints: [endpoint("web"), endpoint("api")],
      keyArn: "arn:key",
      topicArn: "arn:topic",
    });
  });
  const names = ["api", "web"].map((application) => `/failback-latch/acme-production/${application}`);

  it("keeps a state for each application, which Terraform never sets back", () => {
    expect(made.all("aws_ssm_parameter").map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    expect(Object.values(latch?.parameterNames ?? {})).toEqual(names);
    for (const parameter of made.all("aws_ssm_parameter"))
      expect(parameter).toMatchObject({ value: "waiting", lifecycle: { ignore_changes: ["value"] } });
  });

  it("asks each minute, once, and engages after five", () => {
    expect(made.only("aws_cloudwatch_event_rule")).toMatchObject({
      schedule_expression: "rate(1 minute)",
      state: "ENABLED",
    });
    expect(made.only("aws_lambda_function_event_invoke_config")["maximum_retry_attempts"]).toBe(0);
    expect(made.only("aws_lambda_function")).toMatchObject({
      environment: { variables: { ENGAGE_AFTER_MINUTES: "5", METRIC_NAMESPACE: "Plimsoll/Failover" } },
    });
  });

  it("may write its states and its metric, and nothing else", () => {
    const [metric, states, logs, ...more] = statementsOf(made.only("aws_iam_role_policy")["policy"]);
    expect(metric).toMatchObject({
      Action: ["cloudwatch:PutMetricData"],
      Condition: { StringEquals: { "cloudwatch:namespace": "Plimsoll/Failover" } },
    });
    expect(states?.["Action"]).toEqual(["ssm:GetParameters", "ssm:PutParameter"]);
    expect(states?.["Resource"]).toHaveLength(2);
    expect(logs?.["Resource"]).toMatch(/^\$\{aws_cloudwatch_log_group\..*\.arn\}:\*$/);
    expect(more).toEqual([]);
    expect(made.only("aws_cloudwatch_log_group")).toMatchObject({ kms_key_id: "arn:key", retention_in_days: 365 });
  });

  it("holds its last verdict while no data arrives, by an alarm in the secondary region", () => {
    const checks = made.all("aws_route53_health_check");
    expect(checks).toHaveLength(4);
    expect(checks.filter(({ invert_healthcheck }) => invert_healthcheck === true)).toHaveLength(2);
    for (const check of checks)
      expect(check).toMatchObject({
        type: "CLOUDWATCH_METRIC",
        cloudwatch_alarm_region: "eu-west-1",
        insufficient_data_health_status: "LastKnownStatus",
      });
    const engaged = made.all("aws_cloudwatch_metric_alarm").filter(({ statistic }) => statistic === "Maximum");
    expect(engaged.map((one) => [one["dimensions"], one["treat_missing_data"]])).toEqual([
      [{ application: "api" }, "ignore"],
      [{ application: "web" }, "ignore"],
    ]);
  });

  it("reports when it has been silent for five minutes", () =>
    expect(made.all("aws_cloudwatch_metric_alarm")).toContainEqual(
      expect.objectContaining({
        alarm_name: "acme-production-failback-latch-silent",
        statistic: "SampleCount",
        evaluation_periods: 5,
        treat_missing_data: "breaching",
        alarm_actions: ["arn:topic"],
      }),
    ));

  it("has no health check of an application that was not named", () =>
    expect(() => latch?.healthChecks("shop")).toThrow(
      "has no latch for shop, only for api, web: add it to the endpoints",
    ));

  it("has references that Route 53 takes", () =>
    expect(healthCheckReference("latch", "a-name-that-is-too-l-ong")).toBe("latch-a-name-that-is-too-l"));
});
