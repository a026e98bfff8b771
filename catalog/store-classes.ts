import data from "./store-classes.json";

/** A class of RDS instances. */
export interface DatabaseClass {
  readonly class: string;
  readonly vcpu: number;
  readonly memoryGiB: number;
  /** Connections that a server of the class admits with RDS's own parameter. */
  readonly maxConnections: number;
  /** Whether it was read from a server, or how it was estimated. */
  readonly basis: string;
}

/** A type of ElastiCache nodes. */
export interface CacheNode {
  readonly node: string;
  readonly maxMemoryBytes: number;
}

/** Smallest first. */
export const databaseClasses: readonly DatabaseClass[] = data.databases;
/** Smallest first. */
export const cacheNodes: readonly CacheNode[] = data.caches;

export const databaseClass = (name: string): DatabaseClass | undefined =>
  databaseClasses.find((one) => one.class === name);

/** MiB of entries that a node holds: snapshots and failover need the reserved share. */
export const usableMiB = ({ maxMemoryBytes }: CacheNode): number =>
  Math.floor((maxMemoryBytes * (1 - data.reservedMemoryShare)) / 2 ** 20);

export const cacheNode = (name: string): CacheNode | undefined => cacheNodes.find(({ node }) => node === name);

/** Smallest class that admits so many connections. @throws when none does: the schema bounds `maxConnections` by the largest */
export function smallestDatabaseClass(connections: number): DatabaseClass {
  const found = databaseClasses.find(({ maxConnections }) => maxConnections >= connections);
  if (!found) throw new Error(`no database class of the catalogue admits ${connections} connections`);
  return found;
}

/** Smallest node that holds so much. @throws when none does: the schema bounds `memoryMiB` by the largest */
export function smallestCacheNode(memoryMiB: number): CacheNode {
  const found = cacheNodes.find((one) => usableMiB(one) >= memoryMiB);
  if (!found) throw new Error(`no cache node of the catalogue holds ${memoryMiB} MiB`);
  return found;
}

export const mostConnections = Math.max(...databaseClasses.map(({ maxConnections }) => maxConnections));
export const mostCacheMiB = Math.max(...cacheNodes.map(usableMiB));
