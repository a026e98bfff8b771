import type { Site } from "../config/site";
import { type ReplicaKey, replicaStatement } from "../constructs/aws/functions/secret-rotation";
import type { DataStack } from "./data";

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
