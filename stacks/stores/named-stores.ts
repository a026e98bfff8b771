import type { LoadedApplication } from "../../config/application/load";
import type { Cache, Database } from "../../config/application/parts/store";

/** A store with the secret that holds its user and password. */
export interface Named<Store> {
  readonly application: LoadedApplication;
  readonly name: string;
  readonly store: Store;
  /** Key of the application's secrets. */
  readonly secret: string;
}

/** Name of a database inside its instance. */
export const databaseName = (name: string): string => name.replaceAll("-", "_");

/** Of the copies of a cache's entries in a bucket of backups. */
export const copyPrefix = (application: string, cache: string): string => `caches/${application}/${cache}/`;

/** Stores of a kind over all applications, with the secret of each: the schema makes sure that there is one. */
export function namedStores<Kind extends "databases" | "caches">(
  applications: readonly LoadedApplication[],
  kind: Kind,
): Named<Kind extends "databases" ? Database : Cache>[] {
  return applications.flatMap((application) =>
    Object.entries(application.application[kind] ?? {}).flatMap(([name, store]) =>
      Object.entries(application.application.secrets ?? {})
        .filter(([, { connection }]) => connection === name)
        .map(([secret]) => ({
          application,
          name,
          store: store as Kind extends "databases" ? Database : Cache,
          secret,
        })),
    ),
  );
}
