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

/**
 * The stacks of an environment for the emulators, each with its own S3 backend, and, where Terraform's providers of
 * Kubernetes can be had, for the API servers of `kubeconfigs`.
 *
 * @param kubeconfigs by region; without any, what needs an API server is left out
 */
export function prepareLocalStacks(
  synthesised: Synthesised,
  within: string,
  providers: Pick<Terraform, "awsProviderVersion" | "mirrored">,
  kubeconfigs: Readonly<Record<string, string>>,
): readonly StackFolder[] {
  const kubernetes = Object.keys(kubeconfigs).length > 0 && hasKubernetesProviders(providers);
  const stacks = prepareStacks(synthesised, within, providers, { stateOf: "s3", emulated: true, kubernetes });
  if (kubernetes) {
    for (const { name, folder } of stacks) {
      const region = regionOf(synthesised.stacks.find((stack) => stack.name === name)?.terraform ?? {});
      const kubeconfig = region === undefined ? undefined : kubeconfigs[region];
      if (kubeconfig !== undefined) useKubeconfig(join(folder, "cdk.tf.json"), kubeconfig, providers);
    }
  }
  return stacks;
}

/** The emulated cluster has an endpoint without a server. */
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
