import type { Platform } from "../../inventory/platform";
import type { Alarm } from "../../inventory/facts/aws/alarms";
import type { DatabaseInstance } from "../../inventory/facts/aws/stores";

/** Alarm on a metric of a database's instance. */
export const databaseAlarm = (database: DatabaseInstance, platform: Platform, metric: string): Alarm | undefined =>
  platform.alarms.find(
    (alarm) =>
      alarm.region === database.region &&
      alarm.namespace === "AWS/RDS" &&
      alarm.metric === metric &&
      alarm.resource.map("dimensions")["DBInstanceIdentifier"] === database.identifier,
  );

/**
 * Longest lag of a replica without an alarm. A replica that has stopped lags one second more each second: the alarm
 * fires after all its periods.
 */
export function replicaLagSeconds(
  platform: Platform,
  replica: DatabaseInstance,
): { readonly seconds: number; readonly arithmetic: string } | undefined {
  const alarm = databaseAlarm(replica, platform, "ReplicaLag");
  const { threshold, periodSeconds, evaluationPeriods } = alarm ?? {};
  if (threshold === undefined || periodSeconds === undefined || evaluationPeriods === undefined) return undefined;
  return {
    seconds: threshold + periodSeconds * evaluationPeriods,
    arithmetic: `${threshold} s of lag + ${periodSeconds} s × ${evaluationPeriods} until the alarm fires`,
  };
}
