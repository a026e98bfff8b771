import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../config/project";
import type { Account } from "./account";
import type { DeployedStack } from "./stack-folder";

/** Terraform merges files of this name over the others: https://developer.hashicorp.com/terraform/language/files/override */
const OVERRIDE = "bootstrap_override.tf.json";

/** Where the state of a stack that makes its own bucket lies until the bucket exists. */
export const localStateFile = (environment: string, stack: string, root: string = projectRoot): string =>
  join(root, `terraform.${environment}.${stack}.tfstate`);

/** Lets Terraform keep the state of the stack on this computer, whatever the backend in its JSON. */
export function keepStateHere(environment: string, { name, folder }: DeployedStack, root?: string): void {
  const backend = { local: { path: localStateFile(environment, name, root) } };
  writeFileSync(join(folder, OVERRIDE), `${JSON.stringify({ terraform: { backend } }, undefined, 2)}\n`);
}

/** Lets Terraform use the backend of the stack's JSON again. */
export function keepStateInBucket({ folder }: DeployedStack): void {
  rmSync(join(folder, OVERRIDE), { force: true });
}

/** Whether the state of the stack is in its bucket. */
export async function isStateInBucket(account: Account, { state }: DeployedStack): Promise<boolean> {
  if (!state) return false;
  return (await account.keys(state))?.includes(state.key) ?? false;
}

/** After the bucket is known to hold the state: an old copy beside the project would only mislead. */
export function forgetLocalState(environment: string, stack: string, root?: string): void {
  const file = localStateFile(environment, stack, root);
  for (const path of [file, `${file}.backup`]) if (existsSync(path)) rmSync(path);
}
