import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type JsonObject, objectOf, textOf } from "../../readiness/inventory/json";
import { prepareStacks, type StackFolder } from "../terraform/terraform-stacks";
import type { Synthesised } from "../run/synthesised";
import type { Terraform } from "../terraform/terraform";

/** Whether Terraform's providers of Kubernetes can be had: a registry is asked, or the mirror holds them. */
export const hasKubernetesProviders = ({ mirrored }: Pick<Terraform, "mirrored">): boolean =>
  mirrored === undefined || ["hashicorp/kubernetes", "hashicorp/helm"].every((name) => mirrored.has(name));

export const regionOf = (terraform: JsonObject): string | undefined =>
  textOf(objectOf(objectOf(terraform["//"])["plimsoll"])["region"]);

/** The stacks of ENV=local for the emulators, and, through Terraform's own providers, for the local API servers. */
export function prepareLocalStacks(
  synthesised: Synthesised,
  within: string,
  terraform: Terraform,
  kubeconfigs: Readonly<Record<string, string>>,
): readonly StackFolder[] {
  const kubernetes = hasKubernetesProviders(terraform);
  const stateOf = (stack: string): string => join("..", stack, "terraform.tfstate");
  const stacks = prepareStacks(synthesised, within, terraform, { stateOf, emulated: true, kubernetes });
  if (kubernetes) {
    for (const { name, folder } of stacks) {
      const region = regionOf(synthesised.stacks.find((stack) => stack.name === name)?.terraform ?? {});
      const kubeconfig = region === undefined ? undefined : kubeconfigs[region];
      if (kubeconfig !== undefined) useKubeconfig(join(folder, "cdk.tf.json"), kubeconfig, terraform);
    }
  }
  return stacks;
}

/** The emulated cluster has an endpoint that nobody serves. */
function useKubeconfig(file: string, kubeconfig: string, { mirrored }: Pick<Terraform, "mirrored">): void {
  const stack = JSON.parse(readFileSync(file, "utf8")) as JsonObject;
  const provider = objectOf(stack["provider"]);
  const own = {
    ...(provider["kubernetes"] === undefined ? {} : { kubernetes: [{ config_path: kubeconfig }] }),
    ...(provider["helm"] === undefined ? {} : { helm: [{ kubernetes: { config_path: kubeconfig } }] }),
  };
  const settings = objectOf(stack["terraform"]);
  const required = Object.fromEntries(
    Object.entries(objectOf(settings["required_providers"])).map(([name, pin]) => [
      name,
      atHand(name, objectOf(pin), mirrored),
    ]),
  );
  writeFileSync(
    file,
    JSON.stringify(
      { ...stack, terraform: { ...settings, required_providers: required }, provider: { ...provider, ...own } },
      undefined,
      2,
    ),
  );
}

/** The pinned version where the mirror has it, else its newest: AWS is dealt with by the copy of the stack. */
function atHand(name: string, pin: JsonObject, mirrored: Terraform["mirrored"]): JsonObject {
  const versions = name === "aws" ? undefined : mirrored?.get(`hashicorp/${name}`);
  const newest = versions?.at(-1);
  return newest === undefined || versions?.includes(String(pin["version"])) ? pin : { ...pin, version: newest };
}
