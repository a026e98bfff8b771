import type { Construct } from "constructs";
import { EntryAlarms, type EntryTargets } from "../../constructs/aws/network/entry-alarms";
import { PlatformStack } from "../../constructs/aws/platform-stack";
import type { Site } from "../../config/site";

export interface EntryAlarmsStackProps {
  /** Suffix of the load balancer's ARN. */
  readonly loadBalancer: string;
  readonly entries: readonly EntryTargets[];
  /** Topic of the region's alerting. */
  readonly topicArn: string;
}

/** Alarms on the target groups of all applications: they are there after the applications, alerting is there before. */
export class EntryAlarmsStack extends PlatformStack {
  static override readonly guardedBy = ["OB-19"] as const;

  constructor(scope: Construct, { environment, region, role, prefix }: Site, props: EntryAlarmsStackProps) {
    super(scope, `entry-alarms-${region.name}`, { environment, layer: "entry-alarms", region: region.name, role });
    new EntryAlarms(this, "entry-alarms", { prefix, ...props });
  }
}
