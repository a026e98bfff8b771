import { AlarmDelivery, deliverAlarmsOf } from "../../../constructs/aws/alarm-delivery";
import { escalationOf } from "../../../config/notifications";
import { siteOf } from "../../../config/site";
import { fixtureEnvironment } from "../../fixtures/platform/environments";
import { Made, statementsOf } from "../empty-stack";

describe("the delivery of alarms", () => {
  const environment = fixtureEnvironment();
  const account = environment.accountId;
  const secret = { name: "acme/production/alertmanager", keyArn: "arn:secret-key" };
  const made = new Made((stack) => {
    const delivery = new AlarmDelivery(stack, "delivery", {
      site: siteOf(environment, "primary"),
      keyArn: "arn:key",
      secret,
    });
    deliverAlarmsOf(stack, "edge", "arn:topic", delivery.by);
  });
  const queue: unknown = expect.stringMatching(/^\$\{aws_sqs_queue\..*\.arn\}$/);
  const alarm = (name: string) => made.all("aws_cloudwatch_metric_alarm").find((one) => one["alarm_name"] === name);

  it("keeps its topic, queue and logs encrypted with the key given", () => {
    expect(made.only("aws_sns_topic")).toMatchObject({ kms_master_key_id: "arn:key" });
    expect(made.only("aws_sqs_queue")).toMatchObject({
      kms_master_key_id: "arn:key",
      message_retention_seconds: 14 * 86_400,
    });
    expect(made.only("aws_cloudwatch_log_group")).toMatchObject({ kms_key_id: "arn:key" });
  });

  it("lets topics of this account and region alone write into the queue", () =>
    expect(statementsOf(made.only("aws_sqs_queue_policy")["policy"])).toMatchObject([
      {
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Condition: {
          StringEquals: { "aws:SourceAccount": account },
          ArnLike: { "aws:SourceArn": `arn:aws:sns:us-east-1:${account}:acme-production-*` },
        },
      },
    ]));

  it("reads one secret, and uses each key by one service", () => {
    const statements = statementsOf(made.only("aws_iam_role_policy")["policy"]);
    expect(statements[0]).toMatchObject({
      Action: ["secretsmanager:GetSecretValue"],
      Resource: `arn:aws:secretsmanager:us-east-1:${account}:secret:${secret.name}-*`,
    });
    const keys = statements.filter(({ Action }) => (Action as readonly string[]).includes("kms:Decrypt"));
    expect(keys.map(({ Resource, Condition }) => [Resource, Condition])).toEqual([
      [secret.keyArn, { StringEquals: { "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com" } }],
      ["arn:key", { StringEquals: { "kms:ViaService": "sqs.us-east-1.amazonaws.com" } }],
    ]);
    for (const { Resource } of statements) expect(Resource).not.toBe("*");
  });

  it("tries an alarm three times within the hour, and keeps what no attempt delivered", () => {
    expect(made.only("aws_lambda_function_event_invoke_config")).toMatchObject({
      maximum_retry_attempts: 2,
      maximum_event_age_in_seconds: 3600,
    });
    expect(made.only("aws_lambda_function")["dead_letter_config"]).toEqual({ target_arn: queue });
  });

  it("reports its own failures by e-mail, not through itself", () => {
    const reports = made.all("aws_sns_topic_subscription").filter(({ protocol }) => protocol === "email");
    expect(reports.map(({ endpoint }) => endpoint)).toEqual(escalationOf(environment));
    for (const name of ["alarm-delivery-failed", "undelivered-alarms"])
      expect(alarm(`acme-production-us-east-1-${name}`)?.["alarm_actions"]).toEqual([reports[0]?.["topic_arn"]]);
  });

  it("is called by each topic that is joined to it, which leaves in the queue what it could not hand over", () => {
    expect(made.only("aws_lambda_permission")).toMatchObject({
      principal: "sns.amazonaws.com",
      source_arn: "arn:topic",
    });
    const joined = made.all("aws_sns_topic_subscription").filter(({ protocol }) => protocol === "lambda");
    expect(joined).toMatchObject([
      { topic_arn: "arn:topic", endpoint: expect.stringMatching(/^\$\{aws_lambda_function\..*\.arn\}$/) as unknown },
    ]);
    expect(JSON.parse(String(joined[0]?.["redrive_policy"]))).toEqual({ deadLetterTargetArn: queue });
  });
});
