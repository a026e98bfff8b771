import type { ChartManifests } from "../model/definition";
import type { IamStatement } from "../model/iam-statement";
import type { PlatformFacts } from "../model/platform-facts";
import { restorePlacement } from "./restore-placement";
import { restoreTestGuard } from "./restore-test";

/**
 * Secret that Velero 1.18.1 encrypts its backup repositories with (pkg/repository/keys/keys.go). If it is missing when the
 * server starts, Velero creates it with a publicly known password, and repositories keep the one that they began with. The
 * server therefore mounts it: the kubelet starts no container before the Secret exists, however long its value takes.
 */
export const repositoryPasswordSecret = {
  namespace: "velero",
  name: "velero-repo-credentials",
  key: "repository-password",
} as const;

/** Reads and writes backups in both regions' buckets. Source: velero-io/velero-plugin-for-aws README, read 2026-11-21. */
export const permissions = ({ backups: { ownRegion, otherRegion } }: PlatformFacts): IamStatement[] => {
  const stores = [ownRegion, otherRegion];
  return [
    {
      Effect: "Allow",
      Action: [
        "s3:GetObject",
        "s3:DeleteObject",
        "s3:PutObject",
        "s3:PutObjectTagging",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
      ],
      Resource: stores.map(({ bucketArn }) => `${bucketArn}/*`),
    },
    {
      Effect: "Allow",
      Action: ["s3:ListBucket", "s3:GetBucketLocation"],
      Resource: stores.map(({ bucketArn }) => bucketArn),
    },
    {
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: stores.map(({ keyArn }) => keyArn),
      Condition: { StringLike: { "kms:ViaService": "s3.*.amazonaws.com" } },
    },
  ];
};

/** The same repository password in both regions, the placement of restore pods, and what tests of restores may do. */
export const beforeServer = ({ secretStore, secretName }: PlatformFacts): ChartManifests => ({
  name: "repository-password",
  objects: [
    ...restorePlacement(repositoryPasswordSecret.namespace),
    ...restoreTestGuard(repositoryPasswordSecret.namespace),
    {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: { name: repositoryPasswordSecret.name, namespace: repositoryPasswordSecret.namespace },
      spec: {
        refreshInterval: "1h",
        secretStoreRef: { kind: "ClusterSecretStore", name: secretStore },
        target: { name: repositoryPasswordSecret.name, creationPolicy: "Owner", deletionPolicy: "Retain" },
        data: [
          {
            secretKey: repositoryPasswordSecret.key,
            remoteRef: { key: secretName("velero", "REPOSITORY_PASSWORD") },
          },
        ],
      },
    },
  ],
});
