import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { awsAlarm } from "../../catalog/alerts/alarms";
import { alarmReceivers } from "../../config/notifications";
import { onCall } from "../../config/on-call";
import { alarmDescription } from "../../contract";
import { PlatformStack } from "./platform-stack";

/** Whom an alarm is about. @default the platform and its owner */
export interface AlarmSubject {
  readonly application: string;
  readonly owner: string;
}

/**
 * Description of a CloudWatch alarm: what people read in the e-mail of the topic, and what the function that delivers
 * alarms reads. Its receivers are those that Alertmanager's own routing tree chooses.
 *
 * @param alert name in catalog/alerts/alarms.json
 */
export function alarmText(scope: Construct, alert: string, says: string, about?: AlarmSubject): string {
  const stack = TerraformStack.of(scope);
  if (!(stack instanceof PlatformStack)) throw new Error(`${stack.node.id} is no stack of the platform: no owner`);
  const { environment } = stack;
  const { severity, priority } = awsAlarm(alert);
  const labels = {
    alertname: alert,
    severity,
    priority,
    owner: about?.owner ?? environment.owner,
    ...(about ? { application: about.application } : {}),
  };
  return alarmDescription({
    says,
    runbook: `${onCall.runbookBaseUrl}/${alert}`,
    labels,
    receivers: alarmReceivers(environment, labels),
  });
}
