import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { join } from "node:path";
import type { Environment } from "../../../config/environment";
import { type Declaration, Guarded } from "../../guarded";
import { alarmText } from "../alarm-text";
import { failureAlarm } from "../failure-alarm";
import { FunctionArchive } from "./function-archive";
import { callOn, functionRole } from "./function-role";
import { functionRuntime } from "./function-runtime";

export interface PlatformFunctionProps {
  readonly environment: Environment;
  /** Name of the function, its role and its log group; unique in the account, also across regions; at most 64 characters. */
  readonly name: string;
  readonly description: string;
  /** Folder beside this file that holds `index.mjs`. */
  readonly source: string;
  /** Files of `shared/` that it imports. @default none */
  readonly shared?: readonly string[];
  /** Key of its logs: it must admit `logs.<region>`. */
  readonly keyArn: string;
  readonly statements: readonly object[];
  readonly variables: Record<string, string>;
  /** Seconds, at most 900. */
  readonly timeoutSeconds: number;
  /** MiB. @default 128 - it waits for other services */
  readonly memoryMiB?: number;
  /** Subnets and security group, for a function that reaches a store. @default none - it reaches public endpoints only */
  readonly network?: { readonly subnetIds: readonly string[]; readonly securityGroupId: string };
  /** EventBridge schedule. @default none - something else calls it */
  readonly schedule?: string;
  /** Topic that is notified when a run fails, and when a scheduled run is absent. */
  readonly topicArn: string;
  /** What a failed run means, for the receiver of the alarm. */
  readonly failureMeans: string;
  /** Alarm of catalog/alerts/alarms.json. @default PlatformFunctionFailed */
  readonly failureAlert?: string;
  /** Files that belong into its folder although they are not there, by name. @default none */
  readonly written?: Readonly<Record<string, string>>;
  /** Queue for events that every attempt failed on. @default none - a lost run is made up for by the next one */
  readonly deadLetterQueueArn?: string;
  readonly declaration?: Declaration;
}

/**
 * A function of the platform: its logs encrypted and bounded, a role of its own, an alarm on errors, and for a schedule
 * an alarm when no run took place for two intervals.
 */
export class PlatformFunction extends Guarded {
  static readonly guardedBy = ["OB-06", "OB-20", "OB-21", "SC-11", "SC-17", "SC-32", "DE-34"] as const;

  readonly function: LambdaFunction;
  readonly role: IamRole;
  readonly ready: readonly ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PlatformFunctionProps,
  ) {
    super(scope, id, props.declaration);
    const { environment, name, network } = props;
    const logs = new CloudwatchLogGroup(this, "logs", {
      name: `/aws/lambda/${name}`,
      retentionInDays: environment.logRetentionDays,
      kmsKeyId: props.keyArn,
    });
    const { role, permissions } = functionRole(this, {
      name,
      policyName: "function",
      statements: props.statements,
      logs,
    });
    // Network interfaces know no resources: AWS's own policy for them names its calls (Lambda developer guide, functions in a VPC).
    const interfaces = network
      ? [
          new IamRolePolicyAttachment(this, "network-interfaces", {
            role: role.name,
            policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
          }),
        ]
      : [];
    const archive = this.addArchive();
    this.function = new LambdaFunction(this, "function", {
      functionName: name,
      description: props.description,
      role: role.arn,
      runtime: functionRuntime(environment),
      architectures: ["arm64"],
      handler: archive.handler,
      filename: archive.path,
      sourceCodeHash: archive.sourceCodeHash,
      memorySize: props.memoryMiB ?? 128,
      timeout: props.timeoutSeconds,
      environment: {
        variables: {
          // Node.js 20 and later read the certificates of RDS only when configured (AWS Lambda developer guide, Node.js runtimes).
          ...(network ? { NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem" } : {}),
          ...props.variables,
        },
      },
      ...(props.deadLetterQueueArn ? { deadLetterConfig: { targetArn: props.deadLetterQueueArn } } : {}),
      ...(network
        ? { vpcConfig: { subnetIds: [...network.subnetIds], securityGroupIds: [network.securityGroupId] } }
        : {}),
      dependsOn: [logs, permissions, ...interfaces],
    });
    this.role = role;
    this.ready = [permissions];
    this.addFailureAlarm();
    if (props.schedule !== undefined) this.addSchedule(props.schedule);
  }

  private addArchive(): FunctionArchive {
    const { source, shared, written } = this.props;
    return new FunctionArchive(this, "archive", join(__dirname, source), shared ?? [], written ?? {});
  }

  private addFailureAlarm(): void {
    failureAlarm(this, "failed", {
      name: `${this.props.name}-failed`,
      alert: this.props.failureAlert ?? "PlatformFunctionFailed",
      says: `${this.props.failureMeans}: read why in the log group /aws/lambda/${this.props.name}`,
      metric: {
        namespace: "AWS/Lambda",
        name: "Errors",
        dimensions: { FunctionName: this.function.functionName },
      },
      topicArn: this.props.topicArn,
    });
  }

  private addSchedule(schedule: string): void {
    const rule = new CloudwatchEventRule(this, "schedule", {
      name: this.props.name,
      description: this.props.description,
      scheduleExpression: schedule,
      state: "ENABLED",
    });
    callOn(this, "schedule", rule, this.function);
    new CloudwatchMetricAlarm(this, "absent", {
      alarmName: `${this.props.name}-absent`,
      alarmDescription: alarmText(
        this,
        "PlatformFunctionAbsent",
        `No run of ${this.props.name} for a day although it is scheduled by ${schedule}`,
      ),
      namespace: "AWS/Lambda",
      metricName: "Invocations",
      dimensions: { FunctionName: this.function.functionName },
      statistic: "Sum",
      period: 86_400,
      evaluationPeriods: 1,
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      treatMissingData: "breaching",
      alarmActions: [this.props.topicArn],
      okActions: [this.props.topicArn],
    });
  }
}
