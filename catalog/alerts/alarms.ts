import data from "./alarms.json";

/** An alarm of CloudWatch on resources of AWS: its labels and what its runbook says. The metric is catalog/alarm-metrics.json's. */
export interface CataloguedAlarm {
  readonly alert: string;
  readonly claims: readonly string[];
  readonly severity: "critical" | "warning";
  /** P1 and P2 page, P3 and P4 open a ticket. */
  readonly priority: "P1" | "P2" | "P3" | "P4";
  readonly summary: string;
  readonly meaning: string;
  readonly impact: string;
  /** First commands of the runbook. */
  readonly commands: readonly string[];
  /** Steps: commands and sentences. */
  readonly mitigation: readonly string[];
}

export const awsAlarms = data.alarms as readonly CataloguedAlarm[];

/** What is said of messages that no alarm of the platform wrote: such as the dates of secrets, or of a budget. */
export const NOTICE = "NoticeOfAws";

/** @throws for a name that the catalogue does not have */
export function awsAlarm(alert: string): CataloguedAlarm {
  const found = awsAlarms.find((one) => one.alert === alert);
  if (!found) throw new Error(`catalog/alerts/alarms.json has no alarm ${alert}`);
  return found;
}
