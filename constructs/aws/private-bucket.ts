import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketObjectLockConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { type Environment, isEmulated } from "../../config/environment";
import { type Declaration, Guarded } from "../guarded";
import { logicalPrefix, protect } from "./encryption-key";

export interface PrivateBucketProps {
  /** Name, unique in the whole of AWS, 3 to 63 characters. */
  readonly bucketName: string;
  readonly environment: Environment;
  /** @default S3's own key - only for what a service writes that cannot use ours */
  readonly keyArn?: string;
  /** Days that a replaced or deleted version can still be had back. */
  readonly noncurrentDays: number;
  /** Days after which an object is removed. @default none - objects stay */
  readonly expirationDays?: number;
  /** Days in which no version can be deleted, by anyone without the right to bypass governance. @default none - no lock */
  readonly objectLockDays?: number;
  /** Who else may do what, given the bucket's ARN. @default none - IAM of the account decides */
  readonly statements?: (bucketArn: string) => readonly Record<string, unknown>[];
  /** @default the stack's */
  readonly provider?: TerraformProvider;
  readonly declaration?: Declaration;
}

/** An S3 bucket that is private to the account: versioned, encrypted, TLS only, with a lifecycle. */
export class PrivateBucket extends Guarded {
  static readonly guardedBy = ["SC-17", "SC-30", "DR-05", "DR-10", "CO-04"] as const;

  readonly arn: string;
  readonly bucketName: string;
  /** Depend on it before the first object is written: the policy, the key and the versions are in force then. */
  readonly ready: readonly [S3BucketPolicy, S3BucketServerSideEncryptionConfigurationA, S3BucketVersioningA];

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id, props.declaration);
    const provider = props.provider ? { provider: props.provider } : {};
    const bucket = new S3Bucket(this, "bucket", {
      bucket: props.bucketName,
      forceDestroy: isEmulated(props.environment),
      objectLockEnabled: props.objectLockDays !== undefined,
      ...provider,
    });
    protect(bucket, `${logicalPrefix(this)}_bucket`, props.environment);
    this.arn = bucket.arn;
    this.bucketName = bucket.bucket;
    const block = new S3BucketPublicAccessBlock(this, "public-access", {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
      ...provider,
    });
    new S3BucketOwnershipControls(this, "ownership", {
      bucket: bucket.id,
      rule: { objectOwnership: "BucketOwnerEnforced" },
      ...provider,
    });
    const encryption = new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket: bucket.id,
      rule: [
        props.keyArn === undefined
          ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
          : {
              bucketKeyEnabled: true,
              applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: props.keyArn },
            },
      ],
      ...provider,
    });
    const versioning = new S3BucketVersioningA(this, "versioning", {
      bucket: bucket.id,
      versioningConfiguration: { status: "Enabled" },
      ...provider,
    });
    const policy = new S3BucketPolicy(this, "policy", {
      bucket: bucket.id,
      dependsOn: [block],
      ...provider,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [encryptedTransportOnly(bucket.arn), ...(props.statements?.(bucket.arn) ?? [])],
      }),
    });
    this.addRetention(bucket, versioning, props);
    this.ready = [policy, encryption, versioning];
  }

  private addRetention(bucket: S3Bucket, versioning: S3BucketVersioningA, props: PrivateBucketProps): void {
    const provider = props.provider ? { provider: props.provider } : {};
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket: bucket.id,
      dependsOn: [versioning],
      ...provider,
      rule: [
        {
          id: "retention",
          status: "Enabled",
          filter: [{ prefix: "" }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
          noncurrentVersionExpiration: [{ noncurrentDays: props.noncurrentDays }],
          ...(props.expirationDays === undefined ? {} : { expiration: [{ days: props.expirationDays }] }),
        },
      ],
    });
    if (props.objectLockDays !== undefined)
      new S3BucketObjectLockConfigurationA(this, "object-lock", {
        bucket: bucket.id,
        dependsOn: [versioning],
        rule: { defaultRetention: { mode: "GOVERNANCE", days: props.objectLockDays } },
        ...provider,
      });
  }
}

function encryptedTransportOnly(bucketArn: string): Record<string, unknown> {
  return {
    Sid: "EncryptedTransportOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
