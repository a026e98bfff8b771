import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../readiness/inventory/json";
import { awsEnvironment, type Emulator } from "./emulators";
import { copyStack } from "./stack-copy";
import { omit } from "./stack-omission";
import type { Synthesised } from "./synthesised";
import type { Terraform, TerraformResult } from "./terraform";

/** What decides whether networks can be laid out: of the two emulators, moto alone holds subnets against their VPC. */
const NETWORK_TYPES = new Set(["aws_vpc", "aws_vpc_ipv4_cidr_block_association", "aws_subnet"]);

export interface AddressPlan { readonly stack: string; readonly subnets: number; readonly result: TerraformResult }

/** Creates the VPCs and subnets of every stack that has some: a plan alone does not hold their addresses against each other. */
export async function layOutNetworks(synthesised: Synthesised, within: string, terraform: Terraform, moto: Emulator): Promise<readonly AddressPlan[]> {
  const environment = awsEnvironment(moto);
  const plans: AddressPlan[] = [];
  for (const stack of synthesised.stacks) {
    const folder = join(within, `addresses-${stack.name}`);
    const reduced = omit(stack.terraform, (type) => !NETWORK_TYPES.has(type)).terraform;
    const subnets = Object.keys(((reduced["resource"] as JsonObject)["aws_subnet"] ?? {})).length;
    if (subnets === 0) continue;
    copyStack(stack.folder, folder, { awsProviderVersion: terraform.awsProviderVersion });
    const file = join(folder, "cdk.tf.json");
    writeFileSync(file, JSON.stringify({ ...omit(JSON.parse(readFileSync(file, "utf8")) as JsonObject, (type) => !NETWORK_TYPES.has(type)).terraform, output: undefined }));
    const initialised = await terraform.init(folder, environment);
    plans.push({ stack: stack.name, subnets, result: initialised.ok ? await terraform.apply(folder, environment) : initialised });
  }
  return plans;
}
