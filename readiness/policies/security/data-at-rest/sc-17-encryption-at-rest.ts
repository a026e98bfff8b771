import { change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import type { Item } from "../../../inventory/item";
import type { Platform } from "../../../inventory/platform";

const stored = (platform: Platform): readonly Item[] => [
  ...platform.buckets,
  ...platform.launchTemplates,
  ...platform.repositories,
  ...platform.secrets,
  ...platform.storageClasses,
  ...logGroups(platform),
];

export default policy({
  id: "SC-17",
  severity: "error",
  proves: ["CA-23", "CA-28"],
  title: "Data at rest is encrypted: volumes, buckets, images, secrets, logs",
  because: "a disk, a snapshot or a bucket that leaves the account takes its content along",
  remedy: "give the resource a KMS key: the EncryptionKey and PrivateBucket constructs do",
  equivalents: [
    "checkov CKV_AWS_19",
    "checkov CKV_AWS_136",
    "checkov CKV_AWS_149",
    "checkov CKV_AWS_158",
    "checkov CKV_AWS_3",
  ],
  subjects: stored,
  check: (item, platform): Verdict => {
    const found = encryptionOf(item, platform);
    return found.encrypted ? pass(found.how) : fail({ expected: "encrypted at rest", actual: found.how });
  },
  mutants: [
    remove("buckets without encryption", resource("aws_s3_bucket_server_side_encryption_configuration")),
    change(
      "node disks in the clear",
      resource("aws_launch_template"),
      set("block_device_mappings.ebs.encrypted", "false"),
    ),
    change("volumes in the clear", resource("kubernetes_storage_class_v1"), set("parameters.encrypted", "false")),
    change("logs with AWS's own key", resource("aws_cloudwatch_log_group"), unset("kms_key_id")),
    change("secrets with AWS's own key", resource("aws_secretsmanager_secret"), unset("kms_key_id")),
    change("images with AWS's own key", resource("aws_ecr_repository"), unset("encryption_configuration")),
  ],
  boundary: {
    holds: change(
      "bucket keys off",
      resource("aws_s3_bucket_server_side_encryption_configuration"),
      set("rule.bucket_key_enabled", false),
    ),
    breaks: change(
      "S3's own key",
      resource("aws_s3_bucket_server_side_encryption_configuration"),
      set("rule.apply_server_side_encryption_by_default.sse_algorithm", "AES256"),
    ),
  },
});

const logGroups = (platform: Platform): readonly Item[] =>
  platform.ofType("aws_cloudwatch_log_group").map((resource) => ({ ...subjectOf(resource), resource, unknowns: [] }));

const subjectOf = ({ stack, address, constructPath, label }: Item["resource"]) => ({
  stack,
  address,
  constructPath,
  label,
});

/** A load balancer delivers to no bucket with a key of ours: NW-22 holds it to S3's. */
const takesAccessLogs = ({ resource }: Item, platform: Platform): boolean =>
  platform.loadBalancers.some((one) => one.resource.resource("access_logs.bucket") === resource);

function encryptionOf(item: Item, platform: Platform): { encrypted: boolean; how: string } {
  const bucket = platform.buckets.find((candidate) => candidate === item);
  if (bucket)
    return {
      encrypted:
        bucket.encryption === "aws:kms" || (bucket.encryption === "AES256" && takesAccessLogs(bucket, platform)),
      how: bucket.encryption ?? "S3's default, AES256",
    };
  const template = platform.launchTemplates.find((candidate) => candidate === item);
  if (template) {
    const open = template.volumes.filter((volume) => volume.encrypted !== true);
    return {
      encrypted: template.volumes.length > 0 && open.length === 0,
      how:
        template.volumes.length === 0
          ? "no volume stated"
          : open.map((volume) => `${volume.device} is not`).join(", ") || "all volumes",
    };
  }
  const repository = platform.repositories.find((candidate) => candidate === item);
  if (repository)
    return { encrypted: repository.encryption === "KMS", how: repository.encryption ?? "ECR's default, AES256" };
  const storageClass = platform.storageClasses.find((candidate) => candidate === item);
  if (storageClass)
    return {
      encrypted: storageClass.parameters["encrypted"] === "true",
      how: `parameter encrypted: ${storageClass.parameters["encrypted"] ?? "not set"}`,
    };
  return { encrypted: item.resource.has("kms_key_id"), how: item.resource.expanded("kms_key_id") ?? "no key" };
}
