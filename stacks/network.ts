import type { Construct } from "constructs";
import { EncryptionKey } from "../constructs/aws/encryption-key";
import { Network } from "../constructs/aws/network/network";
import { PlatformStack } from "../constructs/aws/platform-stack";
import { configured, type Site } from "../config/site";

/** VPC of one region over its zones, with the key that encrypts the region's logs. */
export class NetworkStack extends PlatformStack {
  readonly network: Network;
  readonly logKey: EncryptionKey;

  constructor(scope: Construct, site: Site) {
    const { environment, region, role } = site;
    super(scope, `network-${region.name}`, { environment, layer: "network", region: region.name, role });
    this.logKey = new EncryptionKey(this, "log-key", {
      name: `${site.prefix}-logs`,
      description: `Logs of ${site.prefix}`,
      environment,
      servicePrincipals: [`logs.${region.name}.amazonaws.com`],
    });
    this.network = new Network(this, "network", {
      name: site.prefix,
      regionName: region.name,
      cidr: region.cidr,
      zones: region.zones,
      clusterName: site.clusterName,
      logKeyArn: this.logKey.arn,
      logRetentionDays: environment.logRetentionDays,
      declaration: configured(environment, `regions.${role}`),
    });
  }
}
