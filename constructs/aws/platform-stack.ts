import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Backend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { type Environment, isEmulated } from "../../config/environment";
import { type StackFacts, stackMetadataField, tag } from "../../contract";
import { declaredOverride } from "../escape-hatch";

/** `global` stacks belong to no region of the platform: what they make serves both. */
export type StackRole = StackFacts["role"];

export interface PlatformStackProps {
  readonly environment: Environment;
  /** Order of deployment and place in the report: `state`, `network`, `cluster`, … */
  readonly layer: string;
  /** AWS region that the stack's resources live in, for example `eu-west-1`. */
  readonly region: string;
  readonly role: StackRole;
  /** @default none - the stack belongs to the platform, not to one application */
  readonly application?: string;
}

/** What every stack has: the provider of its own region, a remote state that outlives the region, its place in the report. */
export abstract class PlatformStack extends TerraformStack {
  static readonly guardedBy: readonly string[] = ["CO-04", "DE-01", "DE-03", "DE-06", "MR-08"];

  readonly environment: Environment;
  private readonly furtherProviders = new Map<string, AwsProvider>();

  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id);
    this.environment = props.environment;
    new AwsProvider(this, "aws", providerConfig(props.environment, id, props.region));
    this.addBackend(props);
    const facts: StackFacts = {
      environment: props.environment.name,
      region: props.region,
      role: props.role,
      layer: props.layer,
      ...(props.application === undefined ? {} : { application: props.application }),
    };
    declaredOverride(this, `//.${stackMetadataField}`, facts, "metadata of the stack, which the inventory reads");
    if (isEmulated(props.environment)) {
      // An emulator is also used without access to a provider registry: an older provider of a mirror serves as well.
      declaredOverride(this, "terraform.required_providers.aws.version", ">= 5.100.0", "an older provider of a mirror");
    }
  }

  /** The AWS provider of a further region, for stacks that must act in two. The same one for the same region. */
  protected providerOf(region: string): AwsProvider {
    const existing = this.furtherProviders.get(region);
    if (existing) return existing;
    const provider = new AwsProvider(this, `aws-${region}`, {
      ...providerConfig(this.environment, this.node.id, region),
      alias: region,
    });
    this.furtherProviders.set(region, provider);
    return provider;
  }

  /** Also of the stacks that make the buckets: the first deployment moves their state from this computer into them. */
  private addBackend({ environment, region, role, layer }: PlatformStackProps): void {
    const stack = this.node.id;
    const regions = environment.regions;
    const owner = role === "global" ? regions.secondary.name : layer === "state" ? regions[role].name : region;
    const bucket = stateBucket(environment, owner);
    new S3Backend(this, {
      bucket: bucket.name,
      key: `${stack}.tfstate`,
      region: environment.stateRegion,
      encrypt: true,
      // Named, because `encrypt` alone asks for an S3-managed key and so overrules the bucket's own.
      kmsKeyId: `arn:aws:kms:${environment.stateRegion}:${environment.accountId}:alias/${bucket.keyName}`,
    });
    declaredOverride(this, "terraform.backend.s3.use_lockfile", true, "S3Backend 0.21 lacks useLockfile");
  }
}

/** Tags of every resource that takes any; launch templates and node groups do not inherit them from the provider. */
export function ownershipTags(environment: Environment): Record<string, string> {
  return {
    [tag.owner]: environment.owner,
    [tag.environment]: environment.name,
    [tag.costCentre]: environment.costCentre,
    [tag.managedBy]: "plimsoll",
  };
}

/** Bucket and key alias that hold the states of one region's stacks. Both lie in `environment.stateRegion`. */
export function stateBucket(
  environment: Environment,
  region: string,
): { readonly name: string; readonly keyName: string } {
  const keyName = `${environment.organisation}-${environment.name}-state-${region}`;
  return { name: `${keyName}-${environment.accountId}`, keyName };
}

function providerConfig(environment: Environment, stack: string, region: string) {
  return {
    region,
    allowedAccountIds: [environment.accountId],
    defaultTags: [{ tags: { ...ownershipTags(environment), stack } }],
    // The emulator's address comes from AWS_ENDPOINT_URL of the process: it differs by computer, the JSON must not. The
    // account is asked for even so: without an answer the provider takes none for allowed, and a real one is refused.
    ...(isEmulated(environment)
      ? { skipCredentialsValidation: true, skipMetadataApiCheck: "true", s3UsePathStyle: true }
      : {}),
  };
}
