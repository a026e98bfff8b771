import { planFor, type StackOutcome } from "../../deployment/deployment";
import { bucketsToEmpty, destroyStage, teardownGaps } from "../../deployment/teardown";
import { confirm } from "../confirmation";
import { CommandError, type ExitCode, exitCodes } from "../exit-codes";
import { Output } from "../output";
import { withProgress } from "../progress";
import { failureLines, gapLines, outcomeLines } from "../stage-output";
import { synthesisedTarget, type TargetOptions } from "../target";

export interface DestroyOptions extends TargetOptions {
  readonly check?: boolean;
  readonly json?: boolean;
  /** The environment's name, as the answer to the question. */
  readonly yesDestroy?: string;
  /** Names of buckets whose content may go. */
  readonly empty?: readonly string[];
}

export async function destroy(options: DestroyOptions): Promise<ExitCode> {
  const output = new Output(options.json === true);
  const target = await synthesisedTarget(options);
  const { environment } = target;
  const { name, accountId } = environment;
  const emptied = new Set(options.empty ?? []);
  const gaps = await teardownGaps(target, emptied);
  if (gaps.length > 0 || options.check) {
    output.lines(
      gaps.length === 0
        ? ["Nothing keeps the environment from being destroyed."]
        : [`${name} is not destroyed:`, ...gapLines(gaps)],
    );
    output.json({ environment: name, outcome: gaps.length === 0 ? "checked" : "missing", gaps, stacks: [] });
    return gaps.length === 0 ? exitCodes.done : exitCodes.missing;
  }
  if (options.yesDestroy !== undefined && options.yesDestroy !== name)
    throw new CommandError(`--yes-destroy ${options.yesDestroy}: the environment is ${name}. Nothing was done.`);
  if (options.yesDestroy === undefined)
    await confirm(
      `Everything of ${name} in account ${accountId} is destroyed, with its data and its backups. It cannot be undone.`,
      name,
      `--yes-destroy ${name}`,
    );
  for (const bucket of bucketsToEmpty(target, emptied)) await target.account.emptyBucket(bucket);
  const done: StackOutcome[] = [];
  for (const stage of [...planFor(target)].reverse()) {
    if (stage.waves.length === 0) continue;
    const run = await withProgress(`destroying stage ${stage.name}`, (note) =>
      destroyStage({ ...target, note }, stage),
    );
    done.push(...run.outcomes);
    output.lines([stage.name, ...outcomeLines(run.outcomes)]);
    if (run.ok) continue;
    const { interrupted } = run.failure;
    output.lines(failureLines(run.failure, "destroyed"));
    output.json({ environment: name, outcome: interrupted ? "interrupted" : "failed", gaps: [], stacks: done });
    return interrupted ? exitCodes.interrupted : exitCodes.failed;
  }
  output.lines(["Done: nothing of it is left. KMS keys are deleted after 30 days; until then that can be cancelled."]);
  output.json({ environment: name, outcome: "done", gaps: [], stacks: done });
  return exitCodes.done;
}
