import { annotation } from "../../../contract";
import type { Platform } from "../../inventory/platform";
import type { Namespace } from "../../inventory/facts/kubernetes/namespaces";
import { equals, holds } from "../../policy/comparison";
import { change, remove, resource, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, unknown, type Verdict } from "../../policy/verdict";
import { cacheFor, databaseFor, type DeclaredStore, declaredStores, withStores } from "../../policy-terms/stores";

const replicas = resource("aws_db_instance", (block) => block["replicate_source_db"] !== undefined);
const standbyCaches = resource("aws_elasticache_replication_group", (_, __, stack) => stack === "stores-eu-west-1");

export default policy({
  id: "MR-04",
  severity: "error",
  proves: ["CA-09", "CA-18", "FG-09", "XB-01"],
  title: "Each declared store exists in both regions, as a writer and its replica or standby",
  because: "an application that is started in the standby without its store answers with errors only",
  remedy: "declare stores under databases and caches of the application: the StoresStack of each region makes them",
  subjects: withStores,
  check: (namespace, platform) => {
    const stores = declaredStores(namespace);
    if (stores === undefined) return unknown(`the annotation ${annotation.stores} is not JSON`);
    return stores.flatMap((store) =>
      store.kind === "database" ? ofDatabase(store, namespace, platform) : ofCache(store, namespace, platform),
    );
  },
  mutants: [
    remove("no replica", replicas),
    remove(
      "no database",
      resource("aws_db_instance", (block) => block["engine"] !== undefined),
    ),
    remove("no cache in the standby", standbyCaches),
    change("a replica of another database", replicas, set("replicate_source_db", "arn:aws:rds:us-east-1:1:db:other")),
    change("a second writer", replicas, unset("replicate_source_db")),
    change("a smaller replica", replicas, set("instance_class", "db.t4g.micro")),
    change("another engine in the standby", standbyCaches, set("engine", "redis")),
    change("smaller nodes in the standby", standbyCaches, set("node_type", "cache.t4g.micro")),
    change("another application's store", standbyCaches, set("tags.application", "shop")),
  ],
  boundary: {
    holds: change("a second node in the standby", standbyCaches, set("num_cache_clusters", 2)),
    breaks: change("the next larger class in the standby", replicas, set("instance_class", "db.t4g.medium")),
  },
});

const regionsOf = ({ environment }: Platform): { writer: string; standby: string } => {
  const writes = environment.writer ?? "primary";
  return {
    writer: environment.regions[writes].name,
    standby: environment.regions[writes === "primary" ? "secondary" : "primary"].name,
  };
};

function ofDatabase(store: DeclaredStore, { region }: Namespace, platform: Platform): Verdict[] {
  const { writer, standby } = regionsOf(platform);
  const own = databaseFor(platform, store, region);
  if (!own) return [fail({ expected: `database ${store.name} in ${region}`, actual: "none", field: store.field })];
  if (region === writer) return [holds(!own.replicates, `${own.label} accepts writes`, "a replica")];
  const source = databaseFor(platform, store, writer);
  return [
    holds(
      own.source !== undefined && own.source === source,
      `${own.label} in ${standby} copies the one in ${writer}`,
      own.source?.label ?? "nothing of the stacks",
    ),
    equals(source?.instanceClass ?? "none", own.instanceClass ?? "none", "instance class, as in the other region"),
  ];
}

function ofCache(store: DeclaredStore, { region }: Namespace, platform: Platform): Verdict[] {
  const { writer } = regionsOf(platform);
  const own = cacheFor(platform, store, region);
  const other = cacheFor(platform, store, writer);
  if (!own) return [fail({ expected: `cache ${store.name} in ${region}`, actual: "none", field: store.field })];
  return [
    equals(other?.engine ?? "none", own.engine ?? "none", "engine, as in the other region"),
    equals(other?.nodeType ?? "none", own.nodeType ?? "none", "node type, as in the other region"),
  ];
}
