// `node dist/proof/local/deploy.js`: ENV=local onto an emulated AWS and real API servers, which keep running.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { exitCodes } from "../../cli/exit-codes";
import { addPoolNodes, deployWaves, installDefinitions, tellCharts } from "./cluster-deployment";
import { emulatedApp, fittedStacks } from "../deployment/fitted-stacks";
import { plimsoll } from "../deployment/plimsoll";
import { apiOf } from "../kubernetes/kubeconfig";
import { chartsOf } from "../kubernetes/kubernetes-part";
import { type ControlPlane, startControlPlane } from "../kubernetes/control-plane";
import { startEmulatedAws } from "../emulated-aws/emulated-aws";
import { ToolMissing } from "../engine-builds/obtain";
import { Ledger, summaryOf } from "../run/ledger";
import {
  cliEnvironment,
  forgetDeployment,
  isRunning,
  type LocalDeployment,
  recordDeployment,
  recordedDeployment,
} from "./local-deployment";
import { localArguments } from "./local-arguments";
import { hasKubernetesProviders } from "./local-stacks";
import { cacheFolder } from "../run/project-root";
import { Progress } from "../run/progress";
import { regionContent } from "../kubernetes/region-content";
import { type RunFolder, withRun } from "../run/run-folder";
import { synthesise, type Synthesised } from "../run/synthesised";
import { Terraform } from "../terraform/terraform";
import { appliedEnvironment, tellGaps } from "../terraform/terraform-part";

async function deploy(ledger: Ledger): Promise<LocalDeployment> {
  const before = recordedDeployment();
  if (before && isRunning(before)) {
    ledger.note("the servers of an earlier deployment run: the stacks are deployed onto them");
    await withRun(async (run) => applyStacks(ledger, run, before, await synthesise(run, appliedEnvironment)));
    return before;
  }
  if (before) {
    ledger.note("the servers of an earlier deployment are gone: starting anew");
    await forgetDeployment(before);
  }
  return withRun(async (run) => {
    Terraform.find(run);
    const synthesised = await synthesise(run, appliedEnvironment);
    return startServers(ledger, run, synthesised, async (deployment) => {
      recordDeployment(deployment);
      await applyStacks(ledger, run, deployment, synthesised);
    });
  });
}

const options = (): readonly string[] => localArguments("deploy", process.argv.slice(2), ["--all"]);

/** The deployment was interrupted, and its servers run on. */
class Interrupted extends Error {}

/** Each region's control plane in a run of its own. Once all servers run they are kept: the next deployment goes on. */
async function startServers(
  ledger: Ledger,
  run: RunFolder,
  synthesised: Synthesised,
  use: (deployment: LocalDeployment) => Promise<void>,
): Promise<LocalDeployment> {
  ledger.progress.step("starting the emulated AWS and the control planes");
  const aws = await startEmulatedAws(run, synthesised.environment.accountId);
  const { primary, secondary } = synthesised.environment.regions;
  return withRun((first) =>
    withRun(async (second) => {
      const planes: Record<string, ControlPlane> = {
        [primary.name]: await startControlPlane(first),
        [secondary.name]: await startControlPlane(second),
      };
      const stacks = join(run.path, "stacks");
      mkdirSync(stacks, { recursive: true });
      const own = Object.entries(aws.environment).filter(
        ([name]) => name.startsWith("AWS_") && name !== "AWS_CA_BUNDLE",
      );
      const deployment: LocalDeployment = {
        runs: [run.path, first.path, second.path],
        stacks,
        awsEnvironment: Object.fromEntries(own.map(([name, value]) => [name, value ?? ""])),
        kubeconfigs: Object.fromEntries(Object.entries(planes).map(([region, { kubeconfig }]) => [region, kubeconfig])),
      };
      for (const kept of [run, first, second]) kept.keep();
      await use(deployment);
      return deployment;
    }),
  );
}

async function applyStacks(
  ledger: Ledger,
  run: RunFolder,
  deployment: LocalDeployment,
  synthesised: Synthesised,
): Promise<void> {
  const terraform = Terraform.find(run);
  const { code, result, words } = await plimsoll(
    run,
    // No emulator has Service Quotas of EC2 and EKS: the check says that it got no answer.
    [
      ...["deploy", "--yes", "--accept-unknown", "quotas", "--app", emulatedApp(), "--output", deployment.stacks],
      ...options(),
    ],
    {
      environment: cliEnvironment(deployment, terraform),
      note: (line) => ledger.progress.step(line),
      endsInOrder: true,
    },
  );
  tellGaps(ledger, fittedStacks(deployment.stacks));
  if (code === exitCodes.interrupted) throw new Interrupted("interrupted: the same command goes on where it stopped");
  if (code === 0) ledger.proved("stacks deployed", result?.stacks.length ?? 0);
  else ledger.failed("plimsoll deploy", words);
  if (ledger.failures.length > 0 || hasKubernetesProviders(terraform)) return;
  ledger.note(
    "Terraform's providers of Kubernetes and Helm cannot be had here: the same objects go to the same API servers by server-side apply",
  );
  const charts = await chartsOf(ledger);
  for (const { name } of Object.values(synthesised.environment.regions)) {
    const content = await regionContent(synthesised, name, charts, new Date().toISOString());
    const step = {
      ledger,
      api: apiOf(deployment.kubeconfigs[name] ?? ""),
      environment: appliedEnvironment,
      content,
      check: () => undefined,
    };
    tellCharts(step);
    await addPoolNodes(step);
    const taken = await deployWaves(step, await installDefinitions(step));
    ledger.proved("objects applied", taken.filter(({ sent }) => sent.origin !== "stand-in").length);
    step.api.close();
  }
}

function howToLook({ awsEnvironment, kubeconfigs, stacks }: LocalDeployment): readonly string[] {
  const exports = Object.entries(awsEnvironment)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `  export ${name}=${value}`);
  return [
    "look at the clusters:",
    ...Object.entries(kubeconfigs).map(
      ([region, file]) => `  kubectl --kubeconfig ${file} get pods --all-namespaces   # ${region}`,
    ),
    "look at the emulated AWS:",
    ...exports,
    "  aws ec2 describe-vpcs",
    `the stacks and their state: ${stacks}`,
    "end it: make destroy ENV=local",
  ];
}

async function main(): Promise<number> {
  options();
  const progress = new Progress();
  const ledger = new Ledger("deploy local", progress);
  const began = performance.now();
  mkdirSync(cacheFolder(), { recursive: true });
  try {
    const deployment = await deploy(ledger);
    process.stdout.write(
      `${[...howToLook(deployment), ...summaryOf([ledger], (performance.now() - began) / 1000)].join("\n")}\n`,
    );
  } catch (error) {
    if (error instanceof Interrupted) {
      process.stdout.write(`${error.message}; make destroy ENV=local ends its servers\n`);
      return exitCodes.interrupted;
    }
    if (error instanceof ToolMissing) ledger.lacks("the deployment", error);
    else ledger.failed("the deployment", error instanceof Error ? error.message : String(error));
    process.stdout.write(`${summaryOf([ledger], (performance.now() - began) / 1000).join("\n")}\n`);
    return 1;
  }
  return ledger.failures.length > 0 ? 1 : 0;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
