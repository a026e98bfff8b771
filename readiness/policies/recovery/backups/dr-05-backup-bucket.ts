import { atLeast, equals, holds, oneOf } from "../../../policy/comparison";
import { change, remove, resource, set } from "../../../policy/mutation";
import { mustProtectData } from "../../../policy-terms/scope";
import { policy } from "../../../policy/policy";
import { fail, notApplicable } from "../../../policy/verdict";

const ofData = (type: string) => resource(type, (_, __, stack) => stack.startsWith("data-"));
const locks = ofData("aws_s3_bucket_object_lock_configuration");
/** Restore tests run weekly (DR-03): what was deleted is noticed within that time, and has to be there still. */
const RESTORE_TEST_DAYS = 7;

export default policy({
  id: "DR-05",
  severity: "error",
  proves: ["CA-10", "CA-23", "CA-28", "FL-21"],
  title: "Backups are in a bucket that is versioned, locked, encrypted and private",
  because: "an attacker who controls the cluster deletes the backups first",
  remedy: "keep the backups in the PrivateBucket construct with objectLockDays, and protectData on",
  equivalents: ["checkov CKV_AWS_21", "checkov CKV_AWS_143", "checkov CKV2_AWS_6"],
  subjects: (platform) =>
    platform.buckets.filter(({ resource: bucket }) =>
      platform.backups.some(({ locations }) => locations.some((location) => location.bucket === bucket)),
    ),
  whenAbsent: () => fail({ expected: "a bucket of backups in each region", actual: "none is known" }),
  check: (bucket, platform) => [
    holds(bucket.versioning, "versions of each object", bucket.versioning ? "Enabled" : "not enabled"),
    equals("aws:kms", bucket.encryption ?? "S3's default, AES256", "encryption"),
    holds(
      bucket.publicAccessBlocked,
      "public access blocked in all four ways",
      bucket.publicAccessBlocked ? "blocked" : "not blocked",
    ),
    ...(mustProtectData(platform)
      ? [
          oneOf(["GOVERNANCE", "COMPLIANCE"], bucket.objectLock?.mode ?? "none", "object lock"),
          atLeast(
            Math.min(RESTORE_TEST_DAYS, platform.environment.backups.retentionDays),
            bucket.objectLock?.days ?? 0,
            "days that no version can be deleted: until the next restore test",
          ),
        ]
      : [notApplicable("the emulated environment is thrown away")]),
  ],
  mutants: [
    remove("no versions", ofData("aws_s3_bucket_versioning")),
    change(
      "versions suspended",
      ofData("aws_s3_bucket_versioning"),
      set("versioning_configuration.status", "Suspended"),
    ),
    remove("no lock", locks),
    change("a lock of a day", locks, set("rule.default_retention.days", 1)),
    remove("S3's own key", ofData("aws_s3_bucket_server_side_encryption_configuration")),
    remove("public access not blocked", ofData("aws_s3_bucket_public_access_block")),
    change(
      "public policies allowed",
      ofData("aws_s3_bucket_public_access_block"),
      set("restrict_public_buckets", false),
    ),
  ],
  boundary: {
    holds: change("locked for a day more", locks, set("rule.default_retention.days", 8)),
    breaks: change("locked for a day less", locks, set("rule.default_retention.days", 6)),
  },
});
