import { recoveryLosses } from "../../../catalog/recovery-allowances";
import { type Json, objectOf, objectsOf, textOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Alarm } from "../../inventory/facts/aws/alarms";
import type { DatabaseInstance } from "../../inventory/facts/aws/stores";
import type { Resource } from "../../inventory/resource";
import { minutesBetweenRuns } from "./cache-copies";

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

/** Longest lag that a replica reports though nothing is lost: the time between two transactions of its source. */
export interface IdleLag {
  readonly seconds: number;
  readonly arithmetic: string;
}

/** Without a function that commits transactions by a schedule, RDS's own switch of the log's segment is all there is. */
export function idleLag(platform: Platform, replica: DatabaseInstance): IdleLag {
  const { seconds } = recoveryLosses.idleReplica;
  const { source } = replica;
  const heartbeat = platform
    .ofType("aws_lambda_function")
    .find((one) => one.region === source?.region && beatenBy(one).includes(`${source?.application}/${source?.store}`));
  const minutes = heartbeat === undefined ? undefined : minutesBetweenRuns(platform, heartbeat);
  if (heartbeat === undefined || minutes === undefined)
    return {
      seconds: seconds + METRIC_SECONDS,
      arithmetic: `${seconds} s until RDS switches the segment of an idle source's log + ${METRIC_SECONDS} s between two values`,
    };
  const timeout = heartbeat.number("timeout") ?? 0;
  return {
    seconds: minutes * 60 + timeout,
    arithmetic: `${minutes} min × 60 between two transactions of the heartbeat + ${timeout} s, its longest run`,
  };
}

/** RDS sends its metrics to CloudWatch once a minute (RDS user guide, monitoring with Amazon CloudWatch). */
const METRIC_SECONDS = 60;

function beatenBy(one: Resource): string[] {
  const text = one.expanded("environment.variables.HEARTBEATS");
  if (text === undefined) return [];
  try {
    return objectsOf(JSON.parse(text) as Json).flatMap((entry) => textOf(objectOf(entry)["name"]) ?? []);
  } catch {
    return [];
  }
}
