import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../config/environment";
import type { Account, Bucket } from "./account";
import { runCdktf, type StackChanges } from "./cdktf";
import { afterApplying, isUpToDate, type Journal, readJournal, without, writeJournal } from "./journal";
import type { PreflightContext } from "./preflight/check";
import type { DeployedStack } from "./stack-folder";
import { planOf, type PlannedStage } from "./stages";
import { forgetLocalState, isStateInBucket, keepStateHere, keepStateInBucket, localStateFile } from "./state-bootstrap";
import { versionOf } from "./versions";

/** What every step of a deployment or a teardown works with. */
export interface Target {
  readonly environment: Environment;
  readonly outdir: string;
  readonly stacks: readonly DeployedStack[];
  readonly account: Account;
  readonly consented: ReadonlySet<string>;
  readonly note: (text: string) => void;
  /** @default runCdktf - the real one */
  readonly cdktf?: typeof runCdktf;
}

export interface StackOutcome {
  readonly stack: string;
  readonly stage: string;
  /** undefined: nothing was to be done, because the same was applied before. */
  readonly changes: StackChanges | undefined;
}

export interface StageFailure {
  readonly stage: string;
  readonly stacks: readonly string[];
  readonly interrupted: boolean;
  readonly errors: readonly string[];
  readonly log: string;
}

export type StageResult =
  | { readonly ok: true; readonly outcomes: readonly StackOutcome[] }
  | { readonly ok: false; readonly outcomes: readonly StackOutcome[]; readonly failure: StageFailure };

/** Where the journal lies: in the bucket that holds the states of the global stacks. */
export function journalBucket({ stacks }: Pick<Target, "stacks">): Bucket | undefined {
  const state = stacks.find(({ layer }) => layer === "dns")?.state ?? stacks.find((one) => one.state)?.state;
  return state && { bucket: state.bucket, region: state.region };
}

/** Names of the stacks whose state is in its bucket. */
export async function deployedNames({ stacks, account }: Target): Promise<ReadonlySet<string>> {
  const buckets = new Map(stacks.flatMap(({ state }) => (state ? [[state.bucket, state] as const] : [])));
  const keys = new Map(
    await Promise.all([...buckets.values()].map(async (one) => [one.bucket, await account.keys(one)] as const)),
  );
  return new Set(
    stacks.filter(({ state }) => state && keys.get(state.bucket)?.includes(state.key)).map(({ name }) => name),
  );
}

export async function preflightContext(target: Target): Promise<PreflightContext> {
  const { environment, stacks, account, consented } = target;
  const states = new Map<string, Promise<string | undefined>>();
  const deployed = await deployedNames(target).catch((): ReadonlySet<string> => new Set());
  return {
    environment,
    stacks,
    account,
    versionOf,
    consented,
    deployed,
    stateOf: ({ name, state }) => {
      if (!state || !deployed.has(name)) return Promise.resolve(undefined);
      const known = states.get(name) ?? account.readText(state, state.key);
      states.set(name, known);
      return known;
    },
    hasLocalState: (stack) => existsSync(localStateFile(environment.name, stack)),
  };
}

export const planFor = ({ stacks }: Pick<Target, "stacks">): readonly PlannedStage[] => planOf(stacks);

/**
 * Applies one stage, wave by wave, and keeps the journal after each: what is interrupted goes on from there.
 *
 * @param all apply also what the journal knows to be up to date: shows and repairs drift
 */
export async function deployStage(target: Target, stage: PlannedStage, all: boolean): Promise<StageResult> {
  const outcomes: StackOutcome[] = [];
  for (const [index, wave] of stage.waves.entries()) {
    const bucket = journalBucket(target);
    const journal = await journalIn(target, bucket);
    const due = wave.filter((stack) => all || !journal || !isUpToDate(journal, stack));
    for (const { name } of wave.filter((stack) => !due.includes(stack)))
      outcomes.push({ stack: name, stage: stage.name, changes: undefined });
    if (due.length === 0) continue;
    const log = join(target.outdir, "logs", `deploy-${stage.name}-${index + 1}.log`);
    if (journal && bucket) await writeJournal(target.account, bucket, without(journal, due));
    const run = stage.name === "state" ? await deployStates(target, due, log) : await apply(target, due, log);
    for (const { name } of due) {
      const changes = run.changes.get(name);
      if (changes) outcomes.push({ stack: name, stage: stage.name, changes });
    }
    const finished = due.filter(({ name }) => run.changes.has(name));
    if (bucket && finished.length > 0) await record(target, bucket, due, finished);
    if (!run.ok || finished.length < due.length)
      return {
        ok: false,
        outcomes,
        failure: {
          stage: stage.name,
          stacks: due.filter((stack) => !finished.includes(stack)).map(({ name }) => name),
          interrupted: run.interrupted,
          errors: run.errors,
          log,
        },
      };
  }
  return { ok: true, outcomes };
}

/** undefined: the bucket does not exist yet, so nothing is known to be applied. */
const journalIn = async ({ account }: Target, bucket: Bucket | undefined): Promise<Journal | undefined> =>
  bucket && (await account.keys(bucket)) ? readJournal(account, bucket) : undefined;

async function record(
  { account }: Target,
  bucket: Bucket,
  begun: readonly DeployedStack[],
  finished: readonly DeployedStack[],
): Promise<void> {
  const journal = await readJournal(account, bucket);
  await writeJournal(account, bucket, afterApplying(without(journal, begun), finished));
}

const apply = (
  { outdir, note, cdktf = runCdktf }: Target,
  stacks: readonly DeployedStack[],
  log: string,
  migrateState = false,
) => cdktf({ verb: "deploy", stacks: stacks.map(({ name }) => name), outdir, log, note, migrateState });

/**
 * The stacks that make the state buckets: the first time with the state on this computer, which cdktf then moves into
 * the bucket that it describes. Each step can be repeated.
 */
async function deployStates(target: Target, stacks: readonly DeployedStack[], log: string) {
  const { environment, account, note } = target;
  const moving: DeployedStack[] = [];
  for (const stack of stacks) {
    if (await isStateInBucket(account, stack)) keepStateInBucket(stack);
    else {
      keepStateHere(environment.name, stack);
      moving.push(stack);
    }
  }
  const first = await apply(target, stacks, log);
  for (const stack of stacks) keepStateInBucket(stack);
  if (!first.ok || moving.length === 0) return first;
  note("moving the state of the buckets into the buckets");
  const moved = await apply(target, moving, log, true);
  for (const stack of moving) {
    if (!moved.ok || !(await isStateInBucket(account, stack)))
      return { ...moved, ok: false, changes: new Map<string, StackChanges>() };
    forgetLocalState(environment.name, stack.name);
  }
  return first;
}
