import { objectOf, objectsOf, textOf, textsOf, type JsonObject } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";
import type { CacheGroup, DatabaseInstance } from "../../../inventory/facts/aws/stores";
import { holds } from "../../../policy/comparison";
import { change, manifest, remove, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";

type Store = DatabaseInstance | CacheGroup;
interface Watch {
  readonly monitor: PlacedObject;
  readonly endpoint: JsonObject;
}

const isCache = (store: Store): store is CacheGroup => "nodeType" in store;

/** Label that an endpoint gives its samples. */
const labelOf = (endpoint: JsonObject, label: string): string | undefined =>
  textOf(
    objectsOf(endpoint["relabelings"]).find(
      (one) => one["targetLabel"] === label && (one["action"] === undefined || one["action"] === "replace"),
    )?.["replacement"],
  );

const watches = (store: Store, { objects }: Platform): readonly Watch[] =>
  objects
    .filter(({ object, region }) => region === store.region && object.kind === "ServiceMonitor")
    .flatMap((monitor) =>
      objectsOf(objectOf(monitor.object["spec"])["endpoints"]).map((endpoint) => ({ monitor, endpoint })),
    )
    .filter(
      ({ endpoint }) =>
        labelOf(endpoint, "application") === store.application && labelOf(endpoint, "store") === store.store,
    );

/** Files that the exporter of a monitor reads: as the ExternalSecret beside it makes them. */
const filesOf = ({ monitor }: Watch, { objects }: Platform): string =>
  JSON.stringify(
    objects
      .filter(({ object, resource }) => object.kind === "ExternalSecret" && resource === monitor.resource)
      .map(({ object }) => objectOf(objectOf(object["spec"])["target"])["template"] ?? null),
  );

function judge(store: Store, watch: Watch, platform: Platform): Verdict[] {
  const parameters = objectOf(watch.endpoint["params"]);
  const [target = ""] = textsOf(parameters["target"]);
  // With its attribute: a reference to it and to no other store of that region.
  const owner = `${store.resource.address}.`;
  const port = store.resource.number("port") ?? (isCache(store) ? 6379 : 5432);
  const files = filesOf(watch, platform);
  if (isCache(store))
    return [
      holds(target.startsWith("rediss://"), "asked through TLS", target.split("@")[0] ?? "no target"),
      holds(target.includes(owner), "the address of the cache itself", target),
      holds(target.includes(`}:${port}`), `port ${port}, which the cache listens on`, target),
      holds(files.includes(target), "a password for exactly this address", "none in the Secret of the exporter"),
    ];
  const [module = "none"] = textsOf(parameters["auth_module"]);
  return [
    holds(target.includes(owner), "the address of the database itself", target),
    holds(target.includes(`}:${port}/`), `port ${port}, which the database listens on`, target),
    holds(
      files.includes(`\\"${module}\\":`) || files.includes(`"${module}`),
      `a user for ${module}`,
      "none in the Secret of the exporter",
    ),
    holds(
      /sslmode[^a-z]+(require|verify-full)/.test(files) && !/sslmode[^a-z]+(disable|prefer|allow)/.test(files),
      "asked through TLS",
      /sslmode[^a-z]+([a-z-]+)/.exec(files)?.[1] ?? "no sslmode, which is disable",
    ),
    holds(watchedByMonitor(watch, platform), "a user that reads statistics only", "the user of the application"),
  ];
}

/** Users of the exporter come from the properties that the rotation makes for the role with pg_monitor. */
const watchedByMonitor = ({ monitor }: Watch, { objects }: Platform): boolean =>
  objects
    .filter(({ object, resource }) => object.kind === "ExternalSecret" && resource === monitor.resource)
    .flatMap(({ object }) => objectsOf(objectOf(object["spec"])["data"]))
    .every(({ remoteRef }) => (textOf(objectOf(remoteRef)["property"]) ?? "").startsWith("monitor"));

const postgres = manifest("ServiceMonitor", (_, id) => id.endsWith("/postgres-exporter-stores"));
const redis = manifest("ServiceMonitor", (_, id) => id.endsWith("/redis-exporter-stores"));
const users = manifest("ExternalSecret", (_, id) => id.endsWith("/postgres-exporter"));
const template = ["spec", "target", "template", "data", "postgres_exporter.yml"];
const inFile = (from: RegExp, to: string) => (object: JsonObject) => {
  const data = objectOf(objectOf(objectOf(object["spec"])["target"])["template"]);
  const file = textOf(objectOf(data["data"])["postgres_exporter.yml"]) ?? "";
  set(template, file.replace(from, to))(object as never);
};

export default policy({
  id: "OB-18",
  severity: "error",
  title: "Each database and cache is watched by an exporter, through TLS, with its own user",
  because: "a store that nothing asks runs out of connections or memory before an alert",
  remedy: "let stacks/monitoring.ts watch every store of the region: StoresStack.watched() lists them",
  proves: ["FG-15", "FG-17"],
  subjects: (platform): readonly Store[] => [...platform.databases, ...platform.caches],
  check: (store, platform) => {
    const found = watches(store, platform);
    if (found.length === 0)
      return fail({
        expected: `an endpoint with application ${store.application ?? "?"} and store ${store.store ?? "?"}`,
        actual: "none",
      });
    return found.flatMap((watch) => judge(store, watch, platform));
  },
  mutants: [
    remove("no database is watched", postgres),
    remove("no cache is watched", redis),
    change("one store less", postgres, unset("spec.endpoints.0")),
    change("samples without the application", redis, unset("spec.endpoints.relabelings.0")),
    change("databases in the clear", users, inFile(/"sslmode":"require"/, '"sslmode":"disable"')),
    change("caches in the clear", redis, (object) => {
      for (const endpoint of objectsOf(objectOf(object["spec"])["endpoints"]))
        (objectOf(endpoint["params"]) as Record<string, string[]>)["target"] = ["redis://cache:6379"];
    }),
    change("a port that nothing listens on", postgres, (object) => {
      const text = JSON.stringify(object["spec"]).replaceAll(":5432", ":5433");
      object["spec"] = JSON.parse(text) as typeof object;
    }),
    change("a user that does not exist", postgres, set("spec.endpoints.params.auth_module", ["other"])),
    change("the application's own user", users, set("spec.data.remoteRef.property", "username")),
  ],
  boundary: {
    holds: change("TLS with the name checked", users, inFile(/"sslmode":"require"/g, '"sslmode":"verify-full"')),
    breaks: change("TLS if the server likes", users, inFile(/"sslmode":"require"/, '"sslmode":"prefer"')),
  },
});
