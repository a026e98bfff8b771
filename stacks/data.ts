import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy";
import { EcrReplicationConfiguration } from "@cdktf/provider-aws/lib/ecr-replication-configuration";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import type { Construct } from "constructs";
import { platformCharts } from "../catalog/charts";
import { imageMirror, mirroredImages } from "../catalog/charts/model/image-mirror";
import { tag } from "../contract";
import type { Application } from "../config/application/schema";
import { originOf, rotationDaysOf, type Secret } from "../config/application/parts/secret";
import { declaredIn, type LoadedApplication } from "../config/application/load";
import { EncryptionKey, protect } from "../constructs/aws/encryption-key";
import { PlatformStack } from "../constructs/aws/platform-stack";
import { PrivateBucket } from "../constructs/aws/private-bucket";
import { SecretRotation } from "../constructs/aws/functions/secret-rotation";
import { declare } from "../constructs/guarded";
import { configured, type Site } from "../config/site";
import { escalationOf } from "../config/notifications";

/** What the names of all secrets of an environment begin with. */
const secretPrefix = ({ environment }: Site): string => `${environment.organisation}/${environment.name}/`;

/** Name of a secret in Secrets Manager: the part after the slash names the application and the key. */
export const secretName = (site: Site, application: string, key: string): string =>
  `${secretPrefix(site)}${application}/${key}`;

const ROTATION_DAYS = 90;
/** Tags of a password that the platform generates. */
const generated = {
  [tag.secretOrigin]: "generated",
  [tag.rotationDays]: String(ROTATION_DAYS),
  [tag.secretLength]: "32",
  [tag.secretCharacters]: "letters-and-digits",
};
/** Tags of a secret that is entered once and kept: what it encrypts is lost with it. */
const permanent = { [tag.secretOrigin]: "permanent" };

/**
 * What is to become of a secret's value, for the functions that make values and for policy SC-14. `connection` names the
 * store whose user and password it holds: the stores' own rotation function (stacks/stores/rotation.ts) writes them.
 */
function lifeOf(secret: Secret): Record<string, string> {
  const origin = secret.identifier === true ? "identifier" : originOf(secret);
  const days = rotationDaysOf(secret);
  return {
    [tag.secretOrigin]: origin,
    ...(days === undefined ? {} : { [tag.rotationDays]: String(days) }),
    ...(secret.generate
      ? { [tag.secretLength]: String(secret.generate.length), [tag.secretCharacters]: secret.generate.characters }
      : {}),
    ...(secret.connection === undefined ? {} : { [tag.secretStore]: secret.connection }),
  };
}

/** What outlives clusters in one region: its key, the bucket of backups, the image repositories and the secrets. */
export class DataStack extends PlatformStack {
  static override readonly guardedBy = [
    "DR-04",
    "DR-05",
    "DR-06",
    "DR-10",
    "DR-14",
    "SU-03",
    "SU-06",
    "MR-06",
    "SC-14",
    "SC-17",
  ] as const;

  readonly key: EncryptionKey;
  readonly backups: PrivateBucket;
  /** Topic of the function that rotates secrets; undefined in the standby. */
  rotationTopicArn: string | undefined;
  private readonly secrets = new Map<string, SecretsmanagerSecret>();

  constructor(
    scope: Construct,
    readonly site: Site,
    applications: readonly LoadedApplication[],
    readonly standby?: DataStack,
  ) {
    const { environment, region, role } = site;
    super(scope, `data-${region.name}`, { environment, layer: "data", region: region.name, role });
    this.key = new EncryptionKey(this, "key", {
      name: `${site.prefix}-data`,
      description: `Backups, images and secrets of ${site.prefix}`,
      environment,
      ...(standby ? { servicePrincipals: [`logs.${region.name}.amazonaws.com`, "cloudwatch.amazonaws.com"] } : {}),
    });
    this.backups = new PrivateBucket(this, "backups", {
      bucketName: `${site.prefix}-backups-${environment.accountId}`,
      keyArn: this.key.arn,
      environment,
      // No expiration of current objects: later backups share the packs and the `kopia.repository` object of earlier ones.
      // Velero deletes what no backup needs any more; what it deletes stays as a noncurrent version that the lock protects.
      noncurrentDays: 7,
      ...(environment.protectData ? { objectLockDays: Math.min(environment.backups.retentionDays, 7) } : {}),
    });
    this.addRepositories(applications.map((loaded) => loaded.application));
    if (standby) {
      this.addReplication(standby);
      this.addSecrets(applications, standby);
    }
  }

  /** @throws for a secret that the application does not declare, and in the standby, which has replicas */
  secretOf(application: string, key: string): SecretsmanagerSecret {
    const secret = this.secrets.get(`${application}/${key}`);
    if (!secret) throw new Error(`${this.node.id} has no secret ${key} of ${application}`);
    return secret;
  }

  private addRepositories(applications: readonly Application[]): void {
    const { accountId, organisation } = this.site.environment;
    const { prefix } = imageMirror(accountId, this.site.region.name, organisation);
    const names = new Set([
      ...applications
        .flatMap(({ components, jobs }) => [...Object.values(components), ...Object.values(jobs ?? {})])
        .map(({ image }) => `${organisation}/${image.replace(/:.*$/, "")}`),
      ...platformCharts
        .flatMap(({ lock }) => mirroredImages(lock.rendered?.images ?? []))
        .map((image) => `${prefix}/${image.name}`),
    ]);
    for (const name of [...names].sort()) {
      const id = `images-${name.slice(organisation.length + 1)}`;
      const repository = new EcrRepository(this, id, {
        name,
        imageTagMutability: "IMMUTABLE",
        forceDelete: !this.site.environment.protectData,
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfiguration: [{ encryptionType: "KMS", kmsKey: this.key.arn }],
      });
      new EcrLifecyclePolicy(this, `${id}-lifecycle`, {
        repository: repository.name,
        policy: JSON.stringify({
          rules: [
            {
              rulePriority: 1,
              description: "Untagged images are left over from rebuilt tags",
              selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 },
              action: { type: "expire" },
            },
          ],
        }),
      });
    }
  }

  private addReplication(standby: DataStack): void {
    new EcrReplicationConfiguration(this, "image-replication", {
      replicationConfiguration: {
        rule: [
          {
            destination: [{ region: standby.site.region.name, registryId: this.site.environment.accountId }],
            repositoryFilter: [{ filter: `${this.site.environment.organisation}/`, filterType: "PREFIX_MATCH" }],
          },
        ],
      },
    });
  }

  private addSecrets(applications: readonly LoadedApplication[], standby: DataStack): void {
    const { environment, region } = this.site;
    const rotation = new SecretRotation(this, "secret-rotation", {
      environment,
      region: region.name,
      keyArn: this.key.arn,
      replica: { region: standby.site.region.name, keyArn: standby.key.arn },
      namePrefix: secretPrefix(this.site),
      receivers: escalationOf(environment),
      declaration: configured(environment, ""),
    });
    this.rotationTopicArn = rotation.topicArn;
    this.addSecret(
      "velero",
      "REPOSITORY_PASSWORD",
      "Encrypts the backup repositories of both regions: lost, the volumes' backups are lost",
      permanent,
      standby,
    );
    this.addSecret(
      "monitoring",
      "ALERTMANAGER_CREDENTIALS",
      "JSON object: one key for each file of credentials that Alertmanager reads",
      { [tag.secretOrigin]: "entered", [tag.rotationDays]: String(ROTATION_DAYS) },
      standby,
    );
    const grafana = this.addSecret(
      "monitoring",
      "GRAFANA_ADMIN_PASSWORD",
      "Administrator of Grafana",
      generated,
      standby,
    );
    rotation.rotate({ id: "secret-monitoring-GRAFANA_ADMIN_PASSWORD", secret: grafana, rotationDays: ROTATION_DAYS });
    for (const loaded of applications)
      for (const [name, declared] of Object.entries(loaded.application.secrets ?? {})) {
        const secret = this.addSecret(loaded.application.name, name, declared.description, lifeOf(declared), standby);
        declare(secret, declaredIn(loaded, `secrets.${name}`));
        const rotationDays = rotationDaysOf(declared);
        if (declared.generate && rotationDays !== undefined)
          rotation.rotate({ id: `secret-${loaded.application.name}-${name}`, secret, rotationDays });
      }
  }

  private addSecret(
    owner: string,
    name: string,
    description: string,
    tags: Record<string, string>,
    standby: DataStack,
  ): SecretsmanagerSecret {
    const secret = new SecretsmanagerSecret(this, `secret-${owner}-${name}`, {
      name: secretName(this.site, owner, name),
      description,
      kmsKeyId: this.key.arn,
      tags,
      recoveryWindowInDays: this.site.environment.protectData ? 30 : 0,
      replica: [{ region: standby.site.region.name, kmsKeyId: standby.key.arn }],
    });
    protect(secret, `secret_${owner}_${name}`, this.site.environment);
    this.secrets.set(`${owner}/${name}`, secret);
    return secret;
  }
}
