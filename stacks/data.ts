import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy";
import { EcrReplicationConfiguration } from "@cdktf/provider-aws/lib/ecr-replication-configuration";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import type { Construct } from "constructs";
import type { Application } from "../config/application/schema";
import { declaredIn, type LoadedApplication } from "../config/application/load";
import { EncryptionKey, protect } from "../constructs/aws/encryption-key";
import { PlatformStack } from "../constructs/aws/platform-stack";
import { PrivateBucket } from "../constructs/aws/private-bucket";
import { declare } from "../constructs/guarded";
import type { Site } from "../config/site";

/** Name of a secret in Secrets Manager: the part after the slash tells the application and the key. */
export const secretName = (site: Site, application: string, key: string): string =>
  `${site.environment.organisation}/${site.environment.name}/${application}/${key}`;

/** What outlives clusters in one region: its key, the bucket of backups, the image repositories and the secrets. */
export class DataStack extends PlatformStack {
  static override readonly guardedBy = ["DR-04", "DR-05", "DR-06", "DR-10", "SU-03", "SU-06", "MR-06", "SC-17"] as const;

  readonly key: EncryptionKey;
  readonly backups: PrivateBucket;

  constructor(scope: Construct, readonly site: Site, applications: readonly LoadedApplication[], readonly standby?: DataStack) {
    const { environment, region, role } = site;
    super(scope, `data-${region.name}`, { environment, layer: "data", region: region.name, role });
    this.key = new EncryptionKey(this, "key", { name: `${site.prefix}-data`, description: `Backups, images and secrets of ${site.prefix}`, environment });
    this.backups = new PrivateBucket(this, "backups", {
      bucketName: `${site.prefix}-backups-${environment.accountId}`, keyArn: this.key.arn, environment, noncurrentDays: 7,
      // Velero removes what is older than its time to live; what it deletes stays as a version that the lock protects.
      expirationDays: environment.backups.retentionDays + 5,
      ...(environment.protectData ? { objectLockDays: Math.min(environment.backups.retentionDays, 7) } : {}),
    });
    this.addRepositories(applications.map((loaded) => loaded.application));
    if (standby) {
      this.addReplication(standby);
      this.addSecrets(applications, standby);
    }
  }

  private addRepositories(applications: readonly Application[]): void {
    const names = new Set(applications.flatMap((application) => Object.values(application.components).map((component) => component.image.replace(/:.*$/, ""))));
    for (const name of [...names].sort()) {
      const repository = new EcrRepository(this, `images-${name}`, {
        name: `${this.site.environment.organisation}/${name}`, imageTagMutability: "IMMUTABLE", forceDelete: !this.site.environment.protectData,
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfiguration: [{ encryptionType: "KMS", kmsKey: this.key.arn }],
      });
      new EcrLifecyclePolicy(this, `images-${name}-lifecycle`, {
        repository: repository.name,
        policy: JSON.stringify({
          rules: [{
            rulePriority: 1, description: "Untagged images are left over from rebuilt tags",
            selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 }, action: { type: "expire" },
          }],
        }),
      });
    }
  }

  private addReplication(standby: DataStack): void {
    new EcrReplicationConfiguration(this, "image-replication", {
      replicationConfiguration: {
        rule: [{
          destination: [{ region: standby.site.region.name, registryId: this.site.environment.accountId }],
          repositoryFilter: [{ filter: `${this.site.environment.organisation}/`, filterType: "PREFIX_MATCH" }],
        }],
      },
    });
  }

  private addSecrets(applications: readonly LoadedApplication[], standby: DataStack): void {
    this.addSecret("velero", "REPOSITORY_PASSWORD", "Encrypts the backup repositories of both regions: lost, the volumes' backups are lost", standby);
    for (const loaded of applications)
      for (const [name, secret] of Object.entries(loaded.application.secrets ?? {}))
        declare(this.addSecret(loaded.application.name, name, secret.description, standby), declaredIn(loaded, `secrets.${name}`));
  }

  private addSecret(owner: string, name: string, description: string, standby: DataStack): SecretsmanagerSecret {
    const secret = new SecretsmanagerSecret(this, `secret-${owner}-${name}`, {
      name: secretName(this.site, owner, name), description, kmsKeyId: this.key.arn,
      recoveryWindowInDays: this.site.environment.protectData ? 30 : 0,
      replica: [{ region: standby.site.region.name, kmsKeyId: standby.key.arn }],
    });
    protect(secret, `secret_${owner}_${name}`, this.site.environment);
    return secret;
  }
}
