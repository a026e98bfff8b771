import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type JsonObject, objectOf } from "../../readiness/inventory/json";
import { awsEnvironment, type Emulator } from "./emulators";
import { inParallel } from "../run/parallel";
import { copyStack } from "../terraform/stack-copy";
import { omit } from "../terraform/stack-omission";
import type { Synthesised } from "../run/synthesised";
import { APPLIES_AT_A_TIME, type Terraform, type TerraformResult } from "../terraform/terraform";

/** What decides whether networks can be laid out: of the two emulators, moto alone holds subnets against their VPC. */
const NETWORK_TYPES = new Set(["aws_vpc", "aws_vpc_ipv4_cidr_block_association", "aws_subnet"]);

export interface AddressPlan {
  readonly stack: string;
  readonly subnets: number;
  readonly result: TerraformResult;
}

/**
 * Creates the VPCs and subnets of every stack that has some: a plan alone does not hold their addresses against each other.
 * @returns in the order of the stacks
 */
export async function layOutNetworks(
  synthesised: Synthesised,
  within: string,
  terraform: Terraform,
  moto: Emulator,
): Promise<readonly AddressPlan[]> {
  const environment = awsEnvironment(moto);
  const networks = synthesised.stacks.flatMap((stack) => {
    const subnets = Object.keys(objectOf(objectOf(networkOf(stack.terraform)["resource"])["aws_subnet"])).length;
    return subnets === 0 ? [] : [{ stack, subnets }];
  });
  const results = new Map<string, TerraformResult>();
  await inParallel(networks, APPLIES_AT_A_TIME, async ({ stack }) => {
    const folder = join(within, `addresses-${stack.name}`);
    copyStack(stack.folder, folder, { awsProviderVersion: terraform.awsProviderVersion });
    const file = join(folder, "cdk.tf.json");
    writeFileSync(
      file,
      JSON.stringify({ ...networkOf(JSON.parse(readFileSync(file, "utf8")) as JsonObject), output: undefined }),
    );
    const initialised = await terraform.init(folder, environment);
    results.set(stack.name, initialised.ok ? await terraform.apply(folder, environment) : initialised);
  });
  return networks.flatMap(({ stack, subnets }) => {
    const result = results.get(stack.name);
    return result ? [{ stack: stack.name, subnets, result }] : [];
  });
}

const networkOf = (terraform: JsonObject): JsonObject => omit(terraform, (type) => !NETWORK_TYPES.has(type)).terraform;
