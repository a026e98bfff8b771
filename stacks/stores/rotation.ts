import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { SecretsmanagerSecretRotation } from "@cdktf/provider-aws/lib/secretsmanager-secret-rotation";
import type { Construct } from "constructs";
import type { LoadedApplication } from "../../config/application/load";
import { rotationDaysOf } from "../../config/application/parts/secret";
import { type Cache, type Database, reservedConnectionsOf } from "../../config/application/parts/store";
import { configured } from "../../config/site";
import { PlatformFunction } from "../../constructs/aws/functions/platform-function";
import { MASTER_USER } from "../../constructs/aws/stores/database";
import {
  cacheIdentifier,
  databaseArn,
  databaseIdentifier,
  monitorRole,
  ownerRole,
} from "../../constructs/aws/stores/store-names";
import { secretName } from "../data";
import type { Named } from "./named-stores";
import { credentialPermissions } from "./permissions";
import type { RegionStores } from "./region-stores";

export function addRotation(
  scope: Construct,
  stores: RegionStores,
  databases: readonly Named<Database>[],
  caches: readonly Named<Cache>[],
): void {
  const { environment, region } = stores.site;
  const { data } = stores.props;
  const described = { ...describedDatabases(stores, databases), ...describedCaches(stores, caches) };
  if (Object.keys(described).length === 0) return;
  const name = `${environment.organisation}-${environment.name}-store-credentials`;
  const rotator = new PlatformFunction(scope, "credentials", {
    environment,
    name,
    description: "Rotates the passwords of databases and caches",
    source: "store-credentials",
    shared: ["postgres.mjs", "redis.mjs"],
    keyArn: stores.keyArn,
    network: stores.functionNetwork,
    timeoutSeconds: 600,
    variables: { STORES: JSON.stringify(described) },
    statements: credentialPermissions(
      stores.site,
      name,
      data.own.key.arn,
      { region: data.other.site.region.name, keyArn: data.other.key.arn },
      {
        databases: databases.map((one) => databaseArn(environment, region, one.application.application.name, one.name)),
        caches: caches.map((one) => cacheIdentifier(one.application.application.name, one.name)),
      },
    ),
    topicArn: stores.topicArn,
    failureMeans: "The password of a store was not rotated",
    declaration: configured(environment, ""),
  });
  const permission = new LambdaPermission(scope, "credentials-permission", {
    statementId: "rotation",
    action: "lambda:InvokeFunction",
    functionName: rotator.function.functionName,
    principal: "secretsmanager.amazonaws.com",
    sourceAccount: environment.accountId,
  });
  for (const { application, secret } of [...databases, ...caches]) {
    const owner = application.application.name;
    const rotation = new SecretsmanagerSecretRotation(scope, `rotation-${owner}-${secret}`, {
      secretId: stores.props.data.own.secretOf(owner, secret).id,
      rotationLambdaArn: rotator.function.arn,
      rotateImmediately: true,
      rotationRules: { automaticallyAfterDays: daysOf(application, secret) },
      // The standby's cache has the user too: its stack comes after this one, and the first rotation is tried again.
      dependsOn: [permission, ...rotator.ready],
    });
    rotation.overrideLogicalId(`rotation_${owner}_${secret}`.replaceAll("-", "_"));
  }
}

function describedDatabases(stores: RegionStores, databases: readonly Named<Database>[]) {
  return Object.fromEntries(
    databases.map(({ application, name, store, secret }) => {
      const owner = application.application.name;
      return [
        secretName(stores.site, owner, secret),
        {
          instance: databaseIdentifier(stores.site.environment, owner, name),
          master: MASTER_USER,
          owner: ownerRole(owner, name),
          monitor: monitorRole(owner, name),
          extensions: store.extensions ?? [],
          // Of each user: the server itself holds the application to what CP-10 computes.
          connectionLimit: store.maxConnections - reservedConnectionsOf(store),
          ...stores.endpointOf(owner, name),
        },
      ];
    }),
  );
}

function describedCaches(stores: RegionStores, caches: readonly Named<Cache>[]) {
  const { environment } = stores.site;
  return Object.fromEntries(
    caches.map(({ application, name, secret }) => {
      const owner = application.application.name;
      return [
        secretName(stores.site, owner, secret),
        {
          user: cacheIdentifier(owner, name),
          regions: [environment.regions.primary.name, environment.regions.secondary.name],
          ...stores.endpointOf(owner, name),
        },
      ];
    }),
  );
}

function daysOf({ application }: LoadedApplication, secret: string): number {
  const declared = application.secrets?.[secret];
  return (declared ? rotationDaysOf(declared) : undefined) ?? 90;
}
