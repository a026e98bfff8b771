import type { Alarm } from "../../../inventory/facts/aws/alarms";
import type { DatabaseInstance } from "../../../inventory/facts/aws/stores";
import { databaseAlarm, replicaLagSeconds } from "../../../figures/recovery/replica-lag";
import type { Platform } from "../../../inventory/platform";
import { atMost, holds } from "../../../policy/comparison";
import { change, remove, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, unknown, type Verdict } from "../../../policy/verdict";
import { declarationOf } from "../../../policy-terms/stores";

const alarms = (metric: string) => resource("aws_cloudwatch_metric_alarm", (block) => block["metric_name"] === metric);
const lag = alarms("ReplicaLag");

export default policy({
  id: "DR-07",
  severity: "error",
  proves: ["FG-09"],
  title: "An alarm fires before a database's recovery point is older than its RPO",
  because:
    "a replica that stopped a week ago is found on the day of the failover, and the log that it did not fetch fills the writer",
  remedy: "keep DatabaseAlarms beside each database, with a topic that a person reads",
  subjects: (platform) => platform.databases,
  check: (database, platform) =>
    database.replicates
      ? lagging(database, platform)
      : [
          fires(databaseAlarm(database, platform, "OldestReplicationSlotLag"), "OldestReplicationSlotLag"),
          fires(databaseAlarm(database, platform, "FreeStorageSpace"), "FreeStorageSpace"),
        ].flat(),
  mutants: [
    remove("no alarm on the lag", lag),
    remove("no alarm on the slot", alarms("OldestReplicationSlotLag")),
    remove("no alarm on the storage", alarms("FreeStorageSpace")),
    change("an alarm without an action", lag, set("alarm_actions", [])),
    change("silence is fine", lag, set("treat_missing_data", "notBreaching")),
    change("an alarm that waits for an hour", lag, set("evaluation_periods", 60)),
    change("of another instance", lag, set("dimensions.DBInstanceIdentifier", "other")),
    change("when there is little lag", lag, set("comparison_operator", "LessThanThreshold")),
  ],
  // The threshold is half of the RPO, and the alarm looks twice, a minute apart.
  boundary: {
    holds: change("at the RPO", lag, (block) => set("threshold", Number(block["threshold"]) * 2 - 120)(block)),
    breaks: change("a second above the RPO", lag, (block) =>
      set("threshold", Number(block["threshold"]) * 2 - 119)(block),
    ),
  },
});

const fires = (alarm: Alarm | undefined, metric: string): Verdict[] =>
  alarm === undefined
    ? [fail({ expected: `an alarm on ${metric}`, actual: "none" })]
    : [holds(alarm.actions.length > 0, `the alarm on ${metric} has an action`, "no action")];

function lagging(database: DatabaseInstance, platform: Platform): Verdict[] {
  const alarm = databaseAlarm(database, platform, "ReplicaLag");
  const rpo = declarationOf(platform, database)?.rpoMinutes;
  if (alarm === undefined || rpo === undefined)
    return [
      ...fires(alarm, "ReplicaLag"),
      ...(rpo === undefined ? [unknown(`${database.label} belongs to no declared database`)] : []),
    ];
  return [
    ...fires(alarm, "ReplicaLag"),
    holds(alarm.missingData === "breaching", "no data of the replica is an alarm too", alarm.missingData ?? "missing"),
    holds(
      alarm.comparison?.startsWith("GreaterThan") === true,
      "it fires when the lag is longer",
      alarm.comparison ?? "no comparison",
    ),
    atMost(
      rpo * 60,
      replicaLagSeconds(platform, database)?.seconds,
      "seconds of lag at which the alarm fires, against the RPO",
      {
        field: "rpoMinutes",
        arithmetic: `${replicaLagSeconds(platform, database)?.arithmetic ?? "no threshold"}, of ${rpo} min × 60`,
      },
    ),
  ];
}
