import { z } from "zod";
import { mostCacheMiB, mostConnections } from "../../../catalog/store-classes";
import { allow, settings } from "../../allowed";
import { count } from "../fields";

/** Longest time without the store after a disaster. */
const rtoMinutes = count(1, 10_080, "minutes", "recovery is computed in minutes");

/** Extensions that an application may ask for: each can be created without superuser rights. Source: PostgreSQL 16 documentation, trusted extensions; RDS user guide, extensions of PostgreSQL 16. */
export const databaseExtensions = [
  "btree_gin",
  "btree_gist",
  "citext",
  "hstore",
  "pg_trgm",
  "pgcrypto",
  "unaccent",
  "uuid-ossp",
] as const;

/** A PostgreSQL database that the application needs; its connection is a secret, which the platform writes. */
export const database = settings({
  engine: allow(z.literal("postgres"), "postgres", "it is the one relational engine of the platform"),
  version: allow(z.enum(["16", "17"]), "16 or 17", "these are in support and have a price"),
  storageGiB: count(20, 16_384, "GiB", "RDS begins at 20 GiB of gp3"),
  /** Connections that the application needs at most: all pods at their maximum in the middle of a rollout, the jobs beside them and those in reserve. The smallest instance class that admits them is taken. */
  maxConnections: count(
    10,
    mostConnections,
    "connections",
    "the largest instance class of catalog/store-classes.json admits no more",
  ),
  /** Of those, kept for administrators, exporters and backups. @default 10 */
  reservedConnections: count(3, 1000, "connections", "PostgreSQL keeps three for superusers").optional(),
  /** Created before the first migration, and looked for in each restored backup. @default none */
  extensions: allow(
    z.array(z.enum(databaseExtensions)).min(1).max(20),
    `extensions of ${databaseExtensions.join(", ")}`,
    "the application's role may create these without superuser rights",
  ).optional(),
  rtoMinutes,
  /** Longest time whose writes may be lost. */
  rpoMinutes: count(
    5,
    10_080,
    "minutes",
    "RDS uploads the log to S3 every five minutes: no restore reaches further than that",
  ),
});

export const evictionPolicies = ["noeviction", "allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-ttl"] as const;

/** A Redis-compatible cache or queue that the application needs. */
export const cache = settings({
  engine: allow(z.literal("redis"), "redis", "it is the one cache engine of the platform"),
  version: allow(z.enum(["7"]), "7", "it is in support and has a price"),
  memoryMiB: count(
    256,
    mostCacheMiB,
    "MiB",
    "the largest node of catalog/store-classes.json holds no more beside its reserved memory",
  ),
  /** A queue loses work with each entry that is evicted; a cache can have every entry again. */
  use: allow(z.enum(["queue", "cache"]), "queue or cache", "it decides what happens when the memory is full"),
  /** What goes when the memory is full. @default noeviction for a queue, allkeys-lru for a cache */
  eviction: allow(z.enum(evictionPolicies), evictionPolicies.join(", "), "Redis knows these").optional(),
  /** Whether entries survive the loss of all nodes: snapshots, and copies in the other region. */
  persistent: z.boolean(),
  rtoMinutes,
  /** Longest time whose writes may be lost; of a cache that is not persistent nothing is kept. */
  rpoMinutes: count(20, 10_080, "minutes", "copies are at least ten minutes apart, and a copy takes time of its own"),
});

export type Database = z.infer<typeof database>;
export type Cache = z.infer<typeof cache>;

export const reservedConnectionsOf = ({ reservedConnections }: Database): number => reservedConnections ?? 10;

export const evictionOf = ({ use, eviction }: Cache): string =>
  eviction ?? (use === "queue" ? "noeviction" : "allkeys-lru");
