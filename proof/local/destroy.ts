// `node dist/proof/local/destroy.js`: destroys what `make deploy ENV=local` deployed, stack by stack, and stops its servers.
import { emulatedApp } from "../deployment/fitted-stacks";
import { plimsoll } from "../deployment/plimsoll";
import { Ledger, summaryOf } from "../run/ledger";
import {
  cliEnvironment,
  forgetDeployment,
  isRunning,
  type LocalDeployment,
  recordedDeployment,
} from "./local-deployment";
import { localArguments } from "./local-arguments";
import { Progress } from "../run/progress";
import { withRun } from "../run/run-folder";
import { Terraform } from "../terraform/terraform";
import { appliedEnvironment } from "../terraform/terraform-part";

async function destroyStacks(ledger: Ledger, deployment: LocalDeployment): Promise<void> {
  await withRun(async (run) => {
    const terraform = Terraform.find(run);
    const { code, result, words } = await plimsoll(
      run,
      ["destroy", "--yes-destroy", appliedEnvironment, "--app", emulatedApp(), "--output", deployment.stacks],
      { environment: cliEnvironment(deployment, terraform), note: (line) => ledger.progress.step(line) },
    );
    if (code === 0) ledger.proved("stacks destroyed", result?.stacks.length ?? 0);
    else ledger.failed("plimsoll destroy", words);
  });
}

async function main(): Promise<number> {
  localArguments("destroy", process.argv.slice(2), []);
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
