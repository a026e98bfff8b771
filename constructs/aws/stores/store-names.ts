import { createHash } from "node:crypto";
import type { Environment, Region } from "../../../config/environment";

export const POSTGRES_PORT = 5432;
export const REDIS_PORT = 6379;

/** A name of at most `most` characters: a longer one ends in eight characters of its SHA-256. */
export function bounded(name: string, most: number): string {
  if (name.length <= most) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.slice(0, most - 9).replace(/-+$/, "")}-${digest}`;
}

/** Identifier of a database's instance, the same in both regions; RDS takes 63 characters. */
export const databaseIdentifier = (
  { organisation, name }: Environment,
  application: string,
  database: string,
): string => bounded(`${organisation}-${name}-${application}-${database}`, 63);

/** ARN of the instance in a region, composed: the standby's stack reads no output of the primary's. */
export const databaseArn = (environment: Environment, region: Region, application: string, database: string): string =>
  `arn:aws:rds:${region.name}:${environment.accountId}:db:${databaseIdentifier(environment, application, database)}`;

/** Id of a cache's replication group, the same in both regions and, each having its account, in every environment; ElastiCache takes 40 characters. */
export const cacheIdentifier = (application: string, cache: string): string => bounded(`${application}-${cache}`, 40);

/** Role that owns a database's objects; PostgreSQL cuts names after 63 bytes, two of them for the users' suffix. */
export const ownerRole = (application: string, database: string): string =>
  bounded(`${application}_${database}`.replaceAll("-", "_"), 61);

/** Role of a database's exporter; its users have a suffix of two bytes. */
export const monitorRole = (application: string, database: string): string =>
  bounded(`${application}_${database}_monitor`.replaceAll("-", "_"), 61);
