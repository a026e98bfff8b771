import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadNow } from "../../config/load";
import { projectRoot } from "../../config/project";
import { deployStage, planFor, preflightContext, type StackOutcome, type Target } from "../../deployment/deployment";
import { type Gap, preflight, type PreflightResult } from "../../deployment/preflight/check";
import { checks } from "../../deployment/preflight/checks";
import { type PlannedStage, stages } from "../../deployment/stages";
import { nearest as nearestName } from "../../config/nearest";
import { consentedLock, dataLockName, dataLockText, recorded } from "../../readiness/figures/data/data-lock";
import { confirm } from "../confirmation";
import { CommandError, type ExitCode, exitCodes } from "../exit-codes";
import { Output } from "../output";
import { withProgress } from "../progress";
import { failureLines, gapLines, outcomeLines, planLines, skippedLines } from "../stage-output";
import { synthesisedTarget, type TargetOptions } from "../target";

export interface DeployOptions extends TargetOptions {
  readonly until: string;
  readonly check?: boolean;
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly acceptUnknown?: readonly string[];
}

/** What `plimsoll deploy --json` prints. */
export interface DeployResult {
  readonly environment: string;
  readonly outcome: "done" | "missing" | "failed" | "interrupted" | "checked";
  readonly stacks: readonly StackOutcome[];
  readonly gaps: readonly Gap[];
  readonly skipped: PreflightResult["skipped"];
  /** The stage that the next run begins with; null when all are done. */
  readonly next: string | null;
  /** Terraform's own words, where a stage failed. */
  readonly errors?: readonly string[];
}

const indexOf = (stage: string): number => stages.findIndex(({ name }) => name === stage);

export async function deploy(options: DeployOptions): Promise<ExitCode> {
  knownNames(options);
  const output = new Output(options.json === true);
  const target = await synthesisedTarget(options);
  const plan = planFor(target);
  const { environment } = target;
  output.lines([`Deployment of ${environment.name} to account ${environment.accountId}:`, ...planLines(plan)]);
  const whole = await look(target, options);
  const result = (outcome: DeployResult["outcome"], rest: Partial<DeployResult> = {}): DeployResult => ({
    environment: environment.name,
    outcome,
    stacks: [],
    gaps: whole.gaps,
    skipped: whole.skipped,
    next: null,
    ...rest,
  });
  output.lines(skippedLines(whole.skipped));
  if (options.check) {
    output.lines(whole.gaps.length === 0 ? ["Nothing is missing."] : checkedLines(whole.gaps));
    output.json(result("checked"));
    return whole.gaps.length === 0 ? exitCodes.done : exitCodes.missing;
  }
  const first = whole.gaps.filter(({ stage }) => indexOf(stage) === 0);
  const later = whole.gaps.filter(({ stage }) => indexOf(stage) > 0);
  if (first.length > 0) return blocked(output, result, "state", first, later);
  if (later.length > 0) output.lines(["Needed before a later stage:", ...gapLines(later)]);
  if (!options.yes)
    await confirm(
      `${environment.name}: resources are made in account ${environment.accountId}, and cost money from then on.`,
      environment.name,
      "--yes",
    );
  return runStages(target, plan.slice(0, indexOf(options.until) + 1), options, output, result);
}

async function runStages(
  target: Target,
  plan: readonly PlannedStage[],
  options: DeployOptions,
  output: Output,
  result: (outcome: DeployResult["outcome"], rest?: Partial<DeployResult>) => DeployResult,
): Promise<ExitCode> {
  const done: StackOutcome[] = [];
  for (const stage of plan) {
    if (stage.waves.length === 0) continue;
    const { gaps } = await look(target, { ...options, until: stage.name });
    if (gaps.length > 0) return blocked(output, result, stage.name, gaps, [], done);
    const began = performance.now();
    const run = await withProgress(`stage ${stage.name}`, (note) =>
      deployStage({ ...target, note }, stage, options.all === true),
    );
    done.push(...run.outcomes);
    output.lines([
      `${stage.name} (${Math.round((performance.now() - began) / 1000)} s)`,
      ...outcomeLines(run.outcomes),
    ]);
    if (run.ok) continue;
    output.lines(failureLines(run.failure, "applied"));
    output.json(
      result(run.failure.interrupted ? "interrupted" : "failed", {
        stacks: done,
        next: stage.name,
        errors: run.failure.errors,
      }),
    );
    return run.failure.interrupted ? exitCodes.interrupted : exitCodes.failed;
  }
  output.lines([...(plan.length === stages.length ? lockData(target) : []), "Done."]);
  output.json(result("done", { stacks: done, gaps: [] }));
  return exitCodes.done;
}

/** Records what is deployed and holds data: from then on DR-17 refuses a synthesis that would lose it. */
function lockData({ environment, stacks }: Target): readonly string[] {
  if (!environment.protectData) return [];
  const name = dataLockName(environment.name);
  const before = consentedLock(projectRoot, environment);
  const result = recorded(
    before,
    stacks,
    environment,
    loadNow(process.env, () => new Date()),
  );
  if ("refused" in result || (before && dataLockText(before) === dataLockText(result.lock))) return [];
  writeFileSync(join(projectRoot, name), dataLockText(result.lock));
  return [
    `wrote ${name}: ${result.added.length} new resources that hold data, ${result.dropped.length} dropped; commit it`,
  ];
}

async function look(target: Target, options: Pick<DeployOptions, "until" | "acceptUnknown">): Promise<PreflightResult> {
  const accepted = new Set(options.acceptUnknown ?? []);
  const result = await withProgress(
    `looking for what is missing${options.until ? ` until stage ${options.until}` : ""}`,
    async () => preflight(checks, await preflightContext(target), options.until),
  );
  return { ...result, gaps: result.gaps.filter(({ kind, check }) => !(kind === "unknown" && accepted.has(check))) };
}

function blocked(
  output: Output,
  result: (outcome: DeployResult["outcome"], rest?: Partial<DeployResult>) => DeployResult,
  stage: string,
  gaps: readonly Gap[],
  later: readonly Gap[],
  done: readonly StackOutcome[] = [],
): ExitCode {
  output.lines([
    `Stage ${stage} needs what is missing:`,
    ...gapLines(gaps),
    ...(later.length > 0 ? ["Needed before a later stage:", ...gapLines(later)] : []),
    "Supply it, then run the same command again: stages that are done stay as they are.",
  ]);
  output.json(result("missing", { gaps: [...gaps, ...later], stacks: done, next: stage }));
  return exitCodes.missing;
}

const checkedLines = (gaps: readonly Gap[]): readonly string[] =>
  stages.flatMap(({ name }) => {
    const own = gaps.filter(({ stage }) => stage === name);
    return own.length === 0 ? [] : [`Needed before stage ${name}:`, ...gapLines(own)];
  });

/** @throws CommandError for a stage or check that does not exist */
function knownNames({ until, acceptUnknown = [] }: DeployOptions): void {
  const known = [
    ["--until", [until], stages.map(({ name }) => name)],
    ["--accept-unknown", acceptUnknown, checks.map(({ id }) => id)],
  ] as const;
  for (const [option, values, allowed] of known)
    for (const value of values) {
      if (allowed.some((one) => one === value)) continue;
      const nearest = nearestName(value, allowed);
      throw new CommandError(
        `${option} ${value}: no such name; allowed: ${allowed.join(", ")}${nearest ? `. Did you mean ${nearest}?` : ""}`,
      );
    }
}
