import { BudgetsBudget } from "@cdktf/provider-aws/lib/budgets-budget";
import { GuarddutyDetector } from "@cdktf/provider-aws/lib/guardduty-detector";
import { GuarddutyDetectorFeature } from "@cdktf/provider-aws/lib/guardduty-detector-feature";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import type { Environment } from "../config/environment";
import { AuditTrail } from "../constructs/aws/audit-trail";
import { EncryptionKey } from "../constructs/aws/encryption-key";
import { PlatformStack } from "../constructs/aws/platform-stack";
import { configured } from "../config/site";
import { escalationOf } from "../config/notifications";

/** Features that GuardDuty switches on, and bills, in every new detector that does not say otherwise. */
const unusedFeatures = [
  ["malware-scans", "EBS_MALWARE_PROTECTION"],
  ["lambda-network", "LAMBDA_NETWORK_LOGS"],
  ["database-logins", "RDS_LOGIN_EVENTS"],
  ["bucket-data", "S3_DATA_EVENTS"],
] as const;

/** What watches the account: trail of all regions, threat detection in both, and a budget that notifies the owner. */
export class AuditStack extends PlatformStack {
  static override readonly guardedBy = [...PlatformStack.guardedBy, "CO-03", "GO-06"];

  /** Topic of the budget, in the secondary region. */
  readonly budgetTopicArn: string;

  constructor(scope: Construct, environment: Environment) {
    const { primary, secondary } = environment.regions;
    super(scope, "audit", { environment, layer: "audit", region: secondary.name, role: "global" });
    const key = new EncryptionKey(this, "key", {
      name: `${environment.organisation}-${environment.name}-audit`,
      description: `Audit trail of ${environment.name}`,
      environment,
      servicePrincipals: ["cloudtrail.amazonaws.com", "budgets.amazonaws.com"],
      declaration: configured(environment, ""),
    });
    new AuditTrail(this, "trail", {
      environment,
      regionName: secondary.name,
      keyArn: key.arn,
      declaration: configured(environment, ""),
    });
    this.addThreatDetection(secondary.name);
    this.addThreatDetection(primary.name, this.providerOf(primary.name));
    this.budgetTopicArn = this.addBudgetTopic(environment, key.arn);
    this.addBudget(environment);
  }

  /** GuardDuty with the audit logs of EKS. A detector exists once an account and region. */
  private addThreatDetection(region: string, provider?: TerraformProvider): void {
    const own = provider ? { provider } : {};
    const detector = new GuarddutyDetector(this, `threats-${region}`, {
      enable: true,
      findingPublishingFrequency: "FIFTEEN_MINUTES",
      ...own,
    });
    const feature = (id: string, name: string, status: "ENABLED" | "DISABLED"): void => {
      new GuarddutyDetectorFeature(this, `threats-${region}-${id}`, { detectorId: detector.id, name, status, ...own });
    };
    feature("eks-audit", "EKS_AUDIT_LOGS", "ENABLED");
    for (const [id, name] of unusedFeatures) feature(id, name, "DISABLED");
  }

  /** Budgets publish only to a topic whose policy admits them (Cost Management user guide, topics for budgets). */
  private addBudgetTopic({ accountId, organisation, name }: Environment, keyArn: string): string {
    const topic = new SnsTopic(this, "budget-notifications", {
      name: `${organisation}-${name}-budget`,
      kmsMasterKeyId: keyArn,
    });
    new SnsTopicPolicy(this, "budget-notifications-policy", {
      arn: topic.arn,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Budgets",
            Effect: "Allow",
            Principal: { Service: "budgets.amazonaws.com" },
            Action: "sns:Publish",
            Resource: topic.arn,
            Condition: { StringEquals: { "aws:SourceAccount": accountId } },
          },
        ],
      }),
    });
    return topic.arn;
  }

  /** The whole account's costs: an environment has an account of its own. */
  private addBudget(environment: Environment): void {
    const notify = (notificationType: "ACTUAL" | "FORECASTED", threshold: number) => ({
      notificationType,
      threshold,
      thresholdType: "PERCENTAGE",
      comparisonOperator: "GREATER_THAN",
      subscriberEmailAddresses: escalationOf(environment),
      subscriberSnsTopicArns: [this.budgetTopicArn],
    });
    new BudgetsBudget(this, "budget", {
      name: `${environment.organisation}-${environment.name}`,
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: String(environment.budget.usdPerMonth),
      limitUnit: "USD",
      notification: [notify("ACTUAL", 80), notify("FORECASTED", 100)],
    });
  }
}
