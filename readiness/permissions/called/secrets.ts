import type { ResourceKind } from "../../../catalog/permissions/needs";
import { arnOf, secretArn } from "../../inventory/arns";
import type { Secret } from "../../inventory/facts/aws/secrets";
import { objectOf, objectsOf, textOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Resource } from "../../inventory/resource";
import type { Software } from "../software";
import { accountOf, type Find, key, keyIn, secretCalled, via } from "./resource";

/** Secrets that are read or rotated, and their keys. */
export const secretFinders = {
  "referenced-secrets": (software, platform) =>
    referencedSecrets(software, platform).map((secret) => secretCalled(secret, software.region, platform)),
  "keys-of-referenced-secrets": ({ region }, platform) =>
    referencedSecrets({ region }, platform).flatMap((secret) =>
      key(keyIn(secret, region), platform, {
        ...via("secretsmanager", region),
        "kms:EncryptionContext:SecretARN": secretArn(secret.resource, region, accountOf(platform)),
      }),
    ),
  "credentials-of-receivers": ({ item, region }, platform) =>
    namedSecrets(item.resource, platform).map((secret) => secretCalled(secret, region, platform)),
  "keys-of-credentials-of-receivers": ({ item, region }, platform) =>
    namedSecrets(item.resource, platform).flatMap((secret) =>
      key(keyIn(secret, region), platform, via("secretsmanager", region)),
    ),
  "rotated-secrets": ({ item, region }, platform) =>
    rotatedBy(item.resource, platform).map((secret) => ({
      ...secretCalled(secret, region, platform),
      context: { "secretsmanager:resource/AllowRotationLambdaArn": arnOf(item.resource, accountOf(platform)) ?? "" },
    })),
  "keys-of-rotated-secrets": ({ item, region }, platform) =>
    rotatedBy(item.resource, platform).flatMap((secret) =>
      key(secret.key?.resource, platform, via("secretsmanager", region)),
    ),
  "keys-of-replicas-of-rotated-secrets": ({ item }, platform) =>
    rotatedBy(item.resource, platform).flatMap(({ replicas }) =>
      replicas.flatMap((replica) => key(replica.key?.resource, platform, via("secretsmanager", replica.region ?? ""))),
    ),
} as const satisfies Readonly<Partial<Record<ResourceKind, Find>>>;

/** Secrets that ExternalSecrets of a region read and that the platform makes. */
function referencedSecrets({ region }: Pick<Software, "region">, platform: Platform): readonly Secret[] {
  const names = new Set(
    platform.objects
      .filter(({ object, region: own }) => object.kind === "ExternalSecret" && own === region)
      .flatMap(({ object }) => remoteKeys(objectOf(object["spec"]))),
  );
  return platform.secrets.filter(
    ({ name, region: own, replicas }) =>
      name !== undefined &&
      names.has(name) &&
      (own === region || replicas.some((replica) => replica.region === region)),
  );
}

/** Names in the remote store that an ExternalSecret reads. */
export function remoteKeys(spec: ReturnType<typeof objectOf>): readonly string[] {
  return [
    ...objectsOf(spec["data"]).map((entry) => textOf(objectOf(entry["remoteRef"])["key"])),
    ...objectsOf(spec["dataFrom"]).map((entry) => textOf(objectOf(entry["extract"])["key"])),
  ].filter((name) => name !== undefined);
}

/** Secrets that a function names in its variable SECRET. */
const namedSecrets = (caller: Resource, platform: Platform): readonly Secret[] =>
  platform.secrets.filter(({ name }) => name !== undefined && name === caller.text("environment.variables.SECRET"));

const rotatedBy = (rotator: Resource, platform: Platform): readonly Secret[] =>
  platform.secrets.filter(({ rotation }) => rotation?.rotator === rotator);
