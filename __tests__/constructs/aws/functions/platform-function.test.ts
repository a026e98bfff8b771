import { PlatformFunction, type PlatformFunctionProps } from "../../../../constructs/aws/functions/platform-function";
import { fixtureEnvironment } from "../../../fixtures/platform/environments";
import { Made, statementsOf } from "../../empty-stack";

const statement = { Effect: "Allow", Action: ["s3:GetObject"], Resource: "arn:aws:s3:::acme/*" };
const made = (props: Partial<PlatformFunctionProps> = {}) =>
  new Made(
    (stack) =>
      new PlatformFunction(stack, "function", {
        environment: fixtureEnvironment(),
        name: "acme-promotion",
        description: "Promotes",
        source: "promotion",
        shared: ["postgres.mjs"],
        keyArn: "arn:key",
        statements: [statement],
        variables: { BUCKET: "acme" },
        timeoutSeconds: 60,
        topicArn: "arn:topic",
        failureMeans: "Nothing was promoted",
        ...props,
      }),
  );
const alarms = (props: Partial<PlatformFunctionProps> = {}) => made(props).all("aws_cloudwatch_metric_alarm");

describe("a function of the platform", () => {
  it("logs into a group of its own, encrypted and bounded, which is there before it", () => {
    expect(made().only("aws_cloudwatch_log_group")).toMatchObject({
      name: "/aws/lambda/acme-promotion",
      kms_key_id: "arn:key",
      retention_in_days: 365,
    });
    expect(made().only("aws_lambda_function")["depends_on"]).toEqual([
      expect.stringContaining("aws_cloudwatch_log_group.") as unknown,
      expect.stringContaining("aws_iam_role_policy.") as unknown,
    ]);
  });

  it("may do what its statements say and write its own logs, by a role that Lambda alone assumes", () => {
    const [own, logs, ...more] = statementsOf(made().only("aws_iam_role_policy")["policy"]);
    expect(own).toEqual(statement);
    expect(logs).toMatchObject({ Action: ["logs:CreateLogStream", "logs:PutLogEvents"] });
    expect(logs?.["Resource"]).toMatch(/^\$\{aws_cloudwatch_log_group\..*\.arn\}:\*$/);
    expect(more).toEqual([]);
    expect(statementsOf(made().only("aws_iam_role")["assume_role_policy"])).toMatchObject([
      { Principal: { Service: "lambda.amazonaws.com" } },
    ]);
  });

  it("is outside of every network, scheduled by nothing and without a queue by default", () => {
    expect(made().only("aws_lambda_function")).not.toHaveProperty("vpc_config");
    expect(made().only("aws_lambda_function")).not.toHaveProperty("dead_letter_config");
    expect(Object.keys(made().counts)).not.toContain("aws_cloudwatch_event_rule");
    expect(alarms()).toMatchObject([{ metric_name: "Errors", threshold: 1, alarm_actions: ["arn:topic"] }]);
  });

  it("reads the certificates of stores where it is in their network", () => {
    const inside = made({ network: { subnetIds: ["subnet-a"], securityGroupId: "sg" } });
    expect(inside.only("aws_lambda_function")).toMatchObject({
      vpc_config: { subnet_ids: ["subnet-a"], security_group_ids: ["sg"] },
      environment: { variables: { BUCKET: "acme", NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem" } },
    });
    expect(inside.only("aws_iam_role_policy_attachment")["policy_arn"]).toMatch(/AWSLambdaVPCAccessExecutionRole$/);
  });

  it("is called by its schedule alone, and reported when a day has no run", () => {
    const scheduled = { schedule: "rate(1 hour)" };
    expect(made(scheduled).only("aws_lambda_permission")).toMatchObject({
      principal: "events.amazonaws.com",
      source_arn: expect.stringContaining("aws_cloudwatch_event_rule.") as unknown,
    });
    expect(alarms(scheduled)).toContainEqual(
      expect.objectContaining({ metric_name: "Invocations", period: 86_400, treat_missing_data: "breaching" }),
    );
  });

  it("has a source that exports a handler", () =>
    expect(() => made({ source: "shared", shared: [] })).toThrow('exports "handler": export it'));
});
