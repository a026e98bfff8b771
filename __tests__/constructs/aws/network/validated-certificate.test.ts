import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { TerraformStack } from "cdktf";
import { ValidatedCertificate } from "../../../../constructs/aws/network/validated-certificate";
import { Made } from "../../empty-stack";

const certificate = (stack: TerraformStack, regions: readonly string[]) =>
  new ValidatedCertificate(stack, "certificate", {
    domainName: "*.acme.example",
    zoneId: "Z1",
    regions: regions.map((region) => ({
      region,
      provider: new AwsProvider(stack, region, { region, alias: region }),
    })),
  });

describe("a validated certificate", () => {
  const regions = ["us-east-1", "eu-west-1"];

  it("is issued in each region by one record", () => {
    const made = new Made((stack) => certificate(stack, regions));
    expect(made.counts).toEqual({ aws_acm_certificate: 2, aws_acm_certificate_validation: 2, aws_route53_record: 1 });
    expect(
      made
        .all("aws_acm_certificate")
        .map(({ provider }) => provider)
        .sort(),
    ).toEqual(["aws.eu-west-1", "aws.us-east-1"]);
    for (const one of made.all("aws_acm_certificate"))
      expect(one).toMatchObject({
        domain_name: "*.acme.example",
        validation_method: "DNS",
        key_algorithm: "RSA_2048",
        lifecycle: { create_before_destroy: true },
      });
    expect(made.only("aws_route53_record")).toMatchObject({ zone_id: "Z1", ttl: 300 });
  });

  it("is wanted in at least one region", () =>
    expect(() => new Made((stack) => certificate(stack, []))).toThrow(
      "the certificate of *.acme.example is wanted in no region; name at least one",
    ));

  it("has no ARN in a region that was not named", () => {
    new Made((stack) => {
      const one = certificate(stack, regions);
      expect(() => one.arn("ap-south-1")).toThrow("has no certificate in ap-south-1, only in us-east-1, eu-west-1");
      expect(one.arn("eu-west-1")).not.toBe(one.arn("us-east-1"));
    });
  });
});
