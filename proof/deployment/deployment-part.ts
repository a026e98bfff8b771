import { existsSync } from "node:fs";
import { join } from "node:path";
import { awsAccount } from "../../deployment/aws-account";
import { readStacks } from "../../deployment/stack-folder";
import { localStateFile } from "../../deployment/state-bootstrap";
import { addressesIn } from "../../deployment/preflight/state-checks";
import type { EmulatedAws } from "../emulated-aws/emulated-aws";
import type { Ledger } from "../run/ledger";
import { stillRunning } from "../run/processes";
import type { RunFolder } from "../run/run-folder";
import type { Synthesised } from "../run/synthesised";
import type { Terraform } from "../terraform/terraform";
import { changedProject } from "./changed-project";
import { emulatedApp, type FittedStack, fittedStacks } from "./fitted-stacks";
import { type Answer, plimsoll, type Result } from "./plimsoll";

/** A log group's retention: changed in place, in every stack that has one. */
const UPGRADE = {
  file: "config/environments/defaults.js",
  find: "logRetentionDays: 30",
  replace: "logRetentionDays: 90",
};
/** A secret under another name, as in a new version of its program: the old one vanishes, and with it `prevent_destroy`. */
const RENAME = ["apps/x0tta6bl4.js", "catalog/applications/x0tta6bl4.json"].map((file) => ({
  file,
  find: /REDIS_URL/g,
  replace: "CACHE_URL",
}));

interface Scene {
  readonly ledger: Ledger;
  readonly run: RunFolder;
  readonly aws: EmulatedAws;
  readonly environment: NodeJS.ProcessEnv;
  readonly outdir: string;
  readonly name: string;
}

/**
 * The real `cdktf deploy`, through `plimsoll deploy`, from an empty emulated account: interrupted, resumed, applied again,
 * upgraded with another configuration, and destroyed.
 *
 * @returns what was left out of each stack for the emulators and the provider at hand
 */
export async function proveDeployment(
  ledger: Ledger,
  run: RunFolder,
  terraform: Terraform,
  aws: EmulatedAws,
  { environment: { name } }: Synthesised,
): Promise<readonly FittedStack[]> {
  const environment = { ...aws.environment, ...terraform.settings, PLIMSOLL_ENV: name };
  const scene: Scene = { ledger, run, aws, environment, outdir: join(run.path, "deployment"), name };
  const steps = [interrupted, resumed, unchanged, upgraded, refusedLoss, tornDown];
  for (const step of steps) {
    const good = await step(scene);
    stillRunning(aws.servers);
    // What the refusal shows concerns nothing that follows: the environment is torn down even so.
    if (good || step === refusedLoss) continue;
    const left = steps.slice(steps.indexOf(step) + 1).map((one) => one.name);
    if (left.length > 0) ledger.note(`${name}: not tried after this failure: ${left.join(", ")}`);
    break;
  }
  return fittedStacks(scene.outdir);
}

const deploy = (
  scene: Scene,
  words: readonly string[],
  app = emulatedApp(),
  interruptWhen?: (line: string) => boolean,
) =>
  plimsoll(
    scene.run,
    // No emulator has Service Quotas of EC2 and EKS: the check says that it got no answer.
    ["deploy", "--yes", "--accept-unknown", "quotas", "--app", app, "--output", scene.outdir, ...words],
    {
      environment: scene.environment,
      note: (line) => scene.ledger.progress.step(`${scene.name}: ${line}`),
      ...(interruptWhen ? { interruptWhen } : {}),
    },
  );

/** A step went as it should, or failed with the command's own words. */
function expectation(
  { ledger, name }: Scene,
  what: string,
  { code, result, words }: Answer,
  expected: { readonly code: number; readonly holds: (result: Result) => string | undefined },
): boolean {
  const wrong =
    code !== expected.code
      ? `exit code ${code}, not ${expected.code}`
      : result === undefined
        ? "no JSON on standard output"
        : expected.holds(result);
  if (wrong === undefined) return true;
  const gaps = (result?.gaps ?? []).map((gap) => `${gap.check}: ${gap.what}`);
  ledger.failed(`${name}: ${what}`, [wrong, ...gaps, ...(result?.errors ?? []).slice(0, 20), words].join("\n"));
  return false;
}

/** Ctrl-C while the networks are made: the stacks in work are finished, the others not begun, nothing stays locked. */
async function interrupted(scene: Scene): Promise<boolean> {
  const answer = await deploy(scene, ["--until", "data"], undefined, (line) => /stage data: \d+ resources/.test(line));
  const stacks = existsSync(join(scene.outdir, "manifest.json")) ? readStacks(scene.outdir) : [];
  const account = awsAccount(scene.environment);
  const states = [...new Map(stacks.flatMap(({ state }) => (state ? [[state.bucket, state] as const] : []))).values()];
  const locked = async (): Promise<string[]> => {
    const keys = await Promise.all(states.map(async (state) => (await account.keys(state)) ?? []));
    return keys.flat().filter((key) => key.endsWith(".tflock"));
  };
  const locks = await locked();
  const good = expectation(scene, "a deployment that is interrupted ends in order", answer, {
    code: 130,
    holds: ({ outcome, next }) =>
      outcome !== "interrupted" || next !== "data"
        ? `outcome ${outcome}, next ${next}`
        : locks.length > 0
          ? `locks stay: ${locks.join(", ")}`
          : undefined,
  });
  if (good) scene.ledger.proved("interrupted deployments that left no lock");
  return good;
}

/** The same command again: what was done stays, the rest follows, stage by stage to the edge. */
async function resumed(scene: Scene): Promise<boolean> {
  const { ledger, name, outdir } = scene;
  const answer = await deploy(scene, []);
  const fitted = fittedStacks(outdir);
  const account = awsAccount(scene.environment);
  const lacking: string[] = [];
  let resources = 0;
  for (const stack of readStacks(outdir)) {
    const wanted = fitted.find((one) => one.name === stack.name)?.resources ?? 0;
    const state = stack.state && (await account.readText(stack.state, stack.state.key));
    const found = state === undefined ? 0 : addressesIn(state).length;
    resources += found;
    if (found !== wanted) lacking.push(`${stack.name}: ${found} of ${wanted} resources in its state`);
    if (existsSync(localStateFile(name, stack.name)))
      lacking.push(`${stack.name}: its state is still on this computer`);
  }
  const good = expectation(scene, "an interrupted deployment is resumed to its end", answer, {
    code: 0,
    holds: ({ stacks }) => {
      const kept = stacks.filter(({ changes }) => changes === undefined).length;
      if (kept === 0) return "nothing of the interrupted deployment was kept";
      return lacking.length > 0 ? lacking.join("; ") : undefined;
    },
  });
  tellKubernetes(scene, fitted);
  if (!good) return false;
  ledger.proved("stacks deployed by cdktf deploy, with their state in S3", fitted.length);
  ledger.proved("resources applied to the emulated AWS", resources);
  return true;
}

/** Every stack once more: no change. And without `--all`: nothing is even asked. */
async function unchanged(scene: Scene): Promise<boolean> {
  const again = await deploy(scene, ["--all"]);
  const changedStacks = (result: Result): readonly string[] =>
    result.stacks.flatMap(({ stack, changes }) =>
      changes && changes.added + changes.changed + changes.destroyed > 0 ? [`${stack} ${JSON.stringify(changes)}`] : [],
    );
  const good = expectation(scene, "a second deployment changes nothing", again, {
    code: 0,
    holds: (result) => {
      const changed = changedStacks(result);
      return changed.length > 0 ? changed.join("; ") : undefined;
    },
  });
  if (good) scene.ledger.proved("stacks deployed again without a change", again.result?.stacks.length ?? 0);
  return good;
}

/** Another configuration: what it touches is changed in place, all else stays. */
async function upgraded(scene: Scene): Promise<boolean> {
  const app = changedProject(join(scene.run.path, "upgraded"), [UPGRADE]);
  const answer = await deploy(scene, [], app);
  const good = expectation(scene, "a changed configuration is deployed in place", answer, {
    code: 0,
    holds: ({ stacks }) => {
      const sum = (key: "added" | "changed" | "destroyed"): number =>
        stacks.reduce((total, { changes }) => total + (changes?.[key] ?? 0), 0);
      const untouched = stacks.filter(({ changes }) => changes === undefined).length;
      if (sum("changed") === 0) return "no resource was changed";
      if (sum("added") + sum("destroyed") > 0) return `${sum("added")} added, ${sum("destroyed")} destroyed`;
      return untouched === 0 ? "every stack was applied, also those that do not change" : undefined;
    },
  });
  if (good) scene.ledger.proved("upgrades of the configuration in place");
  return good;
}

/** A renamed secret would lose the value of its old name: refused before anything is applied. */
async function refusedLoss(scene: Scene): Promise<boolean> {
  const app = changedProject(join(scene.run.path, "renamed"), [UPGRADE, ...RENAME]);
  const answer = await deploy(scene, [], app);
  const good = expectation(scene, "a deployment that loses data is refused", answer, {
    code: 3,
    holds: ({ gaps }) =>
      gaps.some(({ check, what }) => check === "data-loss" && what.includes("aws_secretsmanager_secret"))
        ? undefined
        : "no secret of the old name is named",
  });
  if (good) scene.ledger.proved("losses of data refused");
  return good;
}

async function tornDown(scene: Scene): Promise<boolean> {
  const { ledger, run, environment, outdir, name } = scene;
  const app = emulatedApp(join(run.path, "upgraded"));
  const answer = await plimsoll(run, ["destroy", "--yes-destroy", name, "--app", app, "--output", outdir], {
    environment,
    note: (line) => ledger.progress.step(`${name}: ${line}`),
  });
  const account = awsAccount(environment);
  const buckets = readStacks(outdir).flatMap(({ state, layer }) => (layer === "state" && state ? [state] : []));
  const left: string[] = [];
  for (const bucket of buckets) if ((await account.keys(bucket)) !== undefined) left.push(bucket.bucket);
  const good = expectation(scene, "the environment is torn down", answer, {
    code: 0,
    holds: () => (left.length > 0 ? `state buckets that are left: ${left.join(", ")}` : undefined),
  });
  if (good) ledger.proved("stacks destroyed", answer.result?.stacks.length ?? 0);
  return good;
}

function tellKubernetes({ ledger, name }: Scene, stacks: readonly FittedStack[]): void {
  const kubernetes = stacks.filter(({ omitted }) => omitted > 0);
  if (kubernetes.length > 0)
    ledger.cannot(
      `${name}: ${kubernetes.reduce((sum, { omitted }) => sum + omitted, 0)} Kubernetes objects and releases of ${kubernetes.length} stacks by cdktf deploy`,
      "an emulated cluster has no API server: proof-kubernetes applies them to real ones by the local driver",
    );
}
