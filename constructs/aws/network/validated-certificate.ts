import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { type Declaration, Guarded } from "../../guarded";

export interface ValidatedCertificateProps {
  /** The one name of the certificate, usually a wildcard. */
  readonly domainName: string;
  readonly zoneId: string;
  /** Regions that get the certificate, each with its provider. At least one. */
  readonly regions: readonly { readonly region: string; readonly provider: TerraformProvider }[];
  readonly declaration?: Declaration;
}

/**
 * One name's ACM certificate in one or more regions, and the single DNS record that validates it in all of them.
 *
 * ACM asks the same record of an account for a name in every region. One owner of the record: had each region its own
 * copy, removing one region would end the renewal of the other's certificate, silently and months later.
 */
export class ValidatedCertificate extends Guarded {
  static readonly guardedBy = ["MR-06", "NW-07", "NW-19"] as const;

  private readonly arns = new Map<string, string>();

  constructor(scope: Construct, id: string, props: ValidatedCertificateProps) {
    super(scope, id, props.declaration);
    // RSA, because no document says that Route 53's health checkers accept an elliptic curve certificate.
    const certificates = props.regions.map(({ region, provider }) => ({
      region,
      provider,
      certificate: new AcmCertificate(this, region, {
        domainName: props.domainName,
        validationMethod: "DNS",
        keyAlgorithm: "RSA_2048",
        provider,
        lifecycle: { createBeforeDestroy: true },
      }),
    }));
    const [first] = certificates;
    if (!first)
      throw new Error(
        `${this.node.path}: the certificate of ${props.domainName} is wanted in no region; name at least one`,
      );
    const option = first.certificate.domainValidationOptions.get(0);
    const record = new Route53Record(this, "validation", {
      zoneId: props.zoneId,
      name: option.resourceRecordName,
      type: option.resourceRecordType,
      records: [option.resourceRecordValue],
      ttl: 300,
    });
    for (const { region, provider, certificate } of certificates)
      this.arns.set(
        region,
        new AcmCertificateValidation(this, `${region}-validation`, {
          certificateArn: certificate.arn,
          validationRecordFqdns: [record.fqdn],
          provider,
        }).certificateArn,
      );
  }

  /** ARN in a region, known once the certificate is issued. @throws for a region that has none */
  arn(region: string): string {
    const arn = this.arns.get(region);
    if (arn === undefined)
      throw new Error(`${this.node.path} has no certificate in ${region}, only in ${[...this.arns.keys()].join(", ")}`);
    return arn;
  }
}
