import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type JsonObject, objectOf } from "../../readiness/inventory/json";
import { gapOf, loadEmulatorGaps } from "../emulated-aws/emulated-aws";
import { copyStack } from "./stack-copy";
import { omit } from "./stack-omission";
import { readStatesFrom } from "./stack-states";
import type { Synthesised } from "../run/synthesised";
import type { Diagnostic, Terraform, TerraformResult } from "./terraform";

/** A stack in a folder of its own, ready for Terraform. */
export interface StackFolder {
  readonly name: string;
  readonly folder: string;
  readonly dependencies: readonly string[];
  /** Resources of Terraform that are left. */
  readonly resources: number;
  /** "aws_eks_cluster.main deletion_protection": not known to the provider at hand. */
  readonly removedArguments: readonly string[];
  /** Addresses that the provider at hand does not know. */
  readonly unknownResources: readonly string[];
  /** Addresses (with an argument after a blank, where it is only that) that no emulator has, and what reads them. */
  readonly gaps: readonly string[];
  /** Kubernetes objects and releases that were left out. */
  readonly omitted: number;
}

export interface PreparationOptions {
  /** State file of another stack, as seen from a stack's folder; "s3": every stack keeps its own backend. */
  readonly stateOf: ((stack: string) => string) | "s3";
  /** Leave out what no emulator can apply. */
  readonly emulated: boolean;
  /** Keep `kubernetes_*` and `helm_release`. */
  readonly kubernetes: boolean;
}

/** Copies every stack of an environment into `within`, for the providers at hand. */
export function prepareStacks(
  synthesised: Synthesised,
  within: string,
  terraform: Pick<Terraform, "awsProviderVersion">,
  options: PreparationOptions,
): readonly StackFolder[] {
  const { unread, gaps } = loadEmulatorGaps();
  const unapplied: Record<string, string[]> = {};
  for (const { type, argument } of gaps) if (argument !== undefined) (unapplied[type] ??= []).push(argument);
  mkdirSync(within, { recursive: true });
  return synthesised.stacks.map((stack) => {
    const folder = join(within, stack.name);
    const copy = copyStack(stack.folder, folder, {
      awsProviderVersion: terraform.awsProviderVersion,
      keepBackend: options.stateOf === "s3",
      ...(options.emulated ? { unread, unapplied } : {}),
    });
    const file = join(folder, "cdk.tf.json");
    const unknown = new Set(copy.unknownResources.map((address) => address.split(".")[0] ?? ""));
    const withoutGaps = omit(
      JSON.parse(readFileSync(file, "utf8")) as JsonObject,
      (type, body) => unknown.has(type) || (options.emulated && gapOf(gaps, type, body) !== undefined),
    );
    const aws = options.kubernetes
      ? { ...withoutGaps, omitted: [] }
      : omit(withoutGaps.terraform, (type) => /^(kubernetes_|helm_)/.test(type));
    writeFileSync(file, JSON.stringify(withoutEmpty(aws.terraform), undefined, 2));
    if (options.stateOf !== "s3") readStatesFrom(folder, options.stateOf);
    return {
      name: stack.name,
      folder,
      dependencies: stack.dependencies,
      resources: resourceCount(aws.terraform),
      removedArguments: copy.removedArguments,
      unknownResources: copy.unknownResources,
      gaps: [...withoutGaps.omitted, ...withoutGaps.dependents, ...copy.unappliedArguments].sort(),
      omitted: aws.omitted.length,
    };
  });
}

/** Terraform refuses a block type without a block. */
const withoutEmpty = (terraform: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(terraform).filter(
      ([block, body]) => !["data", "provider", "resource"].includes(block) || Object.keys(objectOf(body)).length > 0,
    ),
  );

const resourceCount = (terraform: JsonObject): number =>
  Object.values((terraform["resource"] ?? {}) as Readonly<Record<string, object>>).reduce(
    (sum, bodies) => sum + Object.keys(bodies).length,
    0,
  );

/** Terraform's and the server's own words, the address first. */
export function wordsOf(
  result: TerraformResult,
  severities: readonly Diagnostic["severity"][] = ["error", "warning"],
): string {
  const told = result.diagnostics
    .filter(({ severity }) => severities.includes(severity))
    .map(
      ({ severity, summary, detail, address }) =>
        `${severity}${address ? ` at ${address}` : ""}: ${[summary, detail].filter(Boolean).join(": ")}`,
    );
  return told.join("\n") || result.noise || "Terraform said nothing";
}

/** What a result names, for the head of a message. */
export const addressesOf = (result: TerraformResult): string =>
  [...new Set(result.diagnostics.flatMap(({ address }) => address ?? []))].sort().join(", ");

/** A warning counts as a failure: it is a deprecation, or something that was not understood. */
export const isClean = (result: TerraformResult): boolean => result.ok && result.diagnostics.length === 0;
