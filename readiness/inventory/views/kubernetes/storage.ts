import { itemOf } from "../../reading";
import type { Block, Resource } from "../../resource";
import type { State } from "../../state";
import type { Bucket } from "../../facts/aws/buckets";
import type { Key } from "../../facts/aws/keys";
import type { Repository } from "../../facts/aws/repositories";
import type { Secret } from "../../facts/aws/secrets";

export function bucketsOf(state: State): readonly Bucket[] {
  return state.ofType("aws_s3_bucket").map((resource) =>
    itemOf(resource, `bucket ${resource.expanded("bucket") ?? resource.name}`, (read) => {
      const part = (type: string): Resource | undefined =>
        state.referrers(resource).find((one) => one.type === type && one.resource("bucket") === resource);
      const encryption = part("aws_s3_bucket_server_side_encryption_configuration")?.block(
        "rule.apply_server_side_encryption_by_default",
      );
      const blocked = part("aws_s3_bucket_public_access_block");
      const lock = part("aws_s3_bucket_object_lock_configuration");
      return {
        name: read.text("bucket"),
        region: resource.region,
        preventDestroy: resource.preventsDestroy,
        versioning: part("aws_s3_bucket_versioning")?.text("versioning_configuration.status") === "Enabled",
        encryption: encryption?.text("sse_algorithm"),
        key: encryption?.reference("kms_master_key_id"),
        publicAccessBlocked: [
          "block_public_acls",
          "block_public_policy",
          "ignore_public_acls",
          "restrict_public_buckets",
        ].every((name) => blocked?.flag(name) === true),
        objectLock: lock || read.flag("object_lock_enabled") ? lockOf(lock) : undefined,
        lifecycleRules: (part("aws_s3_bucket_lifecycle_configuration")?.blocks("rule") ?? []).map(lifecycleRule),
        replication: (part("aws_s3_bucket_replication_configuration")?.blocks("rule") ?? []).map((rule) => ({
          destination: rule.resource("destination.bucket"),
          enabled: rule.text("status") === "Enabled",
        })),
      };
    }),
  );
}

/** Days of the default retention; a rule in years counts 365 days each. */
function lockOf(lock: Resource | undefined): NonNullable<Bucket["objectLock"]> {
  const years = lock?.number("rule.default_retention.years");
  return {
    mode: lock?.text("rule.default_retention.mode"),
    days: lock?.number("rule.default_retention.days") ?? (years === undefined ? undefined : years * 365),
  };
}

function lifecycleRule(rule: Block): Bucket["lifecycleRules"][number] {
  return {
    id: rule.text("id"),
    enabled: rule.text("status") === "Enabled",
    expirationDays: rule.number("expiration.days"),
    expires: rule.blocks("expiration").some((block) => block.has("days") || block.has("date")),
    noncurrentDays: rule.number("noncurrent_version_expiration.noncurrent_days"),
    abortUploadDays: rule.number("abort_incomplete_multipart_upload.days_after_initiation"),
    transitions: rule.blocks("transition").flatMap((transition) => transition.text("storage_class") ?? []),
  };
}

export function keysOf(state: State): readonly Key[] {
  return state.ofType("aws_kms_key", "aws_kms_replica_key").map((resource) =>
    itemOf(resource, `key ${resource.text("description") ?? resource.name}`, (read) => {
      const replicaOf = resource.type === "aws_kms_replica_key" ? read.resource("primary_key_arn") : undefined;
      const around = state.referrers(resource);
      return {
        region: resource.region,
        replicaOf,
        deletionWindowDays: read.number("deletion_window_in_days") ?? 30,
        // Rotation of a replica follows its primary.
        rotation: (replicaOf ?? resource).flag("enable_key_rotation") === true,
        multiRegion: replicaOf !== undefined || read.flag("multi_region") === true,
        replicas: around
          .filter((one) => one.type === "aws_kms_replica_key")
          .map((one) => ({ resource: one, region: one.region })),
        aliases: around.filter((one) => one.type === "aws_kms_alias").flatMap((one) => one.expanded("name") ?? []),
      };
    }),
  );
}

export function secretsOf(state: State): readonly Secret[] {
  return state.ofType("aws_secretsmanager_secret").map((resource) =>
    itemOf(resource, `secret ${resource.expanded("name") ?? resource.name}`, (read) => {
      const around = state.referrers(resource);
      const rotation = around.find((one) => one.type === "aws_secretsmanager_secret_rotation");
      return {
        name: read.text("name"),
        region: resource.region,
        key: read.reference("kms_key_id"),
        replicas: read
          .blocks("replica")
          .map((replica) => ({ region: replica.text("region"), key: replica.reference("kms_key_id") })),
        rotation: rotation && {
          resource: rotation,
          days: rotation.number("rotation_rules.automatically_after_days"),
          schedule: rotation.text("rotation_rules.schedule_expression"),
          immediately: rotation.flag("rotate_immediately") ?? true,
          rotator: rotation.resource("rotation_lambda_arn"),
        },
        tags: read.map("tags"),
        recoveryWindowDays: read.number("recovery_window_in_days") ?? 30,
        versions: around.filter((one) => one.type === "aws_secretsmanager_secret_version"),
      };
    }),
  );
}

export function repositoriesOf(state: State): readonly Repository[] {
  return state.ofType("aws_ecr_repository").map((resource) =>
    itemOf(resource, `repository ${resource.text("name") ?? resource.name}`, (read) => {
      const name = read.text("name");
      return {
        name,
        region: resource.region,
        immutableTags: (read.text("image_tag_mutability") ?? "MUTABLE").startsWith("IMMUTABLE"),
        scansOnPush:
          read.flag("image_scanning_configuration.scan_on_push") === true || scannedByRegistry(state, resource),
        encryption: read.text("encryption_configuration.encryption_type") ?? "AES256",
        hasLifecycle: state.referrers(resource).some((one) => one.type === "aws_ecr_lifecycle_policy"),
        replicatedTo: replicatedTo(state, resource, name),
      };
    }),
  );
}

function scannedByRegistry(state: State, repository: Resource): boolean {
  return state
    .ofType("aws_ecr_registry_scanning_configuration")
    .some(
      (registry) =>
        registry.region === repository.region &&
        registry
          .blocks("rule")
          .some((rule) => rule.text("scan_frequency") !== "MANUAL" && rule.text("repository_filter.filter") === "*"),
    );
}

/** A rule without a filter takes every repository; a filter is a prefix of the name. */
function replicatedTo(state: State, repository: Resource, name: string | undefined): readonly string[] {
  const rules = state
    .ofType("aws_ecr_replication_configuration")
    .filter((registry) => registry.region === repository.region)
    .flatMap((registry) => registry.blocks("replication_configuration.rule"));
  const regions = rules
    .filter((rule) => {
      const filters = rule.blocks("repository_filter").flatMap((filter) => filter.text("filter") ?? []);
      return filters.length === 0 || (name !== undefined && filters.some((filter) => name.startsWith(filter)));
    })
    .flatMap((rule) => rule.blocks("destination").flatMap((destination) => destination.text("region") ?? []));
  return [...new Set(regions)].sort();
}
