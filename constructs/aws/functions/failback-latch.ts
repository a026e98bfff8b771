import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import type { Construct } from "constructs";
import { join } from "node:path";
import type { Environment } from "../../../config/environment";
import { type Declaration, Guarded } from "../../guarded";
import { logicalPrefix } from "../encryption-key";
import {
  latchHealthChecks,
  type LatchHealthChecks,
  latchMetricNamespace,
  latchParameter,
  silenceAlarm,
} from "./failback-latch-alarms";
import { FunctionArchive } from "./function-archive";
import { callOn, functionRole } from "./function-role";
import { functionRuntime } from "./function-runtime";

export interface LatchedEndpoint {
  readonly application: string;
  /** Name that fails over. */
  readonly host: string;
  /** Names of the application in both regions. */
  readonly primary: string;
  readonly secondary: string;
}

export interface FailbackLatchProps {
  readonly environment: Environment;
  /** At least one: a latch without applications would watch nothing. */
  readonly endpoints: readonly [LatchedEndpoint, ...LatchedEndpoint[]];
  /** Key of the function's logs, in the region of the stack. */
  readonly keyArn: string;
  /** Topic that is notified when a latch engages, and when the function has stopped. */
  readonly topicArn: string;
  readonly declaration?: Declaration;
}

/**
 * Minutes that Route 53 must have served the secondary before the latch engages: longer than an ordinary restart or the
 * failover of a database inside its region (60 to 120 s), and short of any promotion of data.
 */
const engageAfterMinutes = 5;
/** Three lookups of at most 4 s at the same time, two reads and a write for each application. */
const functionTimeoutSeconds = 30;

/**
 * Keeps traffic away from a primary that has failed until a person sends it back.
 *
 * Route 53 returns to a recovered primary by itself, while the promoted database is in the other region. A function in
 * the secondary region asks DNS each minute which region the public name leads to. The answer is what Route 53's own
 * checkers have agreed on from many places, so neither the function's single vantage point nor a certificate decides, and
 * the probes cost no request. After five minutes of the secondary it records `engaged` in an SSM parameter. Each minute
 * it publishes the parameter as the metric `Plimsoll/Failover` `Engaged`, also when a write fails; a health check on that
 * metric is a child of the primary's.
 *
 * - The state is the parameter, not the alarm: Route 53 reads the alarm's metric and not the alarm's state, so an alarm
 *   that keeps its state would hold nothing. While no data arrives (`LastKnownStatus`) the last verdict stays; a new
 *   health check without any counts as healthy, so a latch that never ran fails nothing over.
 *   (Route 53 API reference, HealthCheckConfig.InsufficientDataHealthStatus; developer guide, values of health checks:
 *   "state of CloudWatch alarm data stream". Read 2026-11-21.)
 * - A primary that was never served does not engage it, so that a first installation does not begin in the standby.
 * - With both regions unhealthy Route 53 serves the primary as its last resort: the latch does not engage.
 * - Nothing of it is in the primary's region, and neither engaging nor holding changes a DNS record: answers come from
 *   Route 53's data plane, which is global.
 *
 * A primary that recovers within the five minutes gets its traffic back by itself: no data may be promoted before the
 * latch is engaged. An operator who promotes earlier engages it first.
 *
 * Engage or release it: `aws ssm put-parameter --overwrite --region <secondary> --name <parameter> --value engaged|armed`.
 */
export class FailbackLatch extends Guarded {
  static readonly guardedBy = [
    "OB-21",
    "MR-03",
    "MR-07",
    "MR-08",
    "MR-10",
    "MR-12",
    "OB-06",
    "OB-20",
    "SC-11",
    "SC-17",
    "SC-21",
    "SC-22",
    "SC-23",
    "SC-32",
    "DE-34",
  ] as const;

  /** Name of the SSM parameter of each application that a person sets to `armed`. */
  readonly parameterNames: Readonly<Record<string, string>>;
  private readonly name: string;
  private readonly checks = new Map<string, LatchHealthChecks>();

  constructor(scope: Construct, id: string, props: FailbackLatchProps) {
    super(scope, id, props.declaration);
    const endpoints = [...props.endpoints].sort((a, b) => (a.application < b.application ? -1 : 1));
    this.name = `${props.environment.organisation}-${props.environment.name}-failback-latch`;
    const parameters = endpoints.map(({ application }) => this.addState(application, props.environment));
    this.parameterNames = Object.fromEntries(
      endpoints.map(({ application }) => [application, latchParameter(props.environment, application)]),
    );
    const latch = this.addFunction(props, endpoints, parameters);
    this.schedule(latch);
    const { environment, topicArn } = props;
    for (const { application } of endpoints) {
      const checks = latchHealthChecks(this, { name: this.name, application, environment, topicArn });
      this.checks.set(application, checks);
    }
    silenceAlarm(this, { name: this.name, application: props.endpoints[0].application, topicArn });
  }

  /** Route 53 health checks of the application's latch. @throws for an application without a latch */
  healthChecks(application: string): LatchHealthChecks {
    const checks = this.checks.get(application);
    if (checks === undefined)
      throw new Error(
        `${this.node.path} has no latch for ${application}, only for ${[...this.checks.keys()].join(", ")}: add it to the endpoints`,
      );
    return checks;
  }

  private addState(application: string, environment: Environment): SsmParameter {
    const parameter = new SsmParameter(this, `state-${application}`, {
      name: latchParameter(environment, application),
      type: "String",
      value: "waiting",
      tier: "Standard",
      description: `Failback latch of ${application}: set it to "armed" to send traffic back to ${environment.regions.primary.name}`,
    });
    parameter.overrideLogicalId(`${logicalPrefix(this)}_state_${application}`.replaceAll("-", "_"));
    // The function and people own the value from the first minute on.
    parameter.lifecycle = { ignoreChanges: ["value"] };
    return parameter;
  }

  private addFunction(
    props: FailbackLatchProps,
    endpoints: readonly LatchedEndpoint[],
    parameters: readonly SsmParameter[],
  ): LambdaFunction {
    const { environment } = props;
    const logs = new CloudwatchLogGroup(this, "logs", {
      name: `/aws/lambda/${this.name}`,
      retentionInDays: environment.logRetentionDays,
      kmsKeyId: props.keyArn,
    });
    const role = this.addRole(logs, parameters);
    const archive = new FunctionArchive(this, "archive", join(__dirname, "failback-latch"));
    return new LambdaFunction(this, "function", {
      functionName: this.name,
      description: "Remembers that the primary region failed, until a person sends traffic back",
      role: role.arn,
      runtime: functionRuntime(environment),
      architectures: ["arm64"],
      handler: archive.handler,
      filename: archive.path,
      sourceCodeHash: archive.sourceCodeHash,
      memorySize: 128,
      timeout: functionTimeoutSeconds,
      environment: {
        variables: {
          METRIC_NAMESPACE: latchMetricNamespace,
          ENGAGE_AFTER_MINUTES: String(engageAfterMinutes),
          ENDPOINTS: JSON.stringify(
            endpoints.map(({ application, host, primary, secondary }) => ({
              name: application,
              parameter: latchParameter(environment, application),
              host,
              primary,
              secondary,
            })),
          ),
        },
      },
      dependsOn: [logs],
    });
  }

  private addRole(logs: CloudwatchLogGroup, parameters: readonly SsmParameter[]): IamRole {
    return functionRole(this, {
      name: this.name,
      policyName: "failback-latch",
      statements: [
        // PutMetricData knows no resources: the namespace is the only bound that IAM offers.
        {
          Effect: "Allow",
          Action: ["cloudwatch:PutMetricData"],
          Resource: "*",
          Condition: { StringEquals: { "cloudwatch:namespace": latchMetricNamespace } },
        },
        {
          Effect: "Allow",
          Action: ["ssm:GetParameters", "ssm:PutParameter"],
          Resource: parameters.map((parameter) => parameter.arn),
        },
      ],
      logs,
    }).role;
  }

  private schedule(latch: LambdaFunction): void {
    const rule = new CloudwatchEventRule(this, "schedule", {
      name: this.name,
      description: "Each minute, the lookups of the failback latch",
      scheduleExpression: "rate(1 minute)",
      state: "ENABLED",
    });
    callOn(this, "schedule", rule, latch);
    // A minute that failed is not repeated: the next one is already there, and two at once would count failures twice.
    new LambdaFunctionEventInvokeConfig(this, "no-retries", {
      functionName: latch.functionName,
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 60,
    });
  }
}
