import { SecretsmanagerSecretRotation } from "@cdktf/provider-aws/lib/secretsmanager-secret-rotation";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import type { Construct } from "constructs";
import { applicationRecords } from "../catalog/applications";
import { smallestCacheNode, smallestDatabaseClass } from "../catalog/store-classes";
import { declaredIn, type LoadedApplication } from "../config/application/load";
import { type Cache, type Database, reservedConnectionsOf } from "../config/application/parts/store";
import { rotationDaysOf } from "../config/application/parts/secret";
import { acceptsWrites, configured, type Site, siteOf } from "../config/site";
import { EncryptionKey } from "../constructs/aws/encryption-key";
import { PlatformFunction } from "../constructs/aws/functions/platform-function";
import { PlatformStack } from "../constructs/aws/platform-stack";
import { ValkeyCache } from "../constructs/aws/stores/cache";
import { GameDay } from "../constructs/aws/stores/game-day";
import { RestoreTests, type TestedCache, type TestedDatabase } from "../constructs/aws/stores/restore-tests";
import { Promotion } from "../constructs/aws/stores/promotion";
import { MASTER_USER, PostgresDatabase, RECOVERY_DAYS } from "../constructs/aws/stores/database";
import { CacheAlarms, DatabaseAlarms } from "../constructs/aws/stores/store-alarms";
import {
  cacheIdentifier,
  databaseArn,
  databaseIdentifier,
  monitorRole,
  ownerRole,
  POSTGRES_PORT,
  REDIS_PORT,
} from "../constructs/aws/stores/store-names";
import { StoreNetwork } from "../constructs/aws/stores/store-network";
import type { WatchedStore } from "../constructs/kubernetes/observability/store-monitors";
import { escalationOf } from "./alerting/notifications";
import { secretName } from "./data";
import { addNamespaceRestoreTests } from "./namespace-restore";
import type { StoresStackProps } from "./stores-input";
import { cacheCopyPermissions, credentialPermissions, restoreCheckPermissions } from "./store-permissions";

/** A store with the secret that holds its user and password. */
interface Named<Store> {
  readonly application: LoadedApplication;
  readonly name: string;
  readonly store: Store;
  /** Key of the application's secrets. */
  readonly secret: string;
}

/** Name of a database inside its instance. */
const databaseName = (name: string): string => name.replaceAll("-", "_");

/** Of the copies of a cache's entries in a bucket of backups. */
const copyPrefix = (application: string, cache: string): string => `caches/${application}/${cache}/`;

/** How an application's pods reach a store of their region. */
export interface StoreEndpoint {
  readonly kind: "postgres" | "redis";
  readonly host: string;
  readonly port: number;
  /** Database inside the instance, or number of the Redis database. */
  readonly database: string;
}

/** Databases and caches of all applications in one region, with what rotates their passwords and copies their entries. */
export class StoresStack extends PlatformStack {
  private readonly endpoints = new Map<string, StoreEndpoint>();
  private readonly writes: boolean;
  private readonly key: EncryptionKey;
  private readonly topic: SnsTopic;
  private readonly stores: StoreNetwork;

  constructor(
    scope: Construct,
    private readonly site: Site,
    private readonly props: StoresStackProps,
  ) {
    const { environment, region, role } = site;
    super(scope, `stores-${region.name}`, { environment, layer: "stores", region: region.name, role });
    this.writes = acceptsWrites(site);
    this.key = new EncryptionKey(this, "key", {
      name: `${site.prefix}-stores`,
      description: `Databases, caches and their logs of ${site.prefix}`,
      environment,
      servicePrincipals: [`logs.${region.name}.amazonaws.com`, "cloudwatch.amazonaws.com"],
    });
    this.topic = new SnsTopic(this, "notifications", {
      name: `${site.prefix}-stores`,
      kmsMasterKeyId: this.key.arn,
    });
    for (const [index, endpoint] of escalationOf(environment).entries())
      new SnsTopicSubscription(this, `notifications-${index}`, {
        topicArn: this.topic.arn,
        protocol: "email",
        endpoint,
      });
    this.stores = new StoreNetwork(this, "network", {
      name: site.prefix,
      vpcId: props.network.network.vpcId,
      subnets: props.network.network.privateSubnets,
      declaration: configured(environment, `regions.${role}`),
    });
    const databases = namedStores(props.applications, "databases");
    const caches = namedStores(props.applications, "caches");
    for (const database of databases) this.addDatabase(database);
    for (const cache of caches) this.addCache(cache);
    const persistent = caches.filter(({ store }) => store.persistent);
    const copies = persistent.length > 0 ? this.addCopies(persistent) : undefined;
    if (!this.writes && databases.length > 0) this.addPromotion(databases, copies);
    this.addRestoreTests(this.writes ? [] : databases, persistent);
    addNamespaceRestoreTests(this, site, props, { keyArn: this.key.arn, topicArn: this.topic.arn });
    // Secrets are written where they lie, in the primary; see docs/operations/region-loss.md.
    if (this.writes && role === "primary") this.addRotation(databases, caches);
  }

  /** @throws for a store that no application declares */
  endpointOf(application: string, store: string): StoreEndpoint {
    const endpoint = this.endpoints.get(`${application}/${store}`);
    if (endpoint === undefined) throw new Error(`${this.node.id} has no store ${store} of ${application}`);
    return endpoint;
  }

  /** Every store of the region. */
  watched(): readonly WatchedStore[] {
    const of = (kind: "databases" | "caches"): WatchedStore[] =>
      namedStores(this.props.applications, kind).map(({ application, name, secret }) => {
        const owner = application.application.name;
        return {
          application: owner,
          name,
          ...this.endpointOf(owner, name),
          secret: secretName(this.site, owner, secret),
          ...(kind === "caches" ? { user: cacheIdentifier(owner, name) } : {}),
          lists: kind === "caches" ? queuesOf(owner) : [],
        };
      });
    return [...of("databases"), ...of("caches")];
  }

  private addDatabase({ application, name, store }: Named<Database>): void {
    const { environment, role } = this.site;
    const other = siteOf(environment, role === "primary" ? "secondary" : "primary");
    const owner = application.application.name;
    const identifier = databaseIdentifier(environment, owner, name);
    const { instance } = new PostgresDatabase(this, `database-${owner}-${name}`, {
      environment,
      identifier,
      database: store,
      application: owner,
      name,
      databaseName: databaseName(name),
      subnetGroupName: this.stores.databaseSubnets,
      securityGroupId: this.stores.databaseGroupId,
      keyArn: this.key.arn,
      ...(this.writes ? {} : { sourceArn: databaseArn(environment, other.region, owner, name) }),
      declaration: declaredIn(application, `databases.${name}`),
    });
    new DatabaseAlarms(this, `database-${owner}-${name}-alarms`, {
      identifier,
      database: store,
      role: this.writes ? "writer" : "replica",
      topicArn: this.topic.arn,
    });
    this.endpoints.set(`${owner}/${name}`, {
      kind: "postgres",
      host: instance.address,
      port: POSTGRES_PORT,
      database: databaseName(name),
    });
  }

  private addCache({ application, name, store }: Named<Cache>): void {
    const { environment } = this.site;
    const owner = application.application.name;
    const { group } = new ValkeyCache(this, `cache-${owner}-${name}`, {
      environment,
      identifier: cacheIdentifier(owner, name),
      cache: store,
      application: owner,
      name,
      subnetGroupName: this.stores.cacheSubnets,
      securityGroupId: this.stores.cacheGroupId,
      keyArn: this.key.arn,
      nodes: this.writes ? 2 : 1,
      declaration: declaredIn(application, `caches.${name}`),
    });
    new CacheAlarms(this, `cache-${owner}-${name}-alarms`, {
      identifier: cacheIdentifier(owner, name),
      nodes: this.writes ? 2 : 1,
      topicArn: this.topic.arn,
    });
    this.endpoints.set(`${owner}/${name}`, {
      kind: "redis",
      host: group.primaryEndpointAddress,
      port: REDIS_PORT,
      database: "0",
    });
  }

  /** Where stores accept writes it copies by schedule into the other region; in the standby the promotion loads from there. */
  private addCopies(caches: readonly Named<Cache>[]): PlatformFunction {
    const { environment, region } = this.site;
    const { own, other } = this.props.data;
    const target = this.writes ? other : own;
    return new PlatformFunction(this, "cache-copy", {
      environment,
      name: `${environment.organisation}-${environment.name}-${region.name}-cache-copy`,
      description: "Copies the entries of persistent caches into the other region, and loads such copies",
      source: "cache-copy",
      shared: ["cache-copies.mjs", "redis.mjs"],
      keyArn: this.key.arn,
      network: this.functionNetwork(),
      memoryMiB: 1024,
      timeoutSeconds: 300,
      variables: {
        BUCKET: target.backups.bucketName,
        BUCKET_REGION: target.site.region.name,
        CACHES: JSON.stringify(
          caches.map(({ application, name, secret }) => ({
            name: `${application.application.name}/${name}`,
            secret: secretName(this.site, application.application.name, secret),
            prefix: copyPrefix(application.application.name, name),
            ...this.endpoints.get(`${application.application.name}/${name}`),
          })),
        ),
      },
      statements: cacheCopyPermissions(this.site, own.key.arn, target, this.writes),
      ...(this.writes ? { schedule: `rate(${copyMinutes(caches)} minutes)` } : {}),
      topicArn: this.topic.arn,
      failureMeans: `The entries of a persistent cache in ${region.name} were not copied or loaded`,
      declaration: configured(environment, ""),
    });
  }

  /** Only where the region is a standby: it makes the region the writer. */
  private addPromotion(databases: readonly Named<Database>[], copies: PlatformFunction | undefined): void {
    const { environment, region } = this.site;
    const { access, nodeSecurityGroupId } = this.props.cluster;
    const { stateMachine } = new Promotion(this, "promotion", {
      environment,
      region: region.name,
      keyArn: this.key.arn,
      topicArn: this.topic.arn,
      network: this.functionNetwork(),
      databases: databases.map(({ application, name, store }) => ({
        identifier: databaseIdentifier(environment, application.application.name, name),
        arn: databaseArn(environment, region, application.application.name, name),
        maxLagSeconds: store.rpoMinutes * 60,
        wantedRetentionDays: RECOVERY_DAYS,
      })),
      cluster: {
        name: access.name,
        endpoint: access.endpoint,
        certificateAuthority: access.certificateAuthority,
        securityGroupId: nodeSecurityGroupId,
      },
      ...(copies === undefined ? {} : { cacheCopyArn: copies.function.arn }),
      declaration: configured(environment, "writer"),
    });
    new GameDay(this, "game-day", {
      name: `${environment.organisation}-${environment.name}-game-day`,
      region: region.name,
      keyArn: this.key.arn,
      topicArn: this.topic.arn,
      promotionArn: stateMachine.arn,
    });
  }

  /** In the standby of what is copied there; snapshots of caches stay where writes are accepted. */
  private addRestoreTests(databases: readonly Named<Database>[], caches: readonly Named<Cache>[]): void {
    if (databases.length + caches.length === 0) return;
    const { environment, prefix } = this.site;
    const { own } = this.props.data;
    const { network } = this.props.network;
    new RestoreTests(this, "restore-tests", {
      environment,
      name: prefix,
      vpcId: network.vpcId,
      subnets: network.privateSubnets,
      keyArn: this.key.arn,
      topicArn: this.topic.arn,
      databases: databases.map((one) => this.testedDatabase(one)),
      caches: caches.map((one) => this.testedCache(one)),
      ...(this.writes ? {} : { bucket: own.backups.bucketName }),
      statements: (subnets) =>
        restoreCheckPermissions(this.site, {
          secretKeyArn: own.key.arn,
          storeKeyArn: this.key.arn,
          backups: own,
          subnets,
          databases: databases.map(({ application, name }) =>
            databaseIdentifier(environment, application.application.name, name),
          ),
          caches: caches.map(({ application, name }) => cacheIdentifier(application.application.name, name)),
          reads: this.writes ? "snapshots" : "copies",
        }),
      declaration: configured(environment, ""),
    });
  }

  private tested({ application, name, secret }: Named<Database | Cache>) {
    const owner = application.application.name;
    return {
      name: `${owner}/${name}`,
      application: owner,
      host: this.endpointOf(owner, name).host,
      secret: secretName(this.site, owner, secret),
    };
  }

  private testedDatabase(one: Named<Database>): TestedDatabase {
    const identifier = databaseIdentifier(this.site.environment, one.application.application.name, one.name);
    return {
      ...this.tested(one),
      identifier,
      parameters: identifier,
      instanceClass: smallestDatabaseClass(one.store.maxConnections).class,
      database: databaseName(one.name),
      extensions: one.store.extensions ?? [],
      rpoMinutes: one.store.rpoMinutes,
    };
  }

  private testedCache(one: Named<Cache>): TestedCache {
    const owner = one.application.application.name;
    const identifier = cacheIdentifier(owner, one.name);
    return {
      ...this.tested(one),
      identifier,
      parameters: identifier,
      users: identifier,
      source: this.writes ? "snapshot" : "copy",
      nodeType: smallestCacheNode(one.store.memoryMiB).node,
      prefix: copyPrefix(owner, one.name),
      rpoMinutes: one.store.rpoMinutes,
    };
  }

  private functionNetwork() {
    return {
      subnetIds: this.props.network.network.privateSubnets.map(({ id }) => id),
      securityGroupId: this.stores.functionGroupId,
    };
  }

  private addRotation(databases: readonly Named<Database>[], caches: readonly Named<Cache>[]): void {
    const { environment, region } = this.site;
    const { data } = this.props;
    const stores = { ...this.describedDatabases(databases), ...this.describedCaches(caches) };
    if (Object.keys(stores).length === 0) return;
    const name = `${environment.organisation}-${environment.name}-store-credentials`;
    const rotator = new PlatformFunction(this, "credentials", {
      environment,
      name,
      description: "Rotates the passwords of databases and caches",
      source: "store-credentials",
      shared: ["postgres.mjs", "redis.mjs"],
      keyArn: this.key.arn,
      network: this.functionNetwork(),
      timeoutSeconds: 600,
      variables: { STORES: JSON.stringify(stores) },
      statements: credentialPermissions(
        this.site,
        name,
        data.own.key.arn,
        { region: data.other.site.region.name, keyArn: data.other.key.arn },
        {
          databases: databases.map((one) =>
            databaseArn(environment, region, one.application.application.name, one.name),
          ),
          caches: caches.map((one) => cacheIdentifier(one.application.application.name, one.name)),
        },
      ),
      topicArn: this.topic.arn,
      failureMeans: "The password of a store was not rotated",
      declaration: configured(environment, ""),
    });
    const permission = new LambdaPermission(this, "credentials-permission", {
      statementId: "rotation",
      action: "lambda:InvokeFunction",
      functionName: rotator.function.functionName,
      principal: "secretsmanager.amazonaws.com",
      sourceAccount: environment.accountId,
    });
    for (const { application, secret } of [...databases, ...caches]) {
      const owner = application.application.name;
      const rotation = new SecretsmanagerSecretRotation(this, `rotation-${owner}-${secret}`, {
        secretId: this.props.data.own.secretOf(owner, secret).id,
        rotationLambdaArn: rotator.function.arn,
        rotateImmediately: true,
        rotationRules: { automaticallyAfterDays: daysOf(application, secret) },
        // The standby's cache has the user too: its stack comes after this one, and the first rotation is tried again.
        dependsOn: [permission, ...rotator.ready],
      });
      rotation.overrideLogicalId(`rotation_${owner}_${secret}`.replaceAll("-", "_"));
    }
  }

  private describedDatabases(databases: readonly Named<Database>[]) {
    return Object.fromEntries(
      databases.map(({ application, name, store, secret }) => {
        const owner = application.application.name;
        return [
          secretName(this.site, owner, secret),
          {
            instance: databaseIdentifier(this.site.environment, owner, name),
            master: MASTER_USER,
            owner: ownerRole(owner, name),
            monitor: monitorRole(owner, name),
            extensions: store.extensions ?? [],
            // Of each user: the server itself holds the application to what CP-10 computes.
            connectionLimit: store.maxConnections - reservedConnectionsOf(store),
            ...this.endpoints.get(`${owner}/${name}`),
          },
        ];
      }),
    );
  }

  private describedCaches(caches: readonly Named<Cache>[]) {
    const { environment } = this.site;
    return Object.fromEntries(
      caches.map(({ application, name, secret }) => {
        const owner = application.application.name;
        return [
          secretName(this.site, owner, secret),
          {
            user: cacheIdentifier(owner, name),
            regions: [environment.regions.primary.name, environment.regions.secondary.name],
            ...this.endpoints.get(`${owner}/${name}`),
          },
        ];
      }),
    );
  }
}

/** Redis keys of an application's queues, from the record of its code. */
const queuesOf = (application: string): readonly string[] =>
  (applicationRecords.find((record) => record.application === application)?.queues ?? []).map(({ key }) => key);

/** Stores of a kind over all applications, with the secret of each: the schema makes sure that there is one. */
function namedStores<Kind extends "databases" | "caches">(
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

function daysOf({ application }: LoadedApplication, secret: string): number {
  const declared = application.secrets?.[secret];
  return (declared ? rotationDaysOf(declared) : undefined) ?? 90;
}

/** Half of the shortest RPO, so that one failed copy costs nothing that is promised; at least 10 minutes, at most 6 hours. */
export const copyMinutes = (caches: readonly { readonly store: Cache }[]): number =>
  Math.min(360, Math.max(10, Math.floor(Math.min(...caches.map(({ store }) => store.rpoMinutes)) / 2)));
