import type { BillableResource } from "../../../models/cost";
import type { Resource } from "../../inventory/resource";
import type { BillingContext, Rule } from "./billing-context";

/** Performance Insights keeps so many days without a charge. Source: Amazon RDS user guide, "Pricing and data retention", read 2026-11-21. */
const freeInsightDays = 7;

/** Databases and caches. Their backups' volumes are in config/usage.ts. */
export const databaseRules: Readonly<Record<string, Rule>> = {
  aws_db_instance: database,
  aws_elasticache_replication_group: cache,
};

/** The instance that a replica copies: what it does not write itself is that one's. */
function sourceOf(resource: Resource, context: BillingContext): Resource | undefined {
  return context.platform.databases.find(({ resource: one }) => one === resource)?.source?.resource;
}

function database(resource: Resource, context: BillingContext): BillableResource[] {
  const source = sourceOf(resource, context);
  const engine = resource.text("engine") ?? source?.text("engine");
  const [instanceClass, storageGb] = [
    resource.text("instance_class"),
    resource.number("allocated_storage") ?? source?.number("allocated_storage"),
  ];
  if (engine !== "postgres") return [context.unpriced(resource, `a database of engine ${engine ?? "not known"}`)];
  if (instanceClass === undefined || storageGb === undefined)
    return [context.unpriced(resource, "a database whose class or storage is not known")];
  const storageType = resource.text("storage_type") ?? source?.text("storage_type") ?? "not written";
  const insightDays = resource.number("performance_insights_retention_period") ?? freeInsightDays;
  return [
    ...(storageType === "gp3"
      ? []
      : [context.unpriced(resource, `database storage of type ${storageType}`, " storage")]),
    ...(resource.flag("performance_insights_enabled") === true && insightDays > freeInsightDays
      ? [context.unpriced(resource, `Performance Insights for ${insightDays} days`, " insights")]
      : []),
    {
      kind: "rds-postgresql",
      ...context.subject(resource),
      instanceClass,
      multiAz: resource.flag("multi_az") === true,
      storageGb,
      billedBackupGb: context.volume("databaseBackupGb", resource.region, context.siblings(resource)),
      crossRegionCopyGb: context.volume("databaseCopyGb", resource.region, context.siblings(resource)),
    },
  ];
}

function cache(resource: Resource, context: BillingContext): BillableResource[] {
  const engine = resource.text("engine") ?? "redis";
  const [nodeType, shards] = [resource.text("node_type"), resource.number("num_node_groups")];
  const nodes =
    resource.number("num_cache_clusters") ??
    (shards === undefined ? undefined : shards * (1 + (resource.number("replicas_per_node_group") ?? 0)));
  if (engine !== "redis" && engine !== "valkey") return [context.unpriced(resource, `a cache of engine ${engine}`)];
  if (nodeType === undefined || nodes === undefined)
    return [context.unpriced(resource, "a cache whose node type or number of nodes is not known")];
  return [
    {
      kind: "elasticache",
      ...context.subject(resource),
      engine,
      nodeType,
      nodes,
      backupGb: context.volume("cacheBackupGb", resource.region, context.siblings(resource)),
    },
  ];
}
