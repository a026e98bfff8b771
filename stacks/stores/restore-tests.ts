import type { Construct } from "constructs";
import { smallestCacheNode, smallestDatabaseClass } from "../../catalog/store-classes";
import type { Cache, Database } from "../../config/application/parts/store";
import { configured } from "../../config/site";
import { RestoreTests, type TestedCache, type TestedDatabase } from "../../constructs/aws/stores/restore-tests";
import { cacheIdentifier, databaseIdentifier } from "../../constructs/aws/stores/store-names";
import { secretName } from "../data";
import { copyPrefix, databaseName, type Named } from "./named-stores";
import { restoreCheckPermissions } from "./permissions";
import type { RegionStores } from "./region-stores";

/** In the standby of what is copied there; snapshots of caches stay where writes are accepted. */
export function addRestoreTests(
  scope: Construct,
  stores: RegionStores,
  databases: readonly Named<Database>[],
  caches: readonly Named<Cache>[],
): void {
  if (databases.length + caches.length === 0) return;
  const { environment, prefix } = stores.site;
  const { own } = stores.props.data;
  const { network } = stores.props.network;
  new RestoreTests(scope, "restore-tests", {
    environment,
    name: prefix,
    vpcId: network.vpcId,
    subnets: network.privateSubnets,
    keyArn: stores.keyArn,
    topicArn: stores.topicArn,
    databases: databases.map((one) => testedDatabase(stores, one)),
    caches: caches.map((one) => testedCache(stores, one)),
    ...(stores.writes ? {} : { bucket: own.backups.bucketName }),
    statements: (subnets) =>
      restoreCheckPermissions(stores.site, {
        secretKeyArn: own.key.arn,
        storeKeyArn: stores.keyArn,
        backups: own,
        subnets,
        databases: databases.map(({ application, name }) =>
          databaseIdentifier(environment, application.application.name, name),
        ),
        caches: caches.map(({ application, name }) => cacheIdentifier(application.application.name, name)),
        reads: stores.writes ? "snapshots" : "copies",
      }),
    declaration: configured(environment, ""),
  });
}

function tested(stores: RegionStores, { application, name, secret }: Named<Database | Cache>) {
  const owner = application.application.name;
  return {
    name: `${owner}/${name}`,
    application: owner,
    host: stores.endpointOf(owner, name).host,
    secret: secretName(stores.site, owner, secret),
  };
}

function testedDatabase(stores: RegionStores, one: Named<Database>): TestedDatabase {
  const identifier = databaseIdentifier(stores.site.environment, one.application.application.name, one.name);
  return {
    ...tested(stores, one),
    identifier,
    parameters: identifier,
    instanceClass: smallestDatabaseClass(one.store.maxConnections).class,
    database: databaseName(one.name),
    extensions: one.store.extensions ?? [],
    rpoMinutes: one.store.rpoMinutes,
  };
}

function testedCache(stores: RegionStores, one: Named<Cache>): TestedCache {
  const owner = one.application.application.name;
  const identifier = cacheIdentifier(owner, one.name);
  return {
    ...tested(stores, one),
    identifier,
    parameters: identifier,
    users: identifier,
    source: stores.writes ? "snapshot" : "copy",
    nodeType: smallestCacheNode(one.store.memoryMiB).node,
    prefix: copyPrefix(owner, one.name),
    rpoMinutes: one.store.rpoMinutes,
  };
}
