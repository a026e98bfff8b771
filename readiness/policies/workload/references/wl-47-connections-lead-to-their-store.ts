import { withStores } from "../../../policy-terms/stores";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";
import { equals, holds, oneOf } from "../../../policy/comparison";
import { change, type Edit, manifest, set, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";
import { type Connection, connectionsOf, fetchedFor, isDatabase, type Store } from "./_connections";

/** Ports without one written: Amazon RDS and ElastiCache user guides, "port", read 2026-11-29. */
const ports = { database: 5432, cache: 6379 } as const;
/** Modes that refuse a server without TLS: PostgreSQL 16 manual, libpq "SSL Mode Descriptions", read 2026-11-29. */
const encrypted = ["require", "verify-ca", "verify-full"];

const ownsStores = (external: PlacedObject, platform: Platform): boolean =>
  withStores(platform).some(({ name }) => name === external.object.metadata.namespace);

function judgePlace({ key, store, host, attribute, port }: Connection, external: PlacedObject, platform: Platform) {
  if (store === undefined)
    return [
      fail({
        expected: `${key} leads to a database or cache of ${external.region}`,
        actual: host,
        message: `${external.label} in ${external.region}: ${key} leads to ${host}, which is no store of the region: its pods reach nothing`,
      }),
    ];
  const kind = isDatabase(store) ? "database" : "cache";
  return [
    ...(ownsStores(external, platform)
      ? [equals(external.object.metadata.namespace, store.application, `application whose store ${key} leads to`)]
      : []),
    equals(isDatabase(store) ? "address" : "primary_endpoint_address", attribute, `endpoint that ${key} leads to`),
    equals(store.resource.number("port") ?? ports[kind], port ?? ports[kind], `port of ${key}, against its store`),
  ];
}

function judgeProtocol({ key, scheme, database, sslmode }: Connection, store: Store): Verdict[] {
  if (scheme === undefined) return [];
  if (!isDatabase(store))
    return [
      equals(store.encryptedInTransit ? "rediss" : "redis", scheme, `scheme of ${key}, against what its cache speaks`),
      // Where no number is written, clients take 0; KEDA and the exporter ask that one.
      oneOf(["", "0"], database ?? "", `database of ${key}`),
    ];
  const name = (store.source ?? store).resource.text("db_name");
  return [
    holds(/^postgres/.test(scheme), `${key} speaks PostgreSQL, as its database does`, scheme),
    oneOf(encrypted, sslmode ?? "none, which is prefer", `sslmode of ${key}`),
    ...(name === undefined ? [] : [equals(name, database, `database of ${key}, against the one that is made`)]),
  ];
}

function judgeCredentials({ key, scheme, user, password }: Connection, external: PlacedObject): Verdict[] {
  // A connection with a fixed user is that of an exporter: OB-18 judges whose.
  if (scheme === undefined || user === undefined) return [];
  const [as, by] = [fetchedFor(external, user), fetchedFor(external, password)];
  return [
    equals("username", as.property ?? "none", `property that is the user of ${key}`),
    equals("password", by.property ?? "none", `property that is the password of ${key}`),
    holds(as.name === by.name, `user and password of ${key} are of one secret`, `${as.name ?? ""}, ${by.name ?? ""}`),
  ];
}

const ofWorker = manifest("ExternalSecret", (_, id) => id.endsWith("/api-secrets"));
const ofLedger = manifest(
  "ExternalSecret",
  (_, id, stack) => id.endsWith("/api-secrets") && stack.startsWith("ledger-"),
);
const ofQueue = manifest("ExternalSecret", (_, id) => id.endsWith("-queue"));
const inKey =
  (key: string, from: RegExp | string, to: string): Edit =>
  (object) =>
    update(["spec", "target", "template", "data", key], (text) =>
      typeof text === "string" ? text.replace(from, to) : text,
    )(object);
const inUrl = (from: RegExp | string, to: string): Edit => inKey("DATABASE_URL", from, to);

export default policy({
  id: "WL-47",
  severity: "error",
  proves: ["FG-12", "XB-20", "CA-28"],
  title: "Connections that pods are given lead to their own store, as it serves",
  because:
    "a mistyped port, database, host or mode leaves every object valid: the pods start, and no request that needs the store is answered, or passwords cross the network in the clear",
  remedy: "declare the secret with its connection, and let stacks/stores/connections.ts write the URL",
  subjects: (platform) =>
    platform.objects.filter(
      (placed) => placed.object.kind === "ExternalSecret" && connectionsOf(placed, platform).length > 0,
    ),
  check: (external, platform): Verdict[] =>
    connectionsOf(external, platform).flatMap((connection) => [
      ...judgePlace(connection, external, platform),
      ...(connection.store ? judgeProtocol(connection, connection.store) : []),
      ...judgeCredentials(connection, external),
    ]),
  mutants: [
    change("passwords in the clear", ofLedger, inUrl("sslmode=require", "sslmode=disable")),
    change("the mode of the client library", ofLedger, inUrl("?sslmode=require", "")),
    change("a port that nothing listens on", ofLedger, inUrl(":5432", ":5433")),
    change("a database that is not made", ofLedger, inUrl("/main?", "/ledger?")),
    change("another product", ofLedger, inUrl("postgresql:", "mysql:")),
    change("a host by name", ofLedger, inUrl(/@\$\{[^}]+\}/, "@db.internal")),
    change("a cache in the clear", ofLedger, inKey("REDIS_URL", "rediss:", "redis:")),
    change("another database of the cache", ofLedger, inKey("REDIS_URL", /:6379\/0/, ":6379/5")),
    change("an output that no stack has", ofLedger, inUrl(/aws_db_instance[^}]+\}/, "aws_db_instance.ghost.address}")),
    change("replicas that take no writes", ofLedger, inKey("REDIS_URL", "primary_endpoint", "reader_endpoint")),
    change("the password as user", ofLedger, inUrl("DATABASE_URL_username", "DATABASE_URL_password")),
    change("another user", ofLedger, set("spec.data.0.remoteRef.property", "monitorUsername")),
    change("a queue at another port", ofQueue, inKey("address", ":6379", ":6380")),
    change(
      "the mode, in the secondary",
      manifest("ExternalSecret", (_, id, stack) => id.endsWith("/api-secrets") && stack === "ledger-eu-west-1"),
      inUrl("sslmode=require", "sslmode=allow"),
    ),
  ],
  boundary: {
    holds: change("the server's name is checked too", ofWorker, inUrl("sslmode=require", "sslmode=verify-full")),
    breaks: change("TLS if the server likes", ofWorker, inUrl("sslmode=require", "sslmode=prefer")),
  },
});
