import { annotation } from "../../contract";
import { type Json, numberOf, objectOf, textOf, textsOf } from "../inventory/json";
import type { Platform } from "../inventory/platform";
import type { CacheGroup, DatabaseInstance } from "../inventory/facts/aws/stores";
import type { Namespace } from "../inventory/facts/kubernetes/namespaces";

const STORES = annotation.stores;

/** A database or cache as its application declares it: annotation `plimsoll.dev/stores` of the namespace. */
export interface DeclaredStore {
  readonly kind: "database" | "cache";
  readonly application: string;
  readonly name: string;
  /** Path of its declaration in the application's file. */
  readonly field: string;
  readonly rtoMinutes: number | undefined;
  readonly rpoMinutes: number | undefined;
  readonly persistent: boolean;
  readonly use: string | undefined;
  readonly eviction: string | undefined;
  readonly memoryMiB: number | undefined;
  readonly extensions: readonly string[];
}

/** Stores that a namespace declares; undefined where the annotation is not JSON. */
export function declaredStores({ annotations, name }: Namespace): readonly DeclaredStore[] | undefined {
  try {
    const stores = objectOf(JSON.parse(annotations[STORES] ?? "{}") as Json);
    return (["databases", "caches"] as const).flatMap((record) =>
      Object.entries(objectOf(stores[record])).map(([store, declared]): DeclaredStore => {
        const settings = objectOf(declared);
        return {
          kind: record === "databases" ? "database" : "cache",
          application: name,
          name: store,
          field: `${record}.${store}`,
          rtoMinutes: numberOf(settings["rtoMinutes"]),
          rpoMinutes: numberOf(settings["rpoMinutes"]),
          persistent: record === "databases" || settings["persistent"] === true,
          use: textOf(settings["use"]),
          eviction: textOf(settings["eviction"]),
          memoryMiB: numberOf(settings["memoryMiB"]),
          extensions: textsOf(settings["extensions"]),
        };
      }),
    );
  } catch {
    return undefined;
  }
}

/** Namespaces that declare a store. */
export const withStores = (platform: Platform): readonly Namespace[] =>
  platform.namespaces.filter(({ annotations }) => annotations[STORES] !== undefined);

const belongs = (store: DeclaredStore, region: string | undefined) => (one: DatabaseInstance | CacheGroup) =>
  one.application === store.application && one.store === store.name && one.region === region;

export const databaseFor = (platform: Platform, store: DeclaredStore, region: string | undefined) =>
  platform.databases.find(belongs(store, region));
export const cacheFor = (platform: Platform, store: DeclaredStore, region: string | undefined) =>
  platform.caches.find(belongs(store, region));

/** Declaration of a cache group, in any region. */
export const declarationOf = (platform: Platform, cache: CacheGroup | DatabaseInstance): DeclaredStore | undefined =>
  withStores(platform)
    .flatMap((namespace) => declaredStores(namespace) ?? [])
    .find(({ application, name }) => application === cache.application && name === cache.store);

/** Whether the databases of the item's region accept writes. */
export const inWriterRegion = (platform: Platform, { region }: { readonly region: string | undefined }): boolean =>
  region === platform.environment.regions[platform.environment.writer ?? "primary"].name;

/** Extensions that a database's application declares. */
export const declaredExtensions = (platform: Platform, database: CacheGroup | DatabaseInstance): readonly string[] =>
  declarationOf(platform, database)?.extensions ?? [];
