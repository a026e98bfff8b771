import { createRequire } from "node:module";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { programOf } from "../config/project";
import { stages } from "../deployment/stages";
import { completionScript, type Shell, shells } from "./completion";
import { type ExitCode, exitCodes } from "./exit-codes";
import type { DeployOptions } from "./commands/deploy";
import type { DestroyOptions } from "./commands/destroy";
import type { DoctorOptions } from "./commands/doctor";
import type { ExplainOptions } from "./commands/explain";
import type { FigureOptions } from "./commands/figures";
import type { NewApplicationOptions } from "./commands/new-application";
import type { OpenOptions } from "./commands/open";
import type { SynthOptions } from "./commands/synth";

/** Repeatable option. */
/** @throws InvalidArgumentError for an option in place of the value, which commander would take as it */
function collect(value: string, before: readonly string[] = []): readonly string[] {
  if (value.startsWith("-")) throw new InvalidArgumentError("Its own value is missing.");
  return [...before, value];
}

const EXIT_CODES = `
Exit codes:
  0    done; for synth: no policy refuses the platform
  1    wrong arguments, a configuration that is not valid, or a failure that is shown
  2    policies refuse the platform, or a limit is exceeded
  3    something is missing: everything is listed at once, with how to supply it
  130  interrupted; the same command goes on where it ended`;

/** Runs a command that is loaded now, and not at the start of every other one. */
const run = (work: () => Promise<ExitCode>) => async (): Promise<void> => {
  process.exitCode = await work();
};

/** The module of a command. Only what runs is loaded: help and completion answer at once. */
const load = <Module>(name: string): Module => createRequire(__filename)(join(__dirname, "commands", name)) as Module;

/** Options that every command about an environment has. */
function inEnvironment(command: Command): Command {
  return command
    .addOption(
      new Option("-e, --env <name>", "production, staging, development or local")
        .env("PLIMSOLL_ENV")
        .default("production"),
    )
    .addOption(new Option("--output <folder>", "where synthesis writes").env("CDKTF_OUTDIR").default("cdktf.out"))
    .option("--json", "print one JSON document for programs");
}

export function buildProgram(): Command {
  const program = new Command("plimsoll")
    .description("A two-region Kubernetes platform as code: judge it, deploy it, ask it.")
    .version(programOf().version, "-V, --version")
    .showHelpAfterError("(plimsoll --help lists the commands)")
    .showSuggestionAfterError(true)
    .addHelpText("after", EXIT_CODES);
  addDeployment(program);
  addQuestions(program);
  addOthers(program);
  return program;
}

/** @returns the text itself @throws InvalidArgumentError unless it is a whole number from 1 on */
function wholeNumber(text: string): string {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It is a whole number from 1 on.");
  return text;
}

function addDeployment(program: Command): void {
  const synth = inEnvironment(
    program.command("synth").description("write the Terraform of an environment and judge it"),
  );
  synth.option("--since <report.json>", "earlier report, or its output folder: report.html shows what changed since");
  synth.action((options: SynthOptions) =>
    run(async () => load<typeof import("./commands/synth")>("synth").synth(options))(),
  );

  const app = new Option("--app <command>", "what synthesises, as in cdktf.json");
  const deploy = inEnvironment(
    program
      .command("deploy")
      .description("deploy in stages; repeat it to go on after a stop, or to change what is deployed"),
  );
  deploy
    .option("--check", "only list what is missing, for all stages at once")
    .option("--until <stage>", "last stage to deploy", "edge")
    .option("--all", "apply also what is up to date: shows and repairs drift")
    .option("-y, --yes", "do not ask before resources are made")
    .option("--accept-unknown <check>", "go on although this check got no answer (repeatable)", collect)
    .option("--consent <stack/address>", "agree to lose this resource and its data (repeatable)", collect)
    .addOption(app)
    .addHelpText("after", `\nStages: ${stages.map(({ name }) => name).join(", ")}`);
  deploy.action((options: DeployOptions) =>
    run(async () => load<typeof import("./commands/deploy")>("deploy").deploy(options))(),
  );

  const destroy = inEnvironment(program.command("destroy").description("destroy an environment, the last stage first"));
  destroy
    .option("--check", "only list what keeps it from being destroyed")
    .option("--yes-destroy <name>", "the environment's name, as the answer to the question")
    .option("--empty <bucket>", "delete everything in this bucket (repeatable)", collect)
    .addOption(app);
  destroy.action((options: DestroyOptions) =>
    run(async () => load<typeof import("./commands/destroy")>("destroy").destroy(options))(),
  );

  const doctor = inEnvironment(
    program.command("doctor").description("what is missing on this machine and in the account, and what that prevents"),
  );
  doctor.option("--offline", "look at this machine alone").addOption(app);
  doctor.action((options: DoctorOptions) =>
    run(async () => load<typeof import("./commands/doctor")>("doctor").doctor(options))(),
  );
}

function addQuestions(program: Command): void {
  const explain = inEnvironment(
    program.command("explain").description("explain a policy, a claim, an alert or a resource").argument("<name>"),
  );
  explain.addHelpText(
    "after",
    "\nExamples:\n  plimsoll explain AV-03\n  plimsoll explain CA-06\n  plimsoll explain aws_route53_zone.zone",
  );
  explain.action((name: string, options: ExplainOptions) =>
    run(async () => load<typeof import("./commands/explain")>("explain").explain(name, options))(),
  );

  program
    .command("diff")
    .description("what changes between two reports, or between two output folders: what is replaced, lost or refused")
    .argument("<old>", "a report.json, or an output folder")
    .argument("<new>", "a report.json, or an output folder")
    .option("--consent <stack/address>", "agree to lose this resource and its data (repeatable)", collect)
    .option("--json", "print one JSON document for programs")
    .action((before: string, after: string, options: { json?: boolean; consent?: readonly string[] }) =>
      run(async () => load<typeof import("./commands/diff")>("diff").diff(before, after, options))(),
    );

  const figures = [
    ["apps", "every application: cost, recovery, findings"],
    ["cost", "USD a month by region, application and resource"],
    ["recovery", "recovery time and data loss against the objectives"],
    ["capacity", "nodes and head room with every workload at its maximum"],
  ] as const;
  for (const [name, description] of figures) {
    const command = inEnvironment(program.command(name).description(description));
    if (name === "cost") command.option("--top <count>", "resources to list", wholeNumber, "15");
    command.action((options: FigureOptions) =>
      run(async () => load<typeof import("./commands/figures")>("figures")[name](options))(),
    );
  }

  const open = inEnvironment(program.command("open").description("show the newest report"));
  open.option("--print", "print the path, start nothing");
  open.action((options: OpenOptions) =>
    run(async () => load<typeof import("./commands/open")>("open").open(options))(),
  );
}

function addOthers(program: Command): void {
  const made = program.command("new").description("add something to the project");
  inEnvironment(made.command("application").description("a file in apps/ that synthesises at once").argument("<name>"))
    .option("--owner <team>", "who answers for it", "platform-team")
    .option("--no-synth", "write the files and synthesise nothing")
    .action((name: string, options: NewApplicationOptions) =>
      run(async () =>
        load<typeof import("./commands/new-application")>("new-application").newApplication(name, options),
      )(),
    );

  program
    .command("completion")
    .description("print a completion script: source <(npx plimsoll completion bash)")
    .addArgument(program.createArgument("<shell>", "bash, zsh or fish").choices(shells))
    .action((shell: Shell) => {
      process.stdout.write(completionScript(shell, program));
      process.exitCode = exitCodes.done;
    });
}
