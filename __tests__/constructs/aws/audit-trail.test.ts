import { AuditTrail } from "../../../constructs/aws/audit-trail";
import { fixtureEnvironment } from "../../fixtures/platform/environments";
import { Made, statementsOf } from "../empty-stack";

describe("an audit trail", () => {
  const environment = fixtureEnvironment();
  const made = new Made(
    (stack) => new AuditTrail(stack, "audit", { environment, regionName: "us-east-1", keyArn: "arn:key" }),
  );

  it("records all regions into validated, encrypted files", () =>
    expect(made.only("aws_cloudtrail")).toMatchObject({
      is_multi_region_trail: true,
      include_global_service_events: true,
      enable_logging: true,
      enable_log_file_validation: true,
      kms_key_id: "arn:key",
    }));

  it("starts when its bucket is closed, encrypted and versioned", () =>
    expect(made.only("aws_cloudtrail")["depends_on"]).toHaveLength(3));

  it("lets CloudTrail deliver for this one trail alone", () => {
    const [, ...delivery] = statementsOf(made.only("aws_s3_bucket_policy")["policy"]);
    expect(delivery).toHaveLength(2);
    for (const { Principal, Condition } of delivery) {
      expect(Principal).toEqual({ Service: "cloudtrail.amazonaws.com" });
      expect(Condition).toMatchObject({
        StringEquals: {
          "aws:SourceArn": `arn:aws:cloudtrail:us-east-1:${environment.accountId}:trail/acme-production-audit`,
        },
      });
    }
  });

  it("keeps its files as long as logs", () =>
    expect(made.only("aws_s3_bucket_lifecycle_configuration")["rule"]).toMatchObject([
      { expiration: [{ days: environment.logRetentionDays }] },
    ]));
});
