import { databaseClass } from "../../../../catalog/store-classes";
import { annotation } from "../../../../contract";
import { isObject, numberOf, objectOf, objectsOf, textOf, type Json } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Namespace } from "../../../inventory/facts/kubernetes/namespaces";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { atMost } from "../../../policy/comparison";
import { change, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, unknown, type Verdict } from "../../../policy/verdict";
import { mostPods } from "../../../policy-terms/capacity/most-pods";

const STORES = annotation.stores;
/** What PostgreSQL itself keeps for superusers, where the application keeps nothing. Source: superuser_reserved_connections, default 3. */
const KEPT_BY_SERVER = 3;
/** What an application keeps for administrators, exporters and backups where it says nothing (config/application/parts/store.ts). */
const KEPT_BY_DEFAULT = 10;

interface Need {
  readonly database: string;
  readonly maxConnections: number | undefined;
  readonly kept: number;
}

function needsOf({ annotations }: Namespace): readonly Need[] | undefined {
  try {
    const stores: unknown = JSON.parse(annotations[STORES] ?? "{}");
    return Object.entries(objectOf(objectOf(stores as Json)["databases"])).map(([database, need]) => ({
      database,
      maxConnections: isObject(need) ? numberOf(need["maxConnections"]) : undefined,
      kept: (isObject(need) ? numberOf(need["reservedConnections"]) : undefined) ?? KEPT_BY_DEFAULT,
    }));
  } catch {
    return undefined;
  }
}

/** Connections that all pods of a workload may hold; undefined where a pool or the number of pods is not known. */
function held(
  workload: Workload,
  database: string,
): { readonly text: string; readonly connections: number | undefined }[] {
  return objectsOf(workload.component?.talksTo as Json)
    .filter((one) => textOf(one["postgres"]) === database)
    .map((one) => {
      const [pods, pool] = [mostPods(workload), numberOf(one["poolSize"])];
      return {
        text: `${workload.name} ${pods ?? "?"} × ${pool ?? "?"}`,
        connections: pods === undefined || pool === undefined ? undefined : pods * pool,
      };
    });
}

/** What the class of the region's own instance admits. */
function ofClass(database: string, { name, region }: Namespace, platform: Platform): number | undefined {
  const instance = platform.databases.find(
    (one) => one.application === name && one.store === database && one.region === region,
  );
  return databaseClass(instance?.instanceClass ?? "")?.maxConnections;
}

function judge({ database, maxConnections: declared, kept }: Need, namespace: Namespace, platform: Platform): Verdict {
  const admitted = ofClass(database, namespace, platform);
  const pools = namespace.workloads.flatMap((workload) => held(workload, database));
  const field = `databases.${database}.maxConnections`;
  const open = pools.filter(({ connections }) => connections === undefined);
  if (open.length > 0)
    return unknown(
      `connections to ${database}: the pool or the number of pods is not declared (${open
        .map(({ text }) => text)
        .sort()
        .join(", ")})`,
      field,
    );
  if (admitted === undefined)
    return unknown(
      `connections to ${database}: the instance, or its class, is not in catalog/store-classes.json`,
      field,
    );
  if (declared === undefined)
    return fail({ expected: `maxConnections of database ${database}`, actual: "nothing is declared", field });
  const maxConnections = Math.min(declared, admitted);
  const sum = pools.reduce((all, { connections }) => all + (connections ?? 0), 0);
  return atMost(
    maxConnections - Math.max(kept, KEPT_BY_SERVER),
    sum,
    `connections to ${database} with every pod at its maximum during a rollout`,
    {
      field,
      arithmetic: `${
        pools
          .map(({ text }) => text)
          .sort()
          .join(" + ") || "no pool"
      }; ${maxConnections} of the ${admitted < declared ? "instance class" : "declaration"} − ${Math.max(kept, KEPT_BY_SERVER)} kept`,
    },
  );
}

const orders = resource("kubernetes_namespace_v1", (_, __, stack) => stack.startsWith("orders-"));
const declared = (...path: string[]) => ["metadata", "annotations", STORES, "databases", "main", ...path];
const api = resource("kubernetes_deployment_v1", (_, id, stack) => stack.startsWith("orders-") && id.startsWith("api"));
const needs = (platform: Platform) =>
  platform.namespaces.filter((namespace) => namespace.annotations[STORES] !== undefined);

export default policy({
  id: "CP-10",
  severity: "error",
  title: "Connection pools of all pods at maximum replicas fit each database",
  because: "the last pod that scales out gets no connection: the application fails under the load it was scaled for",
  remedy: "lower the pool size in postgres(name, poolSize) or scale.max, or raise databases.<name>.maxConnections",
  proves: ["FG-02", "FG-23"],
  subjects: needs,
  check: (namespace, platform) =>
    needsOf(namespace)?.map((need) => judge(need, namespace, platform)) ??
    fail({ expected: `annotation ${STORES} is JSON`, actual: namespace.annotations[STORES] ?? "none" }),
  mutants: [
    change("pools of 30", api, set(["metadata", "annotations", annotation.component, "talksTo", "0", "poolSize"], 30)),
    change(
      "more pods",
      resource("kubernetes_horizontal_pod_autoscaler_v2", (_, __, stack) => stack.startsWith("orders-")),
      set("spec.max_replicas", 30),
    ),
    change(
      "a smaller instance class",
      resource("aws_db_instance", (_, id) => id.includes("orders")),
      set("instance_class", "db.t4g.micro"),
    ),
    change("a smaller declaration", orders, set(declared("maxConnections"), 100)),
    change("a server of no known size", orders, unset(declared("maxConnections"))),
    change("more kept for administrators", orders, set(declared("reservedConnections"), 80)),
  ],
  boundary: {
    // 9 × 10 of the API, 9 × 10 of the workers, one each of migration and seed, and 10 kept.
    holds: change("192 connections", orders, set(declared("maxConnections"), 192)),
    breaks: change("191 connections", orders, set(declared("maxConnections"), 191)),
  },
});
