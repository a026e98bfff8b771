import type { Construct } from "constructs";
import { AlarmDelivery, deliverAlarmsOf, type DeliveredBy } from "../../constructs/aws/alarm-delivery";
import { EncryptionKey } from "../../constructs/aws/encryption-key";
import { PlatformStack } from "../../constructs/aws/platform-stack";
import type { Site } from "../../config/site";
import { type DataStack, secretName } from "../data";

export interface AlarmDeliveryStackProps {
  readonly data: DataStack;
  /** Topics of stacks that are deployed before this one, by the name of their subscription. */
  readonly topicArns: Readonly<Record<string, string>>;
}

/** What delivers the alarms of AWS in a region. It is there before everything that has alarms, and needs no cluster. */
export class AlarmDeliveryStack extends PlatformStack {
  static override readonly guardedBy = ["SC-17", "OB-22"] as const;

  readonly by: DeliveredBy;

  constructor(scope: Construct, site: Site, { data, topicArns }: AlarmDeliveryStackProps) {
    const { environment, region, role, prefix } = site;
    super(scope, `alarm-delivery-${region.name}`, { environment, layer: "alarm-delivery", region: region.name, role });
    const key = new EncryptionKey(this, "key", {
      name: `${prefix}-alarm-delivery`,
      description: `Delivery of alarms, ${prefix}`,
      environment,
      servicePrincipals: [`logs.${region.name}.amazonaws.com`, "cloudwatch.amazonaws.com", "sns.amazonaws.com"],
    });
    this.by = new AlarmDelivery(this, "delivery", {
      site,
      keyArn: key.arn,
      secret: { name: secretName(site, "monitoring", "ALERTMANAGER_CREDENTIALS"), keyArn: data.key.arn },
    }).by;
    for (const [id, topicArn] of Object.entries(topicArns)) deliverAlarmsOf(this, id, topicArn, this.by);
  }
}
