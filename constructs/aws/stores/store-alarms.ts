import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { Construct } from "constructs";
import { smallestDatabaseClass } from "../../../catalog/store-classes";
import type { Database } from "../../../config/application/parts/store";
import { Guarded } from "../../guarded";
import { type AlarmSubject, alarmText } from "../alarm-text";

export interface DatabaseAlarmsProps {
  readonly identifier: string;
  readonly about: AlarmSubject;
  readonly database: Database;
  readonly role: "writer" | "replica";
  readonly topicArn: string;
}

const GIB = 2 ** 30;

/**
 * Alarms on what ends a database's recovery point: a replica that lags or has stopped, a slot that fills the writer.
 *
 * With the standby unreachable the writer keeps all WAL that the replica has not fetched, until its storage is full
 * (RDS user guide, monitoring read replication, `OldestReplicationSlotLag`).
 */
export class DatabaseAlarms extends Guarded {
  static readonly guardedBy = ["CO-09", "DR-07", "OB-20", "OB-21"] as const;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DatabaseAlarmsProps,
  ) {
    super(scope, id);
    const { database, role } = props;
    this.addCreditAlarm();
    if (role === "replica")
      this.addAlarm("lag", "ReplicaLag", {
        alert: "DatabaseReplicaLags",
        means: "A promotion now would lose more than half of the recovery point objective",
        statistic: "Maximum",
        comparisonOperator: "GreaterThanThreshold",
        threshold: database.rpoMinutes * 30,
        missing: "breaching",
        // A replica that has stopped lags a second more each second: five minutes more would be past an RPO of five.
        periods: 2,
      });
    else {
      this.addAlarm("slot-lag", "OldestReplicationSlotLag", {
        alert: "DatabaseSlotFillsStorage",
        means: "The replica does not fetch the log: it fills the storage of the writer",
        statistic: "Maximum",
        comparisonOperator: "GreaterThanThreshold",
        threshold: Math.ceil((database.storageGiB * GIB) / 5),
        missing: "missing",
      });
      this.addAlarm("storage", "FreeStorageSpace", {
        alert: "DatabaseStorageLow",
        means: "Less than a tenth of the declared storage is free, and automatic growth has not helped",
        statistic: "Minimum",
        comparisonOperator: "LessThanThreshold",
        threshold: Math.ceil((database.storageGiB * GIB) / 10),
        missing: "breaching",
        // At the same limit RDS grows the storage by itself, within some ten minutes.
        periodSeconds: 300,
        periods: 6,
      });
    }
  }

  /**
   * Burstable classes of RDS always run without a limit of credits, and no setting ends that (RDS user guide, DB instance
   * class types, db.t4g: "Unlimited mode", read 2026-11-29). The credits that are bought are not known beforehand.
   */
  private addCreditAlarm(): void {
    if (!/^db\.t[34]/.test(smallestDatabaseClass(this.props.database.maxConnections).class)) return;
    this.addAlarm("credits", "CPUSurplusCreditsCharged", {
      alert: "DatabaseBuysCredits",
      means: "It has run above its baseline for about a day, and each further credit is billed",
      statistic: "Maximum",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      missing: "missing",
      periodSeconds: 300,
      periods: 3,
    });
  }

  private addAlarm(
    id: string,
    metricName: string,
    alarm: {
      alert: string;
      means: string;
      statistic: string;
      comparisonOperator: string;
      threshold: number;
      missing: string;
      periods?: number;
      periodSeconds?: number;
    },
  ): void {
    const { identifier, about, topicArn } = this.props;
    new CloudwatchMetricAlarm(this, id, {
      alarmName: `${identifier}-${id}`,
      alarmDescription: alarmText(this, alarm.alert, `${alarm.means}: ${identifier}`, about),
      namespace: "AWS/RDS",
      metricName,
      dimensions: { DBInstanceIdentifier: identifier },
      statistic: alarm.statistic,
      period: alarm.periodSeconds ?? 60,
      evaluationPeriods: alarm.periods ?? 5,
      comparisonOperator: alarm.comparisonOperator,
      threshold: alarm.threshold,
      treatMissingData: alarm.missing,
      alarmActions: [topicArn],
      okActions: [topicArn],
    });
  }
}

export interface CacheAlarmsProps {
  /** Id of the replication group. */
  readonly identifier: string;
  readonly about: AlarmSubject;
  readonly nodes: number;
  readonly topicArn: string;
}

/** Per cent at which a cache is about to refuse writes or to answer late (ElastiCache user guide, which metrics should I monitor). */
const CACHE_LIMIT_PERCENT = 90;

/** Alarms on the memory and the one engine thread of each node: without the cluster that asks the cache itself. */
export class CacheAlarms extends Guarded {
  static readonly guardedBy = ["OB-19", "OB-20", "OB-21"] as const;

  constructor(scope: Construct, id: string, { identifier, about, nodes, topicArn }: CacheAlarmsProps) {
    super(scope, id);
    for (let node = 1; node <= nodes; node += 1)
      for (const [name, alert, metricName, means] of [
        ["memory", "CacheMemoryHigh", "DatabaseMemoryUsagePercentage", "A queue refuses jobs soon, or a cache evicts"],
        ["engine", "CacheEngineBusy", "EngineCPUUtilization", "The engine's one thread is busy: every command waits"],
      ] as const) {
        const member = `${identifier}-${String(node).padStart(3, "0")}`;
        new CloudwatchMetricAlarm(this, `${name}-${node}`, {
          alarmName: `${member}-${name}`,
          alarmDescription: alarmText(this, alert, `${means}: ${member}`, about),
          namespace: "AWS/ElastiCache",
          metricName,
          dimensions: { CacheClusterId: member },
          statistic: "Average",
          period: 60,
          evaluationPeriods: 5,
          comparisonOperator: "GreaterThanThreshold",
          threshold: CACHE_LIMIT_PERCENT,
          treatMissingData: "missing",
          alarmActions: [topicArn],
          okActions: [topicArn],
        });
      }
  }
}
