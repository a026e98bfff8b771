import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import type { Construct } from "constructs";
import { applicationRecords } from "../../catalog/applications";
import { declaredIn } from "../../config/application/load";
import type { Cache, Database } from "../../config/application/parts/store";
import { acceptsWrites, configured, type Site, siteOf } from "../../config/site";
import { deliverAlarmsOf } from "../../constructs/aws/alarm-delivery";
import { EncryptionKey } from "../../constructs/aws/encryption-key";
import { PlatformStack } from "../../constructs/aws/platform-stack";
import { ValkeyCache } from "../../constructs/aws/stores/cache";
import { PostgresDatabase } from "../../constructs/aws/stores/database";
import { CacheAlarms, DatabaseAlarms } from "../../constructs/aws/stores/store-alarms";
import {
  cacheIdentifier,
  databaseArn,
  databaseIdentifier,
  POSTGRES_PORT,
  REDIS_PORT,
} from "../../constructs/aws/stores/store-names";
import { StoreNetwork } from "../../constructs/aws/stores/store-network";
import type { WatchedStore } from "../../constructs/kubernetes/observability/store-monitors";
import { escalationOf } from "../../config/notifications";
import { secretName } from "../data";
import { addCacheCopies } from "./cache-copies";
import type { StoreEndpoint } from "./endpoint";
import { addHeartbeat } from "./heartbeat";
import { type Named, databaseName, namedStores } from "./named-stores";
import { addNamespaceRestoreTests } from "./namespace-restore";
import { addPromotion } from "./promotion";
import type { StoresStackProps } from "./props";
import type { RegionStores } from "./region-stores";
import { addRestoreTests } from "./restore-tests";
import { addRotation } from "./rotation";

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
    deliverAlarmsOf(this, "notifications", this.topic.arn, props.delivery);
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
    const around = this.around();
    const persistent = caches.filter(({ store }) => store.persistent);
    const copies = persistent.length > 0 ? addCacheCopies(this, around, persistent) : undefined;
    if (!this.writes && databases.length > 0) addPromotion(this, around, databases, copies);
    if (this.writes && databases.length > 0) addHeartbeat(this, around, databases);
    addRestoreTests(this, around, this.writes ? [] : databases, persistent);
    addNamespaceRestoreTests(this, around);
    // Secrets are written where they lie, in the primary; see docs/operations/region-loss.md.
    if (this.writes && role === "primary") addRotation(this, around, databases, caches);
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
      about: { application: owner, owner: application.application.owner },
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
      about: { application: owner, owner: application.application.owner },
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

  private around(): RegionStores {
    return {
      site: this.site,
      props: this.props,
      writes: this.writes,
      keyArn: this.key.arn,
      topicArn: this.topic.arn,
      functionNetwork: {
        subnetIds: this.props.network.network.privateSubnets.map(({ id }) => id),
        securityGroupId: this.stores.functionGroupId,
      },
      endpointOf: (application, store) => this.endpointOf(application, store),
    };
  }
}

/** Redis keys of an application's queues, from the record of its code. */
const queuesOf = (application: string): readonly string[] =>
  (applicationRecords.find((record) => record.application === application)?.queues ?? []).map(({ key }) => key);
