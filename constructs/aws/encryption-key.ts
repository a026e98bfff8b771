import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { KmsReplicaKey } from "@cdktf/provider-aws/lib/kms-replica-key";
import type { TerraformProvider, TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import type { Environment } from "../../config/environment";
import { type Declaration, Guarded } from "../guarded";

export interface EncryptionKeyProps {
  /** Alias without `alias/`, unique in the account and region. */
  readonly name: string;
  readonly description: string;
  readonly environment: Environment;
  /** AWS services that encrypt with the key on their own behalf, for example `logs.eu-west-1.amazonaws.com`. @default none - callers use it through IAM */
  readonly servicePrincipals?: readonly string[];
  /** Further regions that decrypt the same ciphertext, each with the provider of that region. @default none - a key of one region */
  readonly replicas?: readonly { readonly region: string; readonly provider: TerraformProvider }[];
  /** Provider of the key's own region. @default the stack's - most keys lie where their stack does */
  readonly provider?: TerraformProvider;
  readonly declaration?: Declaration;
}

/** Longest window that KMS allows to notice a deletion and cancel it, in days. */
const deletionWindowInDays = 30;

/** A KMS key: rotated each year, usable by the account and the named services only, with an alias and optional replicas. */
export class EncryptionKey extends Guarded {
  static readonly guardedBy = ["SC-02", "SC-11", "SC-17", "SC-22", "SC-27", "SC-30", "DR-10", "MR-06"] as const;

  readonly arn: string;
  readonly keyId: string;
  /** ARNs of the replicas by region. */
  readonly replicaArns: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id, props.declaration);
    const policy = keyPolicy(props.environment.accountId, props.servicePrincipals ?? []);
    const provider = props.provider ? { provider: props.provider } : {};
    const key = new KmsKey(this, "key", {
      description: props.description,
      enableKeyRotation: true,
      deletionWindowInDays,
      multiRegion: (props.replicas ?? []).length > 0,
      policy,
      ...provider,
    });
    protect(key, `${logicalPrefix(this)}_key`, props.environment);
    new KmsAlias(this, "alias", { name: `alias/${props.name}`, targetKeyId: key.keyId, ...provider });
    this.arn = key.arn;
    this.keyId = key.keyId;
    this.replicaArns = Object.fromEntries(
      (props.replicas ?? []).map((replica) => [replica.region, this.addReplica(key, policy, props, replica)]),
    );
  }

  private addReplica(
    key: KmsKey,
    policy: string,
    props: EncryptionKeyProps,
    replica: { region: string; provider: TerraformProvider },
  ): string {
    const copy = new KmsReplicaKey(this, `replica-${replica.region}`, {
      description: `${props.description}, replica`,
      primaryKeyArn: key.arn,
      deletionWindowInDays,
      policy,
      provider: replica.provider,
    });
    protect(copy, `${logicalPrefix(this)}_replica_${replica.region}`, props.environment);
    new KmsAlias(this, `replica-${replica.region}-alias`, {
      name: `alias/${props.name}`,
      targetKeyId: copy.keyId,
      provider: replica.provider,
    });
    return copy.arn;
  }
}

/** Gives what cannot be made again a fixed address, and refuses its destruction where data is protected. */
export function protect(resource: TerraformResource, logicalId: string, environment: Environment): void {
  resource.overrideLogicalId(logicalId.replaceAll("-", "_"));
  if (environment.protectData) resource.lifecycle = { preventDestroy: true };
}

/** Path of a construct inside its stack: unique there, and independent of cdktf's own naming. */
export function logicalPrefix(construct: Construct): string {
  return construct.node.path.split("/").slice(1).join("_");
}

function keyPolicy(accountId: string, servicePrincipals: readonly string[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        // The one wildcard: KMS looks at IAM policies only when the key policy gives the account everything, and a key
        // whose policy names no principal able to change it is lost. It names no person: IAM decides who.
        Sid: "IamDecidesWithinTheAccount",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      ...servicePrincipals.map((service) => ({
        Sid: `Service${service.replaceAll(/[^a-z0-9]/g, "")}`,
        Effect: "Allow",
        Principal: { Service: service },
        Action: [
          "kms:Decrypt",
          "kms:DescribeKey",
          "kms:Encrypt",
          "kms:GenerateDataKey",
          "kms:GenerateDataKeyWithoutPlaintext",
          "kms:ReEncryptFrom",
          "kms:ReEncryptTo",
        ],
        Resource: "*",
        Condition: onlyForThisAccount(service, accountId),
      })),
    ],
  });
}

/** CloudWatch Logs identifies its caller by encryption context, the other services by source account. */
function onlyForThisAccount(service: string, accountId: string): Record<string, Record<string, string>> {
  return service.startsWith("logs.")
    ? { ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${service.split(".")[1]}:${accountId}:*` } }
    : { StringEquals: { "aws:SourceAccount": accountId } };
}
