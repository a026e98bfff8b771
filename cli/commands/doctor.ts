import { preflightContext } from "../../deployment/deployment";
import { type Gap, preflight } from "../../deployment/preflight/check";
import { checks } from "../../deployment/preflight/checks";
import { isAtLeast } from "../../deployment/preflight/machine-checks";
import { stages } from "../../deployment/stages";
import { versionOf } from "../../deployment/versions";
import { CommandError, type ExitCode, exitCodes } from "../exit-codes";
import { Output } from "../output";
import { withProgress } from "../progress";
import { gapLines, skippedLines } from "../stage-output";
import { synthesisedTarget, type TargetOptions } from "../target";

export interface DoctorOptions extends TargetOptions {
  readonly json?: boolean;
  /** Look at this machine alone; ask AWS nothing. */
  readonly offline?: boolean;
}

interface Tool {
  readonly program: string;
  /** @default any version */
  readonly oldest?: string;
  /** What does not work without it. */
  readonly prevents: string;
}

const tools: readonly Tool[] = [
  { program: "terraform", oldest: "1.11.0", prevents: "plimsoll deploy, cdktf deploy, make proof-terraform" },
  { program: "aws", oldest: "1.32.0", prevents: "the Kubernetes stages of plimsoll deploy" },
  { program: "go", oldest: "1.26", prevents: "make proof-kubernetes, proof-charts, proof-capacity" },
  { program: "python3", oldest: "3.11", prevents: "make proof-terraform, proof-linters, deploy ENV=local" },
  { program: "kubectl", prevents: "looking at a cluster" },
];

/** Programs that have a command where others have `--version`. */
const ASKED_BY: Readonly<Record<string, readonly string[]>> = { go: ["version"], kubectl: ["version", "--client"] };

/** What is missing on this machine and in this account, and what that prevents. */
export async function doctor(options: DoctorOptions): Promise<ExitCode> {
  const output = new Output(options.json === true);
  const machine = tools.map((tool) => {
    const found = versionOf(tool.program, ASKED_BY[tool.program]);
    const fits = found !== undefined && (tool.oldest === undefined || isAtLeast(found, tool.oldest));
    return { ...tool, found: found ?? null, fits };
  });
  output.lines(["This machine:", `  ok       node ${process.versions.node}`, ...machine.map(toolLine)]);
  const account = options.offline ? [] : await accountGaps(options, output);
  output.json({ machine: { node: process.versions.node, tools: machine }, account });
  return machine.every(({ fits }) => fits) && account.length === 0 ? exitCodes.done : exitCodes.missing;
}

function toolLine({ program, oldest, found, fits, prevents }: Tool & { found: string | null; fits: boolean }): string {
  if (fits) return `  ok       ${program} ${found}`;
  const wanted = oldest === undefined ? "any version" : `${oldest} or newer`;
  return `  MISSING  ${program} (found ${found ?? "none"}, needed ${wanted}): prevents ${prevents}`;
}

async function accountGaps(options: DoctorOptions, output: Output): Promise<readonly Gap[]> {
  try {
    const target = await synthesisedTarget(options);
    const { gaps, skipped } = await withProgress("asking AWS", async () =>
      preflight(checks, await preflightContext(target)),
    );
    output.lines(["", `Account ${target.environment.accountId}, environment ${target.environment.name}:`]);
    if (gaps.length === 0) output.lines(["  nothing is missing"]);
    output.lines(skippedLines(skipped).map((line) => `  ${line}`));
    for (const { name } of stages) {
      const own = gaps.filter(({ stage }) => stage === name);
      if (own.length > 0) output.lines([`Prevents the stage ${name} and those after it:`, ...gapLines(own)]);
    }
    return gaps;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    output.lines(["", error.message]);
    throw new CommandError("The account was not looked at: the platform does not synthesise.", error.code);
  }
}
