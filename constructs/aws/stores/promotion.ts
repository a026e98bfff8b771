import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { EksAccessEntry } from "@cdktf/provider-aws/lib/eks-access-entry";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { SfnStateMachine } from "@cdktf/provider-aws/lib/sfn-state-machine";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { Construct } from "constructs";
import type { Environment } from "../../../config/environment";
import { type Declaration, Guarded } from "../../guarded";
import { PlatformFunction, type PlatformFunctionProps } from "../functions/platform-function";
import { promotionDefinition } from "./promotion-definition";
import { trustOf } from "../service-role";

export interface PromotionProps {
  readonly environment: Environment;
  /** The standby: everything that it needs lies there. */
  readonly region: string;
  readonly keyArn: string;
  readonly topicArn: string;
  readonly network: NonNullable<PlatformFunctionProps["network"]>;
  readonly databases: readonly {
    readonly identifier: string;
    readonly arn: string;
    readonly maxLagSeconds: number;
    readonly wantedRetentionDays: number;
  }[];
  readonly cluster: {
    readonly name: string;
    readonly endpoint: string;
    readonly certificateAuthority: string;
    readonly securityGroupId: string;
  };
  /** Function that loads copies of caches. @default none - no cache is persistent */
  readonly cacheCopyArn?: string;
  readonly declaration: Declaration;
}

/** Kubernetes group of the promotion; its role is in the platform's stack. */
export const PROMOTION_GROUP = "plimsoll:promotion";

/**
 * Makes the standby the writer: a state machine in the standby that one command starts and that may be started again.
 *
 * `aws stepfunctions start-execution --region <standby> --state-machine-arn <arn> --input '{"dryRun":true}'` reports only;
 * without `dryRun` it promotes. `lostAt` says when the primary ended, so that the time since then is not taken for lag;
 * `acceptLag` accepts whatever is lost. It checks the lag, promotes, waits, restores retention and Multi-AZ, loads the copies of
 * caches, runs migrations and seeds, and starts writers. Nothing of it calls the primary region.
 */
export class Promotion extends Guarded {
  static readonly guardedBy = ["MR-07", "MR-21", "OB-06", "SC-11", "SC-17"] as const;

  readonly stateMachine: SfnStateMachine;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PromotionProps,
  ) {
    super(scope, id, props.declaration);
    const { environment, cluster } = props;
    const name = `${environment.organisation}-${environment.name}-promotion`;
    const steps = new PlatformFunction(this, "steps", {
      environment,
      name,
      description: "Steps of the promotion of the standby",
      source: "promotion",
      shared: ["kubernetes.mjs"],
      keyArn: props.keyArn,
      network: props.network,
      timeoutSeconds: 120,
      variables: {
        DATABASES: JSON.stringify(
          props.databases.map(({ identifier, maxLagSeconds, wantedRetentionDays }) => ({
            identifier,
            maxLagSeconds,
            wantedRetentionDays,
          })),
        ),
        CLUSTER: cluster.name,
        CLUSTER_ENDPOINT: cluster.endpoint,
        CLUSTER_CA: cluster.certificateAuthority,
      },
      statements: this.statements(),
      topicArn: props.topicArn,
      failureMeans: "A step of the promotion failed",
      failureAlert: "PromotionStepFailed",
    });
    new EksAccessEntry(this, "cluster-access", {
      clusterName: cluster.name,
      principalArn: steps.role.arn,
      kubernetesGroups: [PROMOTION_GROUP],
      type: "STANDARD",
    });
    new VpcSecurityGroupIngressRule(this, "cluster-ingress", {
      securityGroupId: cluster.securityGroupId,
      description: "the promotion's calls of the Kubernetes API",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      referencedSecurityGroupId: props.network.securityGroupId,
    });
    this.stateMachine = this.addStateMachine(name, steps.function.arn);
  }

  private statements(): object[] {
    return [
      {
        Effect: "Allow",
        Action: ["rds:DescribeDBInstances", "rds:ModifyDBInstance", "rds:PromoteReadReplica"],
        Resource: this.props.databases.map(({ arn }) => arn),
      },
      // Reads a metric, and knows no resources.
      { Effect: "Allow", Action: ["cloudwatch:GetMetricStatistics"], Resource: "*" },
    ];
  }

  private addStateMachine(name: string, stepsArn: string): SfnStateMachine {
    const { environment, keyArn, cacheCopyArn, topicArn } = this.props;
    const logs = new CloudwatchLogGroup(this, "executions", {
      name: `/aws/vendedlogs/states/${name}`,
      retentionInDays: environment.logRetentionDays,
      kmsKeyId: keyArn,
    });
    const role = new IamRole(this, "role", {
      name: `${name}-states`,
      assumeRolePolicy: trustOf("states.amazonaws.com"),
    });
    const permissions = new IamRolePolicy(this, "permissions", {
      name: "promotion",
      role: role.id,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["lambda:InvokeFunction"],
            Resource: [stepsArn, ...(cacheCopyArn === undefined ? [] : [cacheCopyArn])],
          },
          { Effect: "Allow", Action: ["sns:Publish"], Resource: topicArn },
          {
            Effect: "Allow",
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: keyArn,
            Condition: { StringEquals: { "kms:ViaService": `sns.${this.props.region}.amazonaws.com` } },
          },
          // Log delivery knows no resources (Step Functions developer guide, logging to CloudWatch Logs).
          {
            Effect: "Allow",
            Action: ["logs:DescribeLogGroups", "logs:GetLogDelivery", "logs:ListLogDeliveries"],
            Resource: "*",
          },
        ],
      }),
    });
    return new SfnStateMachine(this, "state-machine", {
      name,
      roleArn: role.arn,
      definition: JSON.stringify(
        promotionDefinition({ stepsArn, topicArn, ...(cacheCopyArn === undefined ? {} : { cacheCopyArn }) }),
      ),
      dependsOn: [permissions, logs],
    });
  }
}
