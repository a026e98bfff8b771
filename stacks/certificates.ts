import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { type Environment, type RegionRole, regionRoles } from "../config/environment";
import { PlatformStack } from "../constructs/aws/platform-stack";
import { ValidatedCertificate } from "../constructs/aws/network/validated-certificate";
import { configured } from "../config/site";

export interface CertificatesStackProps {
  readonly environment: Environment;
  /** Hosted zone of `environment.domain`, delegated to by its parent. */
  readonly zoneId: string;
}

/** TLS certificates of both regions: `*.<domain>` in each, for the names that move, and `*.<region>.<domain>` where it lives. */
export class CertificatesStack extends PlatformStack {
  /** For each region: first the certificate of the names that move, then the region's own. */
  readonly certificateArns: Readonly<Record<RegionRole, readonly [string, string]>>;

  constructor(scope: Construct, { environment, zoneId }: CertificatesStackProps) {
    super(scope, "certificates", {
      environment,
      layer: "certificates",
      region: environment.regions.secondary.name,
      role: "global",
    });
    const declaration = configured(environment, "domain");
    const sites = { primary: this.site(environment, "primary"), secondary: this.site(environment, "secondary") };
    const shared = new ValidatedCertificate(this, "shared", {
      domainName: `*.${environment.domain}`,
      zoneId,
      regions: regionRoles.map((role) => sites[role]),
      declaration,
    });
    const arns = (role: RegionRole): readonly [string, string] => {
      const { region } = sites[role];
      const own = new ValidatedCertificate(this, role, {
        domainName: `*.${region}.${environment.domain}`,
        zoneId,
        regions: [sites[role]],
        declaration,
      });
      return [shared.arn(region), own.arn(region)];
    };
    this.certificateArns = { primary: arns("primary"), secondary: arns("secondary") };
  }

  private site(environment: Environment, role: RegionRole): { region: string; provider: TerraformProvider } {
    const region = environment.regions[role].name;
    return { region, provider: this.providerOf(region) };
  }
}
