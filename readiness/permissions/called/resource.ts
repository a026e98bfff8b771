import { arnOf, secretArn } from "../../inventory/arns";
import type { Secret } from "../../inventory/facts/aws/secrets";
import type { Platform } from "../../inventory/platform";
import type { Resource } from "../../inventory/resource";
import type { Software } from "../software";

/** One resource that a call is about. */
export interface CalledResource {
  /** ARN, or `*`. */
  readonly arn: string;
  /** What a reader calls it. */
  readonly label: string;
  /** Whose resource policy takes part. @default none - the resource is not part of the platform or has no policy */
  readonly resource?: Resource;
  readonly context?: Readonly<Record<string, string>>;
}

/** Finds what a call of the software is about. */
export type Find = (software: Software, platform: Platform) => readonly CalledResource[];

export const accountOf = ({ environment }: Platform): string => environment.accountId;
export const via = (service: string, region: string): Record<string, string> => ({
  "kms:ViaService": `${service}.${region}.amazonaws.com`,
});

export const called = (resource: Resource, platform: Platform): CalledResource => ({
  arn: arnOf(resource, accountOf(platform)) ?? "*",
  label: resource.text("name") ?? resource.text("node_group_name") ?? resource.label,
  resource,
});

export function key(
  resource: Resource | undefined,
  platform: Platform,
  context: Record<string, string>,
  literal?: string,
): readonly CalledResource[] {
  if (resource === undefined) return literal === undefined ? [] : [{ arn: literal, label: `key ${literal}`, context }];
  return [
    {
      arn: arnOf(resource, accountOf(platform)) ?? "*",
      label: `key ${resource.text("description") ?? resource.address}`,
      resource,
      context,
    },
  ];
}

export const keysIn = (buckets: readonly Resource[], platform: Platform): readonly CalledResource[] =>
  buckets.flatMap((resource) => {
    const bucket = platform.buckets.find((one) => one.resource === resource);
    return key(bucket?.key?.resource, platform, via("s3", bucket?.region ?? ""));
  });

export const secretCalled = (secret: Secret, region: string, platform: Platform): CalledResource => ({
  arn: secretArn(secret.resource, region, accountOf(platform)),
  label: `secret ${secret.name ?? secret.resource.name}`,
  resource: secret.resource,
});

export const keyIn = (secret: Secret, region: string): Resource | undefined =>
  secret.region === region
    ? secret.key?.resource
    : secret.replicas.find((replica) => replica.region === region)?.key?.resource;
