// `node dist/proof/local/destroy.js`: destroys what `make deploy ENV=local` deployed, stack by stack, and stops its servers.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ledger, summaryOf } from "../run/ledger";
import { forgetDeployment, isRunning, type LocalDeployment, recordedDeployment } from "./local-deployment";
import { inDependencyOrder } from "../run/parallel";
import { Progress } from "../run/progress";
import { withRun } from "../run/run-folder";
import { synthesise } from "../run/synthesised";
import { APPLIES_AT_A_TIME, Terraform } from "../terraform/terraform";
import { appliedEnvironment } from "../terraform/terraform-part";
import { isClean, wordsOf } from "../terraform/terraform-stacks";

async function destroyStacks(ledger: Ledger, deployment: LocalDeployment): Promise<void> {
  await withRun(async (run) => {
    const terraform = Terraform.find(run);
    const environment = { ...process.env, ...deployment.awsEnvironment };
    const { stacks } = await synthesise(run, appliedEnvironment);
    const deployed = stacks.filter(({ name }) => hasResources(join(deployment.stacks, name, "terraform.tfstate")));
    const backwards = deployed.map((stack) => ({
      name: stack.name,
      dependencies: deployed.filter(({ dependencies }) => dependencies.includes(stack.name)).map(({ name }) => name),
    }));
    let done = 0;
    await inDependencyOrder(backwards, APPLIES_AT_A_TIME, async ({ name }) => {
      const result = await terraform.destroy(join(deployment.stacks, name), environment);
      if (isClean(result)) ledger.proved("stacks destroyed");
      else ledger.failed(name, wordsOf(result));
      ledger.progress.step(`${++done} of ${backwards.length}: ${name} ${result.ok ? "is gone" : "is not destroyed"}`);
    });
  });
}

function hasResources(state: string): boolean {
  return (
    existsSync(state) &&
    (JSON.parse(readFileSync(state, "utf8")) as { resources?: readonly unknown[] }).resources?.length !== 0
  );
}

async function main(): Promise<number> {
  const deployment = recordedDeployment();
  if (!deployment) {
    process.stdout.write("nothing is deployed: make deploy ENV=local deploys it\n");
    return 0;
  }
  const began = performance.now();
  const ledger = new Ledger("destroy local", new Progress());
  try {
    if (isRunning(deployment)) await destroyStacks(ledger, deployment);
    else ledger.note("its servers are gone already, and the emulated resources with them");
  } catch (error) {
    ledger.failed("the destruction", error instanceof Error ? error.message : String(error));
  } finally {
    // Whatever failed: the resources were emulated, and nothing may stay that runs.
    await forgetDeployment(deployment);
  }
  process.stdout.write(`${summaryOf([ledger], (performance.now() - began) / 1000).join("\n")}\n`);
  return ledger.failures.length > 0 ? 1 : 0;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
