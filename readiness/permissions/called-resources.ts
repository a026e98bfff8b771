import type { ResourceKind } from "../../catalog/permissions/needs";
import { arnOf, secretArn } from "../inventory/arns";
import { arrayOf, isObject, type JsonObject, objectOf, objectsOf, textOf } from "../inventory/json";
import type { Platform } from "../inventory/platform";
import type { Resource } from "../inventory/resource";
import type { Secret } from "../inventory/facts/aws/secrets";
import { keysOfTested, listsOfTestedBackups, readsSnapshots, restoredNames, secretsOfTests } from "./restore-resources";
import type { Software } from "./software";
import { changedDatabases, changedUsers, copiesBucket, secretsOfCopies } from "./store-resources";

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

type Find = (software: Software, platform: Platform) => readonly CalledResource[];

const any: CalledResource = { arn: "*", label: "any resource" };
const accountOf = ({ environment }: Platform): string => environment.accountId;
const via = (service: string, region: string): Record<string, string> => ({
  "kms:ViaService": `${service}.${region}.amazonaws.com`,
});

/** Where each kind of resource is found in the platform. */
const finders: Readonly<Record<ResourceKind, Find>> = {
  any: () => [any],
  "backup-buckets": (software, platform) => backupBuckets(software, platform),
  "backup-objects": (software, platform) =>
    backupBuckets(software, platform).map((one) => ({ ...one, arn: `${one.arn}/object` })),
  "keys-of-backup-buckets": (software, platform) =>
    keysIn(
      backupBuckets(software, platform).flatMap(({ resource }) => resource ?? []),
      platform,
    ),
  "bound-target-groups": ({ region }, platform) =>
    platform.objects
      .filter((one) => one.object.kind === "TargetGroupBinding" && one.region === region)
      .flatMap((binding) => binding.resource.resources("values").filter(({ type }) => type === "aws_lb_target_group"))
      .map((group) => called(group, platform)),
  "cache-copies-read": ({ item, region }, platform) => objectsIn(copiesBucket(item, region, "read"), platform),
  "cache-copies-written": ({ item, region }, platform) => objectsIn(copiesBucket(item, region, "written"), platform),
  "bucket-of-cache-copies-read": ({ item, region }, platform) =>
    copiesBucket(item, region, "read").map((one) => ({
      ...called(one, platform),
      context: { "s3:prefix": "caches/a/b/" },
    })),
  "keys-of-cache-copies-read": ({ item, region }, platform) => keysIn(copiesBucket(item, region, "read"), platform),
  "keys-of-cache-copies-written": ({ item, region }, platform) =>
    keysIn(copiesBucket(item, region, "written"), platform),
  "cache-users": ({ item }, platform) =>
    changedUsers(item, platform).map((user) => ({
      ...called(user, platform),
      context: { "aws:RequestedRegion": user.region ?? "" },
    })),
  databases: ({ item, region }, platform) =>
    changedDatabases(item, region, platform).map((database) => called(database, platform)),
  "secrets-of-cache-copies": ({ item, region }, platform) =>
    secretsOfCopies(item, platform).map((secret) => secretCalled(secret, region, platform)),
  "keys-of-secrets-of-cache-copies": ({ item, region }, platform) =>
    secretsOfCopies(item, platform).flatMap((secret) =>
      key(keyIn(secret, region), platform, via("secretsmanager", region)),
    ),
  "endpoint-parameters": ({ item, region }, platform) =>
    parsedList(item.resource.expanded("environment.variables.ENDPOINTS")).map((endpoint) => {
      const name = textOf(objectOf(endpoint)["parameter"]) ?? "";
      return { arn: `arn:aws:ssm:${region}:${accountOf(platform)}:parameter${name}`, label: `parameter ${name}` };
    }),
  "heartbeat-topics": heartbeatTopics,
  "log-buckets": (software, platform) => logBuckets(software, platform),
  "log-objects": (software, platform) =>
    logBuckets(software, platform).map((one) => ({ ...one, arn: `${one.arn}/object` })),
  "keys-of-log-buckets": (software, platform) =>
    logBuckets(software, platform).flatMap(({ resource }) => {
      const bucket = platform.buckets.find((one) => one.resource === resource);
      return key(bucket?.key?.resource, platform, via("s3", bucket?.region ?? ""));
    }),
  "network-interfaces": ({ region }, platform) => [made("network-interface/eni-0", region, platform)],
  "node-groups": ({ region }, platform) =>
    platform.nodeGroups.filter((group) => group.region === region).map(({ resource }) => called(resource, platform)),
  "scaling-groups": scalingGroups,
  "notification-topic": ({ item }, platform) => topicOf(item.resource).map((topic) => called(topic, platform)),
  "keys-of-notification-topic": ({ item, region }, platform) =>
    topicOf(item.resource).flatMap((topic) => key(topic.resource("kms_master_key_id"), platform, via("sns", region))),
  "own-log-group": ({ item, region }, platform) => {
    const group = item.resource.resource("log_destination");
    const name =
      group?.text("name") ??
      item.resource.text("logging_config.log_group") ??
      `/aws/lambda/${item.resource.text("function_name") ?? ""}`;
    const arn = `arn:aws:logs:${region}:${accountOf(platform)}:log-group:${name}:log-stream:stream`;
    return [{ arn, label: `log group ${name}` }];
  },
  "pulled-repositories": pulledRepositories,
  "referenced-secrets": (software, platform) =>
    referencedSecrets(software, platform).map((secret) => secretCalled(secret, software.region, platform)),
  "keys-of-referenced-secrets": ({ region }, platform) =>
    referencedSecrets({ region }, platform).flatMap((secret) =>
      key(keyIn(secret, region), platform, {
        ...via("secretsmanager", region),
        "kms:EncryptionContext:SecretARN": secretArn(secret.resource, region, accountOf(platform)),
      }),
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
  "secrets-of-restore-tests": ({ item, region }, platform) =>
    secretsOfTests(item, platform).map((secret) => secretCalled(secret, region, platform)),
  "keys-of-secrets-of-restore-tests": ({ item, region }, platform) =>
    secretsOfTests(item, platform).flatMap((secret) =>
      key(keyIn(secret, region), platform, via("secretsmanager", region)),
    ),
  "restored-databases": ({ item, region }, platform) =>
    restoredNames(item, platform, "database").map((name) => ({
      arn: `arn:aws:rds:${region}:${accountOf(platform)}:db:${name}`,
      label: `database ${name}`,
    })),
  "restored-caches": ({ item, region }, platform) =>
    restoredNames(item, platform, "cache").map((name) => ({
      arn: `arn:aws:elasticache:${region}:${accountOf(platform)}:replicationgroup:${name}`,
      label: `cache ${name}`,
    })),
  "tested-backups": ({ item, region }, platform) =>
    restoredNames(item, platform, "database").length === 0
      ? []
      : [{ arn: `arn:aws:rds:${region}:${accountOf(platform)}:auto-backup:ab-0`, label: "automated backups" }],
  "tested-snapshots": ({ item, region }, platform) =>
    readsSnapshots(item, platform)
      ? [{ arn: `arn:aws:elasticache:${region}:${accountOf(platform)}:snapshot:automatic`, label: "cache snapshots" }]
      : [],
  "keys-of-restored-stores": ({ item, region }, platform) =>
    keysOfTested(item, region, platform).flatMap(({ key: resource, service }) =>
      key(resource, platform, { ...via(service, region), "kms:GrantIsForAWSResource": "true" }),
    ),
  "lists-of-tested-backups": ({ item, region }, platform) =>
    listsOfTestedBackups(item, region, platform).map(({ bucket, key: object }) => {
      const one = called(bucket, platform);
      return { ...one, arn: `${one.arn}/${object}` };
    }),
  "keys-of-tested-backups": ({ item, region }, platform) =>
    keysIn(
      listsOfTestedBackups(item, region, platform).map(({ bucket }) => bucket),
      platform,
    ),
  "keys-of-storage-classes": ({ region }, platform) =>
    platform.storageClasses
      .filter((one) => one.region === region && one.parameters["kmsKeyId"] !== undefined)
      .flatMap((one) =>
        key(
          one.resource.resources("parameters").find(({ type }) => /^aws_kms_/.test(type)),
          platform,
          { ...via("ec2", region), "kms:GrantIsForAWSResource": "true" },
          one.parameters["kmsKeyId"],
        ),
      ),
  snapshots: ({ region }, platform) => [
    { ...made("snapshot/snap-0", region, platform), context: byDriver("CSIVolumeSnapshotName") },
  ],
  volumes: ({ region }, platform) => [
    { ...made("volume/vol-0", region, platform), context: byDriver("CSIVolumeName") },
  ],
};

/** Resources of a kind that the software calls; the same one counts once. */
export function calledResources(kind: ResourceKind, software: Software, platform: Platform): readonly CalledResource[] {
  const found = finders[kind](software, platform);
  return [...new Map(found.map((one) => [one.arn, one])).values()];
}

const called = (resource: Resource, platform: Platform): CalledResource => ({
  arn: arnOf(resource, accountOf(platform)) ?? "*",
  label: resource.text("name") ?? resource.text("node_group_name") ?? resource.label,
  resource,
});

function key(
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

const objectsIn = (buckets: readonly Resource[], platform: Platform): readonly CalledResource[] =>
  buckets.map((bucket) => {
    const one = called(bucket, platform);
    return { ...one, arn: `${one.arn}/caches/application/cache/copy.gz` };
  });

const keysIn = (buckets: readonly Resource[], platform: Platform): readonly CalledResource[] =>
  buckets.flatMap((resource) => {
    const bucket = platform.buckets.find((one) => one.resource === resource);
    return key(bucket?.key?.resource, platform, via("s3", bucket?.region ?? ""));
  });

const made = (name: string, region: string, platform: Platform): CalledResource => ({
  arn: `arn:aws:ec2:${region}:${accountOf(platform)}:${name}`,
  label: `${name.split("/")[0] ?? name}s of the cluster`,
});

/** Tags that the EBS driver puts on what it makes. Source: aws-ebs-csi-driver docs/tagging.md, read 2026-11-28. */
const byDriver = (name: string): Record<string, string> =>
  Object.fromEntries(
    ["aws:RequestTag", "ec2:ResourceTag", "aws:ResourceTag"].flatMap((kind) => [
      [`${kind}/ebs.csi.aws.com/cluster`, "true"],
      [`${kind}/${name}`, "made-by-driver"],
    ]),
  );

const backupBuckets: Find = ({ item }, platform) =>
  platform.backups
    .filter(({ resource }) => resource === item.resource)
    .flatMap(({ locations }) => locations)
    .map(({ bucket, bucketName = "unnamed" }) => ({
      arn: bucket ? (arnOf(bucket, accountOf(platform)) ?? "*") : `arn:aws:s3:::${bucketName}`,
      label: `bucket ${bucketName}`,
      ...(bucket ? { resource: bucket } : {}),
    }));

/** Bucket that Loki's values name: a resource of the platform, or a name of one. */
const logBuckets: Find = ({ item }, platform) => {
  const release = platform.releases.find(({ resource }) => resource === item.resource);
  const storage = objectOf(objectOf(release?.values["loki"])["storage"]);
  const name = textOf(objectOf(storage["bucketNames"])["chunks"]);
  const bucket = platform.buckets.find((one) => one.name === name)?.resource;
  return name === undefined
    ? []
    : [{ arn: `arn:aws:s3:::${name}`, label: `bucket ${name}`, ...(bucket ? { resource: bucket } : {}) }];
};

/** Topics that Alertmanager of the region publishes to, in whatever region they are. */
function heartbeatTopics({ region }: Software, platform: Platform): readonly CalledResource[] {
  const routings = platform.objects
    .filter((one) => one.region === region)
    .flatMap(({ object }) => textOf(objectOf(object["stringData"])["alertmanager.yaml"]) ?? []);
  return routings
    .flatMap((text) => objectsOf((JSON.parse(text) as JsonObject)["receivers"]))
    .flatMap((receiver) => objectsOf(receiver["sns_configs"]))
    .flatMap((settings) => textOf(settings["topic_arn"]) ?? [])
    .map((arn) => {
      const topic = platform.ofType("aws_sns_topic").find((one) => arnOf(one, accountOf(platform)) === arn);
      return { arn, label: `topic ${arn.split(":").at(-1) ?? arn}`, ...(topic ? { resource: topic } : {}) };
    });
}

/** EKS names the Auto Scaling group of a node group, and tags it for the autoscaler (EKS user guide, Cluster Autoscaler tags). */
function scalingGroups({ region }: Software, platform: Platform): readonly CalledResource[] {
  return platform.nodeGroups
    .filter((group) => group.region === region)
    .map(({ name = "", clusterName = "" }) => ({
      arn: `arn:aws:autoscaling:${region}:${accountOf(platform)}:autoScalingGroup:made-by-aws:autoScalingGroupName/eks-${name}-made-by-aws`,
      label: `node group ${name}`,
      context: Object.fromEntries(
        ["aws:ResourceTag", "autoscaling:ResourceTag"].flatMap((kind) => [
          [`${kind}/k8s.io/cluster-autoscaler/enabled`, "true"],
          [`${kind}/k8s.io/cluster-autoscaler/${clusterName}`, "owned"],
          [`${kind}/kubernetes.io/cluster/${clusterName}`, "owned"],
          [`${kind}/eks:cluster-name`, clusterName],
          [`${kind}/eks:nodegroup-name`, name],
        ]),
      ),
    }));
}

const topicOf = (resource: Resource): readonly Resource[] =>
  resource.resources("environment.variables.TOPIC_ARN").filter(({ type }) => type === "aws_sns_topic");

function pulledRepositories({ region }: Software, platform: Platform): readonly CalledResource[] {
  const names = platform.containers
    .filter((one) => one.region === region)
    .flatMap(
      ({ container }) =>
        /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\/([^@:]+)/.exec(container.image ?? "")?.[1] ?? [],
    );
  return [...new Set(names)].sort().map((name) => {
    const repository = platform.repositories.find((one) => one.name === name && one.region === region);
    return {
      arn: `arn:aws:ecr:${region}:${accountOf(platform)}:repository/${name}`,
      label: `repository ${name}`,
      ...(repository ? { resource: repository.resource } : {}),
    };
  });
}

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

const secretCalled = (secret: Secret, region: string, platform: Platform): CalledResource => ({
  arn: secretArn(secret.resource, region, accountOf(platform)),
  label: `secret ${secret.name ?? secret.resource.name}`,
  resource: secret.resource,
});

const keyIn = (secret: Secret, region: string): Resource | undefined =>
  secret.region === region
    ? secret.key?.resource
    : secret.replicas.find((replica) => replica.region === region)?.key?.resource;

const rotatedBy = (rotator: Resource, platform: Platform): readonly Secret[] =>
  platform.secrets.filter(({ rotation }) => rotation?.rotator === rotator);

function parsedList(text: string | undefined): readonly object[] {
  try {
    const parsed: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(parsed) ? arrayOf(parsed as never).filter(isObject) : [];
  } catch {
    return [];
  }
}
