import type { Of } from "./billable";
import { charge, type Charge, hourly } from "./charge";

const backupPrices = {
  "ebs-snapshot": "ebs.snapshot.standard",
  "aws-backup-ebs": "backup.ebs.storage",
  "aws-backup-rds": "backup.rds.storage",
  "aws-backup-s3": "backup.s3.storage",
} as const;

const bucket = (resource: Of<"s3-bucket">): readonly Charge[] => {
  const { storageClass, storedGb, writeRequests, readRequests, replicatedGb, replicationTimeControl } = resource;
  const requests = storageClass === "standard" ? "s3.requests" : `s3.${storageClass}.requests`;
  return [
    charge(`storage, ${storageClass}`, `s3.${storageClass}.storage`, storedGb),
    charge("write requests", `${requests}.tier1`, writeRequests, 1 / 1000),
    charge("read requests", `${requests}.tier2`, readRequests, 1 / 1000),
    charge("replication traffic", "data-transfer.inter-region", replicatedGb),
    charge("replication time control", "s3.replication-time-control", replicatedGb, replicationTimeControl ? 1 : 0),
  ];
};

const million = 1 / 1_000_000;

/** Storage, databases, keys, observation and security: everything but computing and network. */
export const dataCharges = {
  "backup-storage": ({ of, storedGb }: Of<"backup-storage">) => [charge("backup storage", backupPrices[of], storedGb)],
  "rds-postgresql": (database: Of<"rds-postgresql">) => {
    const deployment = database.multiAz ? "multi-az" : "single-az";
    return [
      hourly(`${database.instanceClass} ${deployment}`, `rds.postgresql.${database.instanceClass}.${deployment}`, 1),
      charge("gp3 storage", `rds.gp3.storage.${deployment}`, database.storageGb),
      charge("backup storage", "rds.backup.storage", database.billedBackupGb),
      charge("cross-region copy", "rds.backup.cross-region-copy", database.crossRegionCopyGb),
    ];
  },
  elasticache: ({ engine, nodeType, nodes, backupGb }: Of<"elasticache">) => [
    hourly(`${engine} ${nodeType}`, `elasticache.${engine}.${nodeType}`, nodes),
    charge("backup storage", "elasticache.backup.storage", backupGb),
  ],
  "s3-bucket": bucket,
  "kms-key": ({ count, replica, billedRotations, requests }: Of<"kms-key">) => [
    charge("keys", replica ? "kms.replica-key" : "kms.key", count, 1 + billedRotations),
    charge("requests", "kms.requests", requests, 1 / 10_000),
  ],
  "route53-zone": ({ count, queries }: Of<"route53-zone">) => [
    charge("hosted zones", "route53.hosted-zone", count),
    charge("queries", "route53.queries", queries, million),
  ],
  "route53-health-check": ({ endpoint, count, options }: Of<"route53-health-check">) => [
    charge("health checks", `route53.health-check.${endpoint}`, count),
    charge("health check options", `route53.health-check-option.${endpoint}`, count, options),
  ],
  "log-group": ({ source, ingestedGb, storedGb }: Of<"log-group">) => [
    charge(
      `${source} log ingestion`,
      source === "vended" ? "cloudwatch.logs.vended-ingestion" : "cloudwatch.logs.ingestion",
      ingestedGb,
    ),
    charge("log storage", "cloudwatch.logs.storage", storedGb),
  ],
  cloudwatch: ({ alarms, highResolutionAlarms, metrics, dashboards }: Of<"cloudwatch">) => [
    charge("alarms", "cloudwatch.alarm.standard", alarms),
    charge("high-resolution alarms", "cloudwatch.alarm.high-resolution", highResolutionAlarms),
    charge("custom metrics", "cloudwatch.metric", metrics),
    charge("dashboards", "cloudwatch.dashboard", dashboards),
  ],
  waf: ({ rules, requests }: Of<"waf">) => [
    charge("web ACL", "waf.web-acl", 1),
    charge("rules", "waf.rule", rules),
    charge("requests", "waf.requests", requests, million),
  ],
  secrets: ({ count, replicas, requests }: Of<"secrets">) => [
    charge("secrets", "secrets-manager.secret", count),
    charge("replica secrets", "secrets-manager.replica", replicas),
    charge("requests", "secrets-manager.requests", requests, 1 / 10_000),
  ],
  ecr: ({ storedGb }: Of<"ecr">) => [charge("image storage", "ecr.storage", storedGb)],
  cloudtrail: ({ dataEvents, copiedManagementEvents }: Of<"cloudtrail">) => [
    charge("data events", "cloudtrail.data-events", dataEvents, 1 / 100_000),
    charge("copied management events", "cloudtrail.management-events-copy", copiedManagementEvents, 1 / 100_000),
  ],
  guardduty: ({ managementEvents, auditEvents, analysedGb, monitoredVcpus }: Of<"guardduty">) => [
    charge("management events", "guardduty.management-events", managementEvents, million),
    charge("EKS audit events", "guardduty.eks-audit-events", auditEvents, million),
    charge("flow and DNS logs", "guardduty.flow-dns-logs", analysedGb),
    charge("runtime monitoring", "guardduty.runtime-monitoring", monitoredVcpus),
  ],
  metered: ({ priceId, quantity }: Of<"metered">) => [charge(priceId, priceId, quantity)],
  "free-of-charge": () => [],
  reserve: () => [],
};
