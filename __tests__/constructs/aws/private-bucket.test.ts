import { PrivateBucket, type PrivateBucketProps } from "../../../constructs/aws/private-bucket";
import { fixtureEnvironment } from "../../fixtures/platform/environments";
import { Made, statementsOf } from "../empty-stack";

const made = (props: Partial<PrivateBucketProps> = {}) =>
  new Made(
    (stack) =>
      new PrivateBucket(stack, "store", {
        bucketName: "acme-store",
        environment: fixtureEnvironment(),
        noncurrentDays: 30,
        ...props,
      }),
  );

describe("a private bucket", () => {
  it("is closed to the public, versioned, and keeps its objects", () => {
    const bucket = made();
    expect(bucket.only("aws_s3_bucket_public_access_block")).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(bucket.only("aws_s3_bucket_ownership_controls")).toMatchObject({
      rule: { object_ownership: "BucketOwnerEnforced" },
    });
    expect(bucket.only("aws_s3_bucket_versioning")).toMatchObject({ versioning_configuration: { status: "Enabled" } });
    const [rule] = bucket.only("aws_s3_bucket_lifecycle_configuration")["rule"] as readonly object[];
    expect(rule).toMatchObject({ noncurrent_version_expiration: [{ noncurrent_days: 30 }] });
    expect(rule).not.toHaveProperty("expiration");
    expect(bucket.counts).not.toHaveProperty("aws_s3_bucket_object_lock_configuration");
  });

  it("refuses every call without TLS", () =>
    expect(statementsOf(made().only("aws_s3_bucket_policy")["policy"])).toMatchObject([
      { Effect: "Deny", Principal: "*", Action: "s3:*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    ]));

  it("allows what the statements say, of its own ARN", () => {
    const bucket = made({ statements: (arn) => [{ Effect: "Allow", Resource: arn }] });
    const [, allowed] = statementsOf(bucket.only("aws_s3_bucket_policy")["policy"]);
    expect(allowed).toEqual({ Effect: "Allow", Resource: "${aws_s3_bucket.store_bucket.arn}" });
  });

  it.each([
    [{}, { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }],
    [
      { keyArn: "arn:key" },
      {
        bucket_key_enabled: true,
        apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms", kms_master_key_id: "arn:key" },
      },
    ],
  ])("with %j encrypts by %j", (props, rule) =>
    expect(made(props).only("aws_s3_bucket_server_side_encryption_configuration")["rule"]).toEqual([rule]),
  );

  it("removes and locks objects for the days that are asked for", () => {
    const bucket = made({ expirationDays: 90, objectLockDays: 14 });
    expect(bucket.only("aws_s3_bucket_lifecycle_configuration")["rule"]).toMatchObject([
      { expiration: [{ days: 90 }] },
    ]);
    expect(bucket.only("aws_s3_bucket_object_lock_configuration")).toMatchObject({
      rule: { default_retention: { mode: "GOVERNANCE", days: 14 } },
    });
    expect(bucket.only("aws_s3_bucket")["object_lock_enabled"]).toBe(true);
  });

  it("is emptied with its destruction in the emulated environment alone", () => {
    expect(made().only("aws_s3_bucket")).toMatchObject({ force_destroy: false, lifecycle: { prevent_destroy: true } });
    expect(made({ environment: fixtureEnvironment("local") }).only("aws_s3_bucket")["force_destroy"]).toBe(true);
  });
});
