import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { awsAlarm, NOTICE } from "../../catalog/alerts/alarms";
import interfaces from "../../catalog/alerts/interfaces.json";
import { alarmReceivers, escalationOf, notificationConfiguration } from "../../config/notifications";
import { onCall } from "../../config/on-call";
import { configured, type Site } from "../../config/site";
import { receiversDigest, receiversOfPeople } from "../../contract";
import { Guarded } from "../guarded";
import { failureAlarm } from "./failure-alarm";
import { PlatformFunction } from "./functions/platform-function";

export interface AlarmDeliveryProps {
  readonly site: Site;
  /** Key of the function's logs, topic and queue. */
  readonly keyArn: string;
  /** Name of the secret that Alertmanager reads its credentials from, and the key of it in this region. */
  readonly secret: { readonly name: string; readonly keyArn: string };
}

/** What a topic of alarms needs to have its messages delivered. */
export interface DeliveredBy {
  readonly functionArn: string;
  readonly functionName: string;
  /** Where SNS leaves messages that it could not hand over. */
  readonly queueArn: string;
}

const QUEUE_DAYS = 14;
/** Lambda drops an event that has waited for longer: an alarm of an hour ago is in the e-mails and in CloudWatch. */
const LONGEST_WAIT_SECONDS = 3600;

/**
 * Delivers the alarms of AWS in a region to the receivers of Alertmanager, by a function outside of the cluster and of the
 * network: it works when they do not. Topics keep their subscriptions by e-mail, which need nothing of this.
 *
 * What no attempt delivered stays in a queue, and alarms of a topic of their own report it by e-mail.
 */
export class AlarmDelivery extends Guarded {
  static readonly guardedBy = ["OB-06", "OB-20", "OB-21", "OB-22", "SC-11", "SC-17", "SC-22"] as const;

  readonly by: DeliveredBy;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AlarmDeliveryProps,
  ) {
    super(scope, id, configured(props.site.environment, ""));
    const { site, keyArn } = props;
    const { environment } = site;
    const topic = new SnsTopic(this, "notifications", {
      name: `${site.prefix}-alarm-delivery`,
      kmsMasterKeyId: keyArn,
    });
    for (const [index, endpoint] of escalationOf(environment).entries())
      new SnsTopicSubscription(this, `notifications-${index}`, { topicArn: topic.arn, protocol: "email", endpoint });
    const queue = this.addQueue();
    const { digest, written } = writtenSettings(site);
    const delivery = new PlatformFunction(this, "function", {
      environment,
      name: `${site.prefix}-alarm-delivery`,
      description: "Delivers alarms of AWS to the receivers of Alertmanager",
      source: "alarm-delivery",
      shared: ["smtp.mjs"],
      written: { "delivery.json": written },
      keyArn,
      timeoutSeconds: 60,
      // Held against Alertmanager's own receivers by policy OB-22, which reads no archives.
      variables: { SECRET: props.secret.name, RECEIVERS_SHA256: digest },
      statements: this.statements(queue.arn),
      deadLetterQueueArn: queue.arn,
      topicArn: topic.arn,
      failureMeans: "An alarm of AWS was not delivered",
      failureAlert: "AlarmDeliveryFailed",
    });
    new LambdaFunctionEventInvokeConfig(this, "retries", {
      functionName: delivery.function.functionName,
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: LONGEST_WAIT_SECONDS,
    });
    this.addQueueAlarm(queue.name, topic.arn);
    this.by = {
      functionArn: delivery.function.arn,
      functionName: delivery.function.functionName,
      queueArn: queue.arn,
    };
  }

  private addQueue(): SqsQueue {
    const { site, keyArn } = this.props;
    const { organisation, name, accountId } = site.environment;
    const queue = new SqsQueue(this, "undelivered", {
      name: `${site.prefix}-undelivered-alarms`,
      kmsMasterKeyId: keyArn,
      messageRetentionSeconds: QUEUE_DAYS * 86_400,
    });
    new SqsQueuePolicy(this, "undelivered-policy", {
      queueUrl: queue.url,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "TopicsOfAlarms",
            Effect: "Allow",
            Principal: { Service: "sns.amazonaws.com" },
            Action: "sqs:SendMessage",
            Resource: queue.arn,
            Condition: {
              StringEquals: { "aws:SourceAccount": accountId },
              ArnLike: { "aws:SourceArn": `arn:aws:sns:${site.region.name}:${accountId}:${organisation}-${name}-*` },
            },
          },
        ],
      }),
    });
    return queue;
  }

  private statements(queueArn: string): object[] {
    const { site, keyArn, secret } = this.props;
    const region = site.region.name;
    return [
      {
        Effect: "Allow",
        Action: ["secretsmanager:GetSecretValue"],
        // Secrets Manager ends the ARN of a secret with a hyphen and six characters of its own.
        Resource: `arn:aws:secretsmanager:${region}:${site.environment.accountId}:secret:${secret.name}-*`,
      },
      {
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: secret.keyArn,
        Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` } },
      },
      { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: queueArn },
      // Lambda writes into the encrypted queue in the name of the function.
      {
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: keyArn,
        Condition: { StringEquals: { "kms:ViaService": `sqs.${region}.amazonaws.com` } },
      },
    ];
  }

  private addQueueAlarm(queueName: string, topicArn: string): void {
    const name = `${this.props.site.prefix}-undelivered-alarms`;
    failureAlarm(this, "undelivered-alarm", {
      name,
      alert: "AlarmsUndelivered",
      says: `Alarms of AWS wait in the queue ${name}`,
      // A queue that nothing was sent to for six hours publishes nothing.
      metric: {
        namespace: "AWS/SQS",
        name: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: queueName },
        statistic: "Maximum",
      },
      topicArn,
    });
  }
}

/** Has the messages of a topic delivered; `id` is that of the topic. The function admits this topic only. */
export function deliverAlarmsOf(scope: Construct, id: string, topicArn: string, by: DeliveredBy): void {
  const permission = new LambdaPermission(scope, `${id}-delivery-permission`, {
    // Topics of several stacks call the function, and are called alike.
    statementId: `${TerraformStack.of(scope).node.id}-${id}`,
    action: "lambda:InvokeFunction",
    functionName: by.functionName,
    principal: "sns.amazonaws.com",
    sourceArn: topicArn,
  });
  new SnsTopicSubscription(scope, `${id}-delivery`, {
    topicArn,
    protocol: "lambda",
    endpoint: by.functionArn,
    redrivePolicy: JSON.stringify({ deadLetterTargetArn: by.queueArn }),
    dependsOn: [permission],
  });
}

/** What the function reads beside its code: Alertmanager's receivers, and who is notified of what names none. */
function writtenSettings(site: Site): { readonly digest: string; readonly written: string } {
  const { global, receivers } = notificationConfiguration(site);
  const { owner } = site.environment;
  const notifiedOf = (alert: string, severity: string, priority: string) => {
    const labels = { alertname: alert, severity, priority, owner };
    return {
      labels,
      receivers: alarmReceivers(site.environment, labels),
      runbook: `${onCall.runbookBaseUrl}/${alert}`,
    };
  };
  const notice = awsAlarm(NOTICE);
  const settings = {
    interfaces,
    global,
    receivers: receiversOfPeople(receivers),
    // How urgent an alarm is that says nothing is not known.
    unknown: notifiedOf(NOTICE, "critical", "P1"),
    notice: notifiedOf(NOTICE, notice.severity, notice.priority),
  };
  return { digest: receiversDigest(global, receivers), written: JSON.stringify(settings) };
}
