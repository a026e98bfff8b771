import type { Construct } from "constructs";
import type { Environment, RegionRole } from "../config/environment";
import { EncryptionKey } from "../constructs/aws/encryption-key";
import { PlatformStack, stateBucket } from "../constructs/aws/platform-stack";
import { PrivateBucket } from "../constructs/aws/private-bucket";
import { configured } from "../config/site";

export interface StateStackProps {
  readonly environment: Environment;
  readonly role: RegionRole;
}

/** Days that a replaced state can be had back: longer than any holiday between a bad apply and its discovery. */
const oldStateDays = 90;

/** Bucket and key of one region's Terraform states. They lie in a third region, which outlives both of the platform. */
export class StateStack extends PlatformStack {
  readonly bucketName: string;

  constructor(scope: Construct, { environment, role }: StateStackProps) {
    const region = environment.regions[role].name;
    super(scope, `state-${region}`, { environment, layer: "state", region: environment.stateRegion, role });
    const { name, keyName } = stateBucket(environment, region);
    const declaration = configured(environment, "stateRegion");
    const key = new EncryptionKey(this, "key", {
      name: keyName,
      description: `Terraform states of ${region}`,
      environment,
      declaration,
    });
    this.bucketName = new PrivateBucket(this, "state", {
      bucketName: name,
      environment,
      keyArn: key.arn,
      noncurrentDays: oldStateDays,
      declaration,
    }).bucketName;
  }
}
