import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { type Environment, isEmulated } from "../config/environment";
import { protect } from "../constructs/aws/encryption-key";
import { PlatformStack } from "../constructs/aws/platform-stack";

/**
 * The hosted zone of the environment's domain. A stack of its own: its name servers must be delegated to by the parent
 * domain (output `name-servers`) before certificates can be validated, and a zone that is made again gets others.
 */
export class DnsStack extends PlatformStack {
  static override readonly guardedBy = [...PlatformStack.guardedBy, "DR-10"];

  readonly zoneId: string;

  constructor(scope: Construct, environment: Environment) {
    super(scope, "dns", { environment, layer: "dns", region: environment.regions.secondary.name, role: "global" });
    const zone = new Route53Zone(this, "zone", {
      name: environment.domain,
      comment: `${environment.organisation} ${environment.name}`,
      forceDestroy: isEmulated(environment),
    });
    protect(zone, "zone", environment);
    this.zoneId = zone.zoneId;
    new TerraformOutput(this, "name-servers", {
      value: zone.nameServers,
      description: `NS records that the parent of ${environment.domain} needs`,
    });
  }
}
