import { z } from "zod";
import { allow, settings } from "../../allowed";
import { count } from "../fields";

const recovery = {
  /** Longest time without the store after a disaster. */
  rtoMinutes: count(1, 10_080, "minutes", "recovery is computed in minutes"),
  /** Longest time whose writes may be lost. */
  rpoMinutes: count(1, 10_080, "minutes", "it is held against backups and replication"),
};

/** A PostgreSQL database that the application needs; its connection is a secret, which whoever makes the database writes. */
export const database = settings({
  engine: allow(z.literal("postgres"), "postgres", "it is the one relational engine of the platform"),
  version: allow(z.enum(["16", "17"]), "16 or 17", "these are in support and have a price"),
  storageGiB: count(20, 16_384, "GiB", "RDS begins at 20 GiB of gp3"),
  /** Connections that the server admits: at least as many as all pods open at their maximum in the middle of a rollout, with the jobs beside them and those in reserve. */
  maxConnections: count(10, 10_000, "connections", "the pools of all pods must fit into it"),
  /** Of those, kept for administrators, exporters and backups. @default 10 */
  reservedConnections: count(3, 1000, "connections", "PostgreSQL keeps three for superusers").optional(),
  ...recovery,
});

/** A Redis-compatible cache or queue that the application needs. */
export const cache = settings({
  engine: allow(z.literal("redis"), "redis", "it is the one cache engine of the platform"),
  version: allow(z.enum(["7"]), "7", "it is in support and has a price"),
  memoryMiB: count(256, 100_000, "MiB", "a node of ElastiCache holds at least 256 MiB"),
  /** Whether entries survive a restart (snapshots and a replica that takes over). */
  persistent: z.boolean(),
  ...recovery,
});

export type Database = z.infer<typeof database>;
export type Cache = z.infer<typeof cache>;
