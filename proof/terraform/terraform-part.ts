import { join } from "node:path";
import type { EnvironmentName } from "../../config/environment";
import { type EmulatedAws, loadEmulatorGaps, startEmulatedAws } from "../emulated-aws/emulated-aws";
import { layOutNetworks } from "../emulated-aws/address-plan";
import type { Ledger } from "../run/ledger";
import { allSettled, inParallel } from "../run/parallel";
import { stillRunning } from "../run/processes";
import { type RunFolder, withRun } from "../run/run-folder";
import { proveDeployment } from "../deployment/deployment-part";
import { writePlausibleStates } from "./stack-states";
import { synthesise, type Synthesised } from "../run/synthesised";
import { PLANS_AT_A_TIME, Terraform, type TerraformResult } from "./terraform";
import { addressesOf, isClean, prepareStacks, type StackFolder, wordsOf } from "./terraform-stacks";

/** Planned against an emulated AWS. */
export const plannedEnvironments: readonly EnvironmentName[] = ["production", "staging"];
/** Deployed to it stage by stage, applied again, upgraded, and destroyed. */
export const appliedEnvironment: EnvironmentName = "local";

interface Stage {
  readonly ledger: Ledger;
  readonly terraform: Terraform;
  readonly aws: EmulatedAws;
  readonly environment: EnvironmentName;
}
type Verb = "initialised" | "validated and planned";

/** The addresses of an environment's networks fit into one another. */
export async function proveAddresses(stage: Stage, run: RunFolder, synthesised: Synthesised): Promise<void> {
  const { ledger, terraform, aws, environment } = stage;
  for (const { stack, subnets, result } of await layOutNetworks(
    synthesised,
    join(run.path, "addresses"),
    terraform,
    aws.moto,
  )) {
    const at = addressesOf(result);
    if (result.ok) ledger.proved("subnets laid out in their VPC", subnets);
    else
      ledger.failed(
        `${environment}/${stack}${at ? ` ${at}` : ""}: the network cannot be laid out`,
        wordsOf(result, ["error"]),
      );
  }
}

/**
 * Every stack of AWS with the real provider: planned, and those of ENV=local applied and destroyed. Applying mostly
 * waits, planning mostly computes: they go side by side.
 */
export async function proveTerraform(ledger: Ledger): Promise<void> {
  const prove = (environment: EnvironmentName, by: typeof proveByPlanning): Promise<void> =>
    withRun(async (run) => {
      // What is applied waits for one thing after another: its commands take the cores when they need them, plans have the rest.
      const terraform = Terraform.find(run, environment === appliedEnvironment ? "at once" : "when there is time");
      ledger.progress.step(`${environment}: synthesis`);
      await by(ledger, run, terraform, await synthesise(run, environment));
    });
  await allSettled([
    (async () => {
      for (const environment of plannedEnvironments) await prove(environment, proveByPlanning);
    })(),
    prove(appliedEnvironment, proveByDeploying),
  ]);
}

/** @param only names of stacks. @default all */
export async function proveByPlanning(
  ledger: Ledger,
  run: RunFolder,
  terraform: Terraform,
  synthesised: Synthesised,
  only?: ReadonlySet<string>,
): Promise<void> {
  const stage = await setStage(ledger, run, terraform, synthesised);
  const stateOf = writePlausibleStates(synthesised, run.path);
  const stacks = prepareStacks(synthesised, join(run.path, "stacks"), terraform, {
    stateOf,
    emulated: false,
    kubernetes: false,
  });
  tellDifferences(ledger, stage.environment, stacks);
  const chosen = synthesised.stacks.filter(({ name }) => !only || only.has(name));
  await proveAddresses(stage, run, { ...synthesised, stacks: chosen });
  const whole = stacks.filter(({ name, resources }) => resources > 0 && chosen.some((stack) => stack.name === name));
  let done = 0;
  await inParallel(whole, PLANS_AT_A_TIME, async (stack) => {
    const ready =
      (await begin(stage, stack)) &&
      (await step(stage, stack, "validated and planned", (folder) => terraform.plan(folder, stage.aws.environment)));
    ledger.progress.step(
      `${stage.environment}: ${++done} of ${whole.length} stacks: ${stack.name} ${ready ? "planned" : "failed"}`,
    );
  });
}

/** The addresses of the networks, then every stage of the real deployment. */
export async function proveByDeploying(
  ledger: Ledger,
  run: RunFolder,
  terraform: Terraform,
  synthesised: Synthesised,
): Promise<void> {
  const stage = await setStage(ledger, run, terraform, synthesised);
  await proveAddresses(stage, run, synthesised);
  const fitted = await proveDeployment(ledger, run, terraform, stage.aws, synthesised);
  tellDifferences(ledger, stage.environment, fitted);
  tellGaps(ledger, fitted);
}

async function setStage(
  ledger: Ledger,
  run: RunFolder,
  terraform: Terraform,
  { environment }: Synthesised,
): Promise<Stage> {
  ledger.progress.step(`${environment.name}: starting the emulated AWS`);
  return { ledger, terraform, aws: await startEmulatedAws(run, environment.accountId), environment: environment.name };
}

/** Initialised. Validating is no command of its own: a plan begins with it, and so does an apply. */
const begin = (stage: Stage, stack: StackFolder): Promise<boolean> =>
  step(stage, stack, "initialised", (folder) => stage.terraform.init(folder, stage.aws.environment));

/** One command on one stack: proved, or failed with the server's words. @throws ServerFailure when an emulator died */
async function step(
  stage: Stage,
  stack: StackFolder,
  verb: Verb,
  command: (folder: string) => Promise<TerraformResult>,
): Promise<boolean> {
  const { ledger, environment, aws } = stage;
  const result = await command(stack.folder);
  stillRunning(aws.servers);
  if (isClean(result)) {
    if (verb !== "initialised") ledger.proved(`stacks ${verb}`);
    return true;
  }
  const at = addressesOf(result);
  ledger.failed(`${environment}/${stack.name}${at ? ` ${at}` : ""}: not ${verb}`, wordsOf(result));
  return false;
}

/** With a provider older than the stacks': what was left out of them, never silently. */
export function tellDifferences(
  ledger: Ledger,
  environment: string,
  stacks: readonly Pick<StackFolder, "name" | "removedArguments" | "unknownResources">[],
): void {
  const removed = stacks.flatMap(({ removedArguments }) => removedArguments);
  const kinds = [...new Set(removed.map((one) => one.replace(/^(\w+)\.\S+ /, "$1 ")))].sort();
  if (removed.length > 0)
    ledger.note(
      `${environment}: ${removed.length} arguments are left out that the AWS provider at hand does not know: ${kinds.join(", ")}`,
    );
  const unknown = stacks.flatMap((stack) => stack.unknownResources.map((address) => `${stack.name}/${address}`));
  if (unknown.length > 0)
    ledger.cannot(`${environment}: ${unknown.join(", ")}`, "the AWS provider at hand does not have the type");
}

/** What no emulator has, by the list of gaps: counted, never silent. */
export function tellGaps(ledger: Ledger, stacks: readonly Pick<StackFolder, "name" | "gaps">[]): void {
  const off = stacks.flatMap((stack) => stack.gaps.map((address) => `${stack.name}/${address}`));
  ledger.note(`switched off because no emulator has it: ${off.length}${off.length > 0 ? ` (${off.join(", ")})` : ""}`);
  for (const { type, argument, service, error } of loadEmulatorGaps().gaps) {
    const count = off.filter(
      (one) => one.includes(`/${type}.`) && (argument === undefined || one.endsWith(` ${argument}`)),
    ).length;
    if (count > 0)
      ledger.cannot(
        `${count} of ${type}${argument === undefined ? "" : ` ${argument}`} applied`,
        "no emulator has it: proof/data/emulator-gaps.json",
        { detail: `${service}: ${error}` },
      );
  }
}
