import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import type { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretRotation } from "@cdktf/provider-aws/lib/secretsmanager-secret-rotation";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { join } from "node:path";
import type { Environment } from "../../../config/environment";
import { type Declaration, Guarded } from "../../guarded";
import { failureAlarm } from "../failure-alarm";
import { FunctionArchive } from "./function-archive";
import { callOn, functionRole } from "./function-role";
import { functionRuntime } from "./function-runtime";
import { type ReplicaKey, replicaStatement } from "./secret-replica";

export interface SecretRotationProps {
  readonly environment: Environment;
  /** Region of the secrets, the function and the topic. */
  readonly region: string;
  /** Key of the secrets, and of the function's logs and messages: it must admit `logs.<region>` and `cloudwatch`. */
  readonly keyArn: string;
  /** Where values are copied to, with the key that they are encrypted with there. */
  readonly replica: ReplicaKey;
  /** All secrets are named below it, for example `plimsoll/production/`. */
  readonly namePrefix: string;
  /** Addresses of all receivers: that a rotation failed, that a copy is behind, what is due. */
  readonly receivers: readonly string[];
  readonly declaration?: Declaration;
}

/** Days after which a value is replaced: Secrets Manager takes 1 to 1000. */
export interface Rotated {
  readonly id: string;
  readonly secret: SecretsmanagerSecret;
  readonly rotationDays: number;
}

/**
 * What Secrets Manager records when a copy could not be written. CloudTrail delivers it on a best effort basis, so the daily
 * review asks as well. (Secrets Manager user guide, "Log entries for replication"; EventBridge reference, Secrets Manager
 * events. Read 2026-11-28.)
 */
const replicationFailure = {
  source: ["aws.secretsmanager"],
  "detail-type": ["AWS Service Event via CloudTrail"],
  detail: { eventSource: ["secretsmanager.amazonaws.com"], eventName: ["ReplicationFailed"] },
};

/**
 * Values that no person knows: a function makes the value of each generated secret, at once for the first time and again
 * every `rotationDays`. Once a day it also reports to the owners which secrets have no value or an older one than declared,
 * which is the reminder for values that a person enters and the alarm for a rotation that does not run.
 *
 * - The form of a value stands in the secret's tags (`secret-length`, `secret-characters`), so the function needs no list.
 * - It may write only secrets that name it as their rotation function: Secrets Manager itself checks the condition
 *   `AllowRotationLambdaArn` (Secrets Manager user guide, Lambda rotation function execution role permissions, read 2026-11-21).
 * - Only Secrets Manager, for this account, and its own schedule may call it.
 * - The other region's copy follows by replication. A replication that fails calls the function, which notifies the owners
 *   which copies are behind; the daily review looks for them, too. While the primary region is away nothing is rotated.
 * - The value before stays readable as AWSPREVIOUS until the next rotation.
 */
export class SecretRotation extends Guarded {
  static readonly guardedBy = [
    "MR-22",
    "SC-11",
    "SC-14",
    "SC-17",
    "SC-21",
    "SC-22",
    "SC-23",
    "SC-32",
    "DE-34",
    "OB-06",
    "OB-20",
    "OB-21",
  ] as const;

  /** Where its alarm and its reviews are published. */
  readonly topicArn: string;
  private readonly name: string;
  private readonly rotator: LambdaFunction;
  /** What a first rotation, which Terraform starts, needs to succeed. */
  private readonly ready: ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SecretRotationProps,
  ) {
    super(scope, id, props.declaration);
    const { environment } = props;
    this.name = `${environment.organisation}-${environment.name}-secret-rotation`;
    const logs = new CloudwatchLogGroup(this, "logs", {
      name: `/aws/lambda/${this.name}`,
      retentionInDays: environment.logRetentionDays,
      kmsKeyId: props.keyArn,
    });
    const topic = new SnsTopic(this, "notifications", { name: this.name, kmsMasterKeyId: props.keyArn });
    this.topicArn = topic.arn;
    for (const [index, endpoint] of props.receivers.entries())
      new SnsTopicSubscription(this, `notifications-${index}`, { topicArn: topic.arn, protocol: "email", endpoint });
    const { role, permissions } = functionRole(this, {
      name: this.name,
      policyName: "secret-rotation",
      statements: this.statements(topic.arn),
      logs,
    });
    const archive = new FunctionArchive(this, "archive", join(__dirname, "secret-rotation"));
    this.rotator = new LambdaFunction(this, "function", {
      functionName: this.name,
      description: "Makes the values of generated secrets, and reports which of the others are due",
      role: role.arn,
      runtime: functionRuntime(environment),
      architectures: ["arm64"],
      handler: archive.handler,
      filename: archive.path,
      sourceCodeHash: archive.sourceCodeHash,
      memorySize: 128,
      timeout: 60,
      environment: { variables: { NAME_PREFIX: props.namePrefix, TOPIC_ARN: topic.arn } },
      dependsOn: [logs],
    });
    const permission = new LambdaPermission(this, "permission", {
      statementId: "rotation",
      action: "lambda:InvokeFunction",
      functionName: this.rotator.functionName,
      principal: "secretsmanager.amazonaws.com",
      sourceAccount: environment.accountId,
    });
    this.ready = [permission, permissions];
    this.schedule();
    this.addAlarm(topic.arn);
  }

  /** Lets the function make the value: now, and every `rotationDays`. */
  rotate({ id, secret, rotationDays }: Rotated): void {
    const rotation = new SecretsmanagerSecretRotation(this, id, {
      secretId: secret.id,
      rotationLambdaArn: this.rotator.arn,
      rotateImmediately: true,
      rotationRules: { automaticallyAfterDays: rotationDays },
      dependsOn: this.ready,
    });
    rotation.overrideLogicalId(`${id}_rotation`.replaceAll("-", "_"));
  }

  private statements(topicArn: string): object[] {
    const { environment, region, keyArn, namePrefix, replica } = this.props;
    const secrets = `arn:aws:secretsmanager:${region}:${environment.accountId}:secret:${namePrefix}*`;
    return [
      {
        Effect: "Allow",
        Action: [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetSecretValue",
          "secretsmanager:PutSecretValue",
          "secretsmanager:UpdateSecretVersionStage",
        ],
        Resource: secrets,
        Condition: {
          StringEquals: {
            "secretsmanager:resource/AllowRotationLambdaArn": `arn:aws:lambda:${region}:${environment.accountId}:function:${this.name}`,
          },
        },
      },
      // Neither knows resources: one makes random characters, the other names secrets without their values.
      { Effect: "Allow", Action: ["secretsmanager:GetRandomPassword", "secretsmanager:ListSecrets"], Resource: "*" },
      // The review reads ages and the state of replication of every secret, rotated here or elsewhere.
      {
        Effect: "Allow",
        Action: ["secretsmanager:DescribeSecret", "secretsmanager:ListSecretVersionIds"],
        Resource: secrets,
      },
      {
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: keyArn,
        Condition: {
          StringEquals: { "kms:ViaService": [`secretsmanager.${region}.amazonaws.com`, `sns.${region}.amazonaws.com`] },
        },
      },
      replicaStatement(region, replica),
      { Effect: "Allow", Action: ["sns:Publish"], Resource: topicArn },
    ];
  }

  private schedule(): void {
    const daily = new CloudwatchEventRule(this, "review", {
      name: this.name,
      description: "Each day, which secrets have no value or an old one",
      scheduleExpression: "rate(1 day)",
      state: "ENABLED",
    });
    const failure = new CloudwatchEventRule(this, "replication-failed", {
      name: `${this.name}-replication-failed`,
      description: "A new value did not reach the other region",
      eventPattern: JSON.stringify(replicationFailure),
      state: "ENABLED",
    });
    callOn(this, "review", daily, this.rotator);
    callOn(this, "replication-failed", failure, this.rotator);
  }

  /** Secrets Manager tries again by itself; what is reported is that it had to. */
  private addAlarm(topicArn: string): void {
    failureAlarm(this, "failed", {
      name: `${this.name}-failed`,
      alert: "SecretRotationFailed",
      says: "A secret was not rotated, or the daily review failed: the log of the function names the secret",
      metric: {
        namespace: "AWS/Lambda",
        name: "Errors",
        dimensions: { FunctionName: this.rotator.functionName },
      },
      topicArn,
    });
  }
}
