import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretRotation } from "../../../../constructs/aws/functions/secret-rotation";
import { fixtureEnvironment } from "../../../fixtures/platform/environments";
import { Made, statementsOf } from "../../empty-stack";

describe("the rotation of secrets", () => {
  const environment = fixtureEnvironment();
  const name = "acme-production-secret-rotation";
  const made = new Made((stack) => {
    const rotation = new SecretRotation(stack, "rotation", {
      environment,
      region: "us-east-1",
      keyArn: "arn:key",
      replica: { region: "eu-west-1", keyArn: "arn:copy-key" },
      namePrefix: "acme/production/",
      receivers: ["one@acme.example", "two@acme.example"],
    });
    const secret = new SecretsmanagerSecret(stack, "secret", { name: "acme/production/session" });
    rotation.rotate({ id: "session", secret, rotationDays: 90 });
  });
  const statements = statementsOf(made.only("aws_iam_role_policy")["policy"]);
  const allowing = (action: string) =>
    statements.filter(({ Action }) => (Action as readonly string[]).includes(action));

  it("makes a value at once and every so many days, when its permissions are there", () => {
    const rotated = made.only("aws_secretsmanager_secret_rotation");
    expect(rotated).toMatchObject({ rotate_immediately: true, rotation_rules: { automatically_after_days: 90 } });
    expect(rotated["depends_on"]).toEqual([
      expect.stringContaining("aws_lambda_permission.") as unknown,
      expect.stringContaining("aws_iam_role_policy.") as unknown,
    ]);
  });

  it("reads and writes only secrets below its prefix that name it as their function", () => {
    for (const action of ["GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"])
      expect(allowing(`secretsmanager:${action}`)).toMatchObject([
        {
          Resource: `arn:aws:secretsmanager:us-east-1:${environment.accountId}:secret:acme/production/*`,
          Condition: {
            StringEquals: {
              "secretsmanager:resource/AllowRotationLambdaArn": `arn:aws:lambda:us-east-1:${environment.accountId}:function:${name}`,
            },
          },
        },
      ]);
    const everywhere = statements.filter(({ Resource }) => Resource === "*").map(({ Action }) => Action);
    expect(everywhere).toEqual([["secretsmanager:GetRandomPassword", "secretsmanager:ListSecrets"]]);
  });

  it("uses each key by the services that need it, and encrypts for the other region", () => {
    const keys = allowing("kms:GenerateDataKey").map(({ Resource, Condition }) => [Resource, Condition]);
    const via = (...services: readonly string[]) => ({
      StringEquals: { "kms:ViaService": services.map((service) => `${service}.amazonaws.com`) },
    });
    expect(keys).toEqual([
      ["arn:key", via("secretsmanager.us-east-1", "sns.us-east-1")],
      ["arn:copy-key", via("secretsmanager.us-east-1", "secretsmanager.eu-west-1")],
    ]);
    expect(allowing("kms:Decrypt").map(({ Resource }) => Resource)).toEqual(["arn:key"]);
  });

  it("is called by Secrets Manager for this account, and by its own two rules", () => {
    const callers = made
      .all("aws_lambda_permission")
      .map((one) => [one["statement_id"], one["principal"], one["source_account"] ?? one["source_arn"]]);
    const rule: unknown = expect.stringMatching(/^\$\{aws_cloudwatch_event_rule\..*\.arn\}$/);
    expect(callers).toHaveLength(3);
    expect(callers).toContainEqual(["rotation", "secretsmanager.amazonaws.com", environment.accountId]);
    for (const id of ["review", "replication-failed"])
      expect(callers).toContainEqual([id, "events.amazonaws.com", rule]);
  });

  it("notifies every receiver, by a topic and logs that are encrypted", () => {
    expect(made.all("aws_sns_topic_subscription").map(({ endpoint }) => endpoint)).toEqual([
      "one@acme.example",
      "two@acme.example",
    ]);
    expect(made.only("aws_sns_topic")).toMatchObject({ kms_master_key_id: "arn:key" });
    expect(made.only("aws_cloudwatch_log_group")).toMatchObject({ kms_key_id: "arn:key", retention_in_days: 365 });
    expect(made.only("aws_cloudwatch_metric_alarm")).toMatchObject({ alarm_name: `${name}-failed`, threshold: 1 });
  });
});
