import type { Site } from "../../config/site";
import { type ReplicaKey, replicaStatement } from "../../constructs/aws/functions/secret-replica";
import type { DataStack } from "../data";

const secretsOf = ({ environment, region }: Site): string =>
  `arn:aws:secretsmanager:${region.name}:${environment.accountId}:secret:${environment.organisation}/${environment.name}/*`;

/** What the rotation of store passwords calls: its secrets with their keys in both regions, the databases' master password, the caches' users in both regions. */
export function credentialPermissions(
  site: Site,
  functionName: string,
  secretKeyArn: string,
  replica: ReplicaKey,
  stores: { readonly databases: readonly string[]; readonly caches: readonly string[] },
): object[] {
  const { environment, region } = site;
  const regions = [environment.regions.primary.name, environment.regions.secondary.name];
  return [
    {
      Effect: "Allow",
      Action: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      Resource: secretsOf(site),
      Condition: {
        StringEquals: {
          "secretsmanager:resource/AllowRotationLambdaArn": `arn:aws:lambda:${region.name}:${environment.accountId}:function:${functionName}`,
        },
      },
    },
    // Makes random characters, and knows no resources.
    { Effect: "Allow", Action: ["secretsmanager:GetRandomPassword"], Resource: "*" },
    {
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: secretKeyArn,
      Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${region.name}.amazonaws.com` } },
    },
    replicaStatement(region.name, replica),
    ...(stores.databases.length > 0
      ? [{ Effect: "Allow", Action: ["rds:ModifyDBInstance"], Resource: [...stores.databases] }]
      : []),
    ...(stores.caches.length > 0
      ? [
          {
            Effect: "Allow",
            Action: ["elasticache:ModifyUser"],
            Resource: regions.flatMap((name) =>
              stores.caches.map((user) => `arn:aws:elasticache:${name}:${environment.accountId}:user:${user}`),
            ),
          },
        ]
      : []),
  ];
}

/** What the heartbeat of databases needs: the passwords of those alone, whose ARNs end in characters that AWS chooses. */
export function heartbeatPermissions({ environment, region }: Site, secretKeyArn: string, secrets: readonly string[]) {
  return [
    {
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue"],
      Resource: secrets.map(
        (name) => `arn:aws:secretsmanager:${region.name}:${environment.accountId}:secret:${name}-*`,
      ),
    },
    {
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: secretKeyArn,
      Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${region.name}.amazonaws.com` } },
    },
  ];
}

/** What copies of caches need: the passwords, and the prefix of the bucket that they are written to or read from. */
export function cacheCopyPermissions(site: Site, secretKeyArn: string, target: DataStack, writes: boolean): object[] {
  const { region } = site;
  const bucketRegion = target.site.region.name;
  return [
    { Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: secretsOf(site) },
    {
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: secretKeyArn,
      Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${region.name}.amazonaws.com` } },
    },
    {
      Effect: "Allow",
      Action: writes ? ["s3:PutObject"] : ["s3:GetObject"],
      Resource: `${target.backups.arn}/caches/*`,
    },
    ...(writes
      ? []
      : [
          {
            Effect: "Allow",
            Action: ["s3:ListBucket"],
            Resource: target.backups.arn,
            Condition: { StringLike: { "s3:prefix": ["caches/*"] } },
          },
        ]),
    {
      Effect: "Allow",
      Action: writes ? ["kms:GenerateDataKey"] : ["kms:Decrypt"],
      Resource: target.key.arn,
      Condition: { StringEquals: { "kms:ViaService": `s3.${bucketRegion}.amazonaws.com` } },
    },
  ];
}

interface RestoreScope {
  readonly secretKeyArn: string;
  /** Key of the stores, of their backups and of what is restored. */
  readonly storeKeyArn: string;
  readonly backups: DataStack;
  /** Names of the subnet groups that restored stores lie in. */
  readonly subnets: { readonly databaseSubnets: string; readonly cacheSubnets: string };
  readonly databases: readonly string[];
  readonly caches: readonly string[];
  readonly reads: "snapshots" | "copies";
}

/** What a restore test calls. It makes and deletes what is named `restore-test-*`, and changes nothing else. */
export function restoreCheckPermissions(site: Site, scope: RestoreScope): object[] {
  const { environment, region } = site;
  const { secretKeyArn, storeKeyArn, databases, caches } = scope;
  const via = (...services: string[]) => ({
    StringEquals: { "kms:ViaService": services.map((service) => `${service}.${region.name}.amazonaws.com`) },
  });
  return [
    { Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: secretsOf(site) },
    { Effect: "Allow", Action: ["kms:Decrypt"], Resource: secretKeyArn, Condition: via("secretsmanager") },
    {
      Effect: "Allow",
      Action: ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
      Resource: storeKeyArn,
      Condition: via(...(databases.length > 0 ? ["rds"] : []), ...(caches.length > 0 ? ["elasticache"] : [])),
    },
    ...restoredDatabases(environment.accountId, region.name, scope),
    ...restoredCaches(environment.accountId, region.name, scope),
    ...(scope.reads === "copies" && caches.length > 0 ? readCopies(scope.backups) : []),
  ];
}

function restoredDatabases(accountId: string, region: string, { databases, subnets }: RestoreScope): object[] {
  const rds = (resource: string): string => `arn:aws:rds:${region}:${accountId}:${resource}`;
  // Looked for whether or not the region has databases: the sweep lists all instances.
  const listed = { Effect: "Allow", Action: ["rds:DescribeDBInstances"], Resource: rds("db:*") };
  if (databases.length === 0) return [listed];
  return [
    listed,
    // Names no instance: it lists the backups of all (service authorization reference, Amazon RDS).
    { Effect: "Allow", Action: ["rds:DescribeDBInstanceAutomatedBackups"], Resource: rds("auto-backup:*") },
    {
      Effect: "Allow",
      Action: ["rds:RestoreDBInstanceToPointInTime"],
      Resource: [
        rds("db:restore-test-*"),
        rds("auto-backup:*"),
        rds(`subgrp:${subnets.databaseSubnets}`),
        rds("og:default*"),
        ...databases.map((identifier) => rds(`pg:${identifier}`)),
      ],
    },
    {
      Effect: "Allow",
      Action: ["rds:AddTagsToResource", "rds:DeleteDBInstance"],
      Resource: rds("db:restore-test-*"),
    },
  ];
}

function restoredCaches(accountId: string, region: string, { caches, subnets, reads }: RestoreScope): object[] {
  const elasticache = (resource: string): string => `arn:aws:elasticache:${region}:${accountId}:${resource}`;
  const listed = {
    Effect: "Allow",
    Action: ["elasticache:DescribeReplicationGroups"],
    Resource: elasticache("replicationgroup:*"),
  };
  if (caches.length === 0) return [listed];
  return [
    listed,
    {
      Effect: "Allow",
      Action: ["elasticache:CreateReplicationGroup"],
      Resource: [
        elasticache("replicationgroup:restore-test-*"),
        elasticache("cluster:restore-test-*"),
        elasticache(`subnetgroup:${subnets.cacheSubnets}`),
        ...caches.flatMap((name) => [elasticache(`parametergroup:${name}`), elasticache(`usergroup:${name}`)]),
        ...(reads === "snapshots" ? [elasticache("snapshot:*")] : []),
      ],
    },
    {
      Effect: "Allow",
      Action: ["elasticache:AddTagsToResource", "elasticache:DeleteReplicationGroup"],
      Resource: [elasticache("replicationgroup:restore-test-*"), elasticache("cluster:restore-test-*")],
    },
    ...(reads === "snapshots"
      ? [{ Effect: "Allow", Action: ["elasticache:DescribeSnapshots"], Resource: elasticache("snapshot:*") }]
      : []),
  ];
}

const readCopies = ({ backups, key, site }: DataStack): object[] => [
  { Effect: "Allow", Action: ["s3:GetObject"], Resource: `${backups.arn}/caches/*` },
  {
    Effect: "Allow",
    Action: ["s3:ListBucket"],
    Resource: backups.arn,
    Condition: { StringLike: { "s3:prefix": ["caches/*"] } },
  },
  {
    Effect: "Allow",
    Action: ["kms:Decrypt"],
    Resource: key.arn,
    Condition: { StringEquals: { "kms:ViaService": `s3.${site.region.name}.amazonaws.com` } },
  },
];
