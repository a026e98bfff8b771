// `node dist/proof/emulator-probes.js [ministack|moto|both …] [--only name,name]`: applies each probe of
// `data/emulator-probes.json` to each emulator and prints, as JSON, what it can do: apply, second plan, destroy.
// `both` is how the platform is proved: ministack, with moto for the services of `data/emulator-gaps.json`, and
// without the arguments that this list says are not read back. What fails there belongs on its list of gaps.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadEmulatorGaps, startEmulatedAws } from "./emulated-aws";
import { awsEnvironment, type EmulatorName, startEmulator } from "./emulators";
import { toStderr } from "../engine-builds/obtain";
import { type Server, stillRunning } from "../run/processes";
import { type RunFolder, withRun } from "../run/run-folder";
import { copyStack } from "../terraform/stack-copy";
import { Terraform, type TerraformResult } from "../terraform/terraform";

interface Probe {
  readonly resource: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly data?: object;
  readonly secondaryRegion: boolean;
}
type Players = EmulatorName | "both";
/** Who is asked, and with what. */
interface Stage {
  readonly name: Players;
  readonly environment: NodeJS.ProcessEnv;
  readonly servers: readonly Server[];
  readonly unread: Readonly<Record<string, readonly string[]>>;
}
export type ProbeStep = "apply" | "second plan" | "destroy";
export interface ProbeOutcome {
  readonly probe: string;
  readonly emulator: Players;
  /** The step that failed; undefined: all three passed. */
  readonly failed?: ProbeStep;
  /** The resource types that the failure names. */
  readonly types?: readonly string[];
  readonly words?: string;
}

/** Writes a probe as a Terraform folder. */
function writeProbe(folder: string, probe: Probe): void {
  mkdirSync(folder, { recursive: true });
  const secondary = probe.secondaryRegion ? [{ alias: "secondary", region: "eu-west-1" }] : [];
  writeFileSync(
    join(folder, "cdk.tf.json"),
    JSON.stringify({
      terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
      provider: { aws: [{ region: "us-east-1" }, ...secondary] },
      resource: probe.resource,
      ...(probe.data ? { data: probe.data } : {}),
    }),
  );
}

const typeOf = (address: string): string => address.replace(/^data\./, "").split(".")[0] ?? address;

function failure(
  step: ProbeStep,
  result: TerraformResult,
): Pick<ProbeOutcome, "failed" | "types" | "words"> | undefined {
  const errors = result.diagnostics.filter(({ severity }) => severity === "error");
  if (!result.ok) {
    const types = [...new Set(errors.flatMap(({ address }) => (address ? [typeOf(address)] : [])))].sort();
    const words =
      errors.map(({ summary, detail }) => [summary, detail].filter(Boolean).join(": ")).join("; ") || result.noise;
    return { failed: step, types, words: words.replace(/\s+/g, " ").slice(0, 400) };
  }
  if (step !== "second plan" || result.changes.length === 0) return undefined;
  const types = [...new Set(result.changes.map(({ address }) => typeOf(address)))].sort();
  return {
    failed: step,
    types,
    words: `the plan after the apply is not empty: ${result.changes.map(({ address, action }) => `${action} ${address}`).join(", ")}`,
  };
}

async function tryProbe(
  run: RunFolder,
  terraform: Terraform,
  stage: Stage,
  name: string,
  probe: Probe,
): Promise<ProbeOutcome> {
  const folder = join(run.path, `${stage.name}-${name}`);
  writeProbe(`${folder}-source`, probe);
  copyStack(`${folder}-source`, folder, { unread: stage.unread });
  const { environment } = stage;
  const initialised = await terraform.init(folder, environment);
  if (!initialised.ok)
    throw new Error(
      `terraform init of probe ${name}: ${initialised.diagnostics.map(({ summary }) => summary).join("; ")} ${initialised.noise}`,
    );
  const applied = failure("apply", await terraform.apply(folder, environment));
  const planned = applied ?? failure("second plan", await terraform.plan(folder, environment));
  const destroyed = failure("destroy", await terraform.destroy(folder, environment));
  return { probe: name, emulator: stage.name, ...(planned ?? destroyed) };
}

async function setStage(run: RunFolder, name: Players): Promise<Stage> {
  if (name === "both") {
    const { environment, servers } = await startEmulatedAws(run);
    return { name, environment, servers, unread: loadEmulatorGaps().unread };
  }
  const emulator = await startEmulator(run, name);
  return { name, environment: awsEnvironment(emulator), servers: [emulator.server], unread: {} };
}

/** Most of the time is spent in waits that the provider prescribes, not in work. */
const PARALLEL = 4;

async function main(arguments_: readonly string[]): Promise<void> {
  const only = arguments_.includes("--only") ? arguments_[arguments_.indexOf("--only") + 1]?.split(",") : undefined;
  const chosen = arguments_.filter(
    (word): word is Players => word === "ministack" || word === "moto" || word === "both",
  );
  const all = JSON.parse(readFileSync(join(__dirname, "..", "data", "emulator-probes.json"), "utf8")) as Record<
    string,
    Probe
  >;
  const probes = Object.entries(all).filter(([name]) => !only || only.includes(name));
  const outcomes: ProbeOutcome[] = [];
  await withRun(async (run) => {
    const terraform = Terraform.find(run);
    for (const players of chosen.length > 0 ? chosen : (["ministack", "moto"] as const)) {
      const stage = await setStage(run, players);
      const queue = [...probes];
      const work = async (): Promise<void> => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          stillRunning(stage.servers);
          const outcome = await tryProbe(run, terraform, stage, ...next);
          outcomes.push(outcome);
          toStderr(
            `${players} ${outcome.probe}: ${outcome.failed ? `${outcome.failed} FAILED ${outcome.types?.join(",")} ${outcome.words}` : "ok"}`,
          );
        }
      };
      await Promise.all(Array.from({ length: PARALLEL }, work));
      for (const server of stage.servers) await server.stop();
    }
  });
  outcomes.sort((a, b) => (a.emulator + a.probe < b.emulator + b.probe ? -1 : 1));
  process.stdout.write(`${JSON.stringify(outcomes, undefined, 2)}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  toStderr(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
