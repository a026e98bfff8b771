import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { objectOf, textOf } from "../readiness/inventory/json";
import { runCdktf } from "./cdktf";
import { deployedNames, journalBucket, type StackOutcome, type StageResult, type Target } from "./deployment";
import { forgetJournal } from "./journal";
import { barredFrom } from "./preflight/caller";
import type { Gap } from "./preflight/check";
import type { DeployedStack } from "./stack-folder";
import type { PlannedStage } from "./stages";
import { forgetLocalState, isStateInBucket, keepStateHere } from "./state-bootstrap";

/** Resources of a stack that Terraform refuses to destroy. */
export const protectedIn = ({ name, terraform }: DeployedStack): readonly string[] =>
  Object.entries(objectOf(terraform["resource"])).flatMap(([type, bodies]) =>
    Object.entries(objectOf(bodies)).flatMap(([resource, body]) =>
      objectOf(objectOf(body)["lifecycle"])["prevent_destroy"] === true ? [`${name}/${type}.${resource}`] : [],
    ),
  );

/** Buckets whose destruction AWS refuses while they hold anything, without those of the state, which are emptied last. */
const keptBuckets = ({ layer, region, terraform }: DeployedStack) =>
  layer === "state"
    ? []
    : Object.values(objectOf(objectOf(terraform["resource"])["aws_s3_bucket"])).flatMap((body) => {
        const name = textOf(objectOf(body)["bucket"]);
        return name !== undefined && objectOf(body)["force_destroy"] !== true ? [{ bucket: name, region }] : [];
      });

/** Everything that keeps the environment from being destroyed, at once. */
export async function teardownGaps(target: Target, emptied: ReadonlySet<string>): Promise<readonly Gap[]> {
  const { environment, stacks, account } = target;
  const common = { check: "teardown", stage: "edge", kind: "missing" as const };
  const held = stacks.flatMap(protectedIn);
  const isProtected: readonly Gap[] =
    held.length === 0
      ? []
      : [
          {
            ...common,
            what: `protectData of ${environment.name}`,
            found: `true: ${held.length} resources refuse their destruction (${held.slice(0, 5).join(", ")}${held.length > 5 ? ", …" : ""})`,
            expected: "false, on purpose",
            supply: [
              `set protectData: false in config/environments/${environment.name}.ts`,
              `plimsoll deploy --env ${environment.name}   # takes the protection away, nothing else`,
              `plimsoll destroy --env ${environment.name}`,
            ],
          },
        ];
  const barred = await barredFrom(target);
  const buckets = await Promise.all(
    (barred ? [] : stacks.flatMap(keptBuckets)).map(async (bucket): Promise<readonly Gap[]> => {
      const keys = await account.keys(bucket);
      if (keys === undefined || keys.length === 0 || emptied.has(bucket.bucket)) return [];
      return [
        {
          ...common,
          what: `bucket ${bucket.bucket}`,
          found: `${keys.length} objects`,
          expected: "empty: S3 does not delete a bucket that holds anything",
          supply: [
            `keep what you need: aws s3 sync s3://${bucket.bucket} <folder>`,
            `then: plimsoll destroy --empty ${bucket.bucket}`,
          ],
        },
      ];
    }),
  );
  return [...(barred ? [{ ...common, ...barred }] : []), ...isProtected, ...buckets.flat()];
}

/** Buckets that the caller agreed to empty, of those that the environment has. */
export const bucketsToEmpty = ({ stacks }: Target, names: ReadonlySet<string>) =>
  stacks.flatMap(keptBuckets).filter(({ bucket }) => names.has(bucket));

/** Destroys what a stage has deployed, the last wave first. */
export async function destroyStage(target: Target, stage: PlannedStage): Promise<StageResult> {
  const outcomes: StackOutcome[] = [];
  const { outdir, note, cdktf = runCdktf } = target;
  for (const [index, wave] of [...stage.waves].reverse().entries()) {
    const deployed = await deployedNames(target);
    const due = wave.filter(({ name }) => deployed.has(name));
    if (due.length === 0) continue;
    const log = join(outdir, "logs", `destroy-${stage.name}-${index + 1}.log`);
    if (stage.name === "state") await takeStatesOut(target, due);
    // With several stacks and without their dependants, cdktf 0.21 starts the first again and again: one process each.
    const runs = await Promise.all(
      due.map(({ name }) => cdktf({ verb: "destroy", stacks: [name], outdir, log: logOf(log, name), note })),
    );
    const run = {
      ok: runs.every(({ ok }) => ok),
      interrupted: runs.some(({ interrupted }) => interrupted),
      changes: new Map(runs.flatMap(({ changes }) => [...changes])),
      errors: runs.flatMap(({ errors }) => errors),
    };
    const finished = due.filter(({ name }) => run.changes.has(name));
    for (const stack of finished) {
      outcomes.push({ stack: stack.name, stage: stage.name, changes: run.changes.get(stack.name) });
      await forgetState(target, stage, stack);
    }
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

/** A file for each stack: several processes write at the same time. */
const logOf = (log: string, stack: string): string => log.replace(/\.log$/, `-${stack}.log`);

/** The state of a destroyed stack is empty: without it the stack counts as never deployed. */
async function forgetState({ account, environment }: Target, stage: PlannedStage, stack: DeployedStack): Promise<void> {
  if (stage.name === "state") forgetLocalState(environment.name, stack.name);
  else if (stack.state) await account.deleteObject(stack.state, stack.state.key);
}

/**
 * Moves the states of the buckets' own stacks onto this computer and empties the buckets. Only when no other state is
 * left in them: they are the last stage.
 */
async function takeStatesOut(target: Target, stacks: readonly DeployedStack[]): Promise<void> {
  const { environment, account, note } = target;
  const journal = journalBucket(target);
  if (journal) await forgetJournal(account, journal);
  for (const stack of stacks) {
    const { state } = stack;
    if (!state || !(await isStateInBucket(account, stack))) continue;
    const others = ((await account.keys(state)) ?? []).filter((key) => key !== state.key && key.endsWith(".tfstate"));
    if (others.length > 0)
      throw new Error(`${state.bucket} still holds ${others.join(", ")}: destroy these stacks first`);
    keepStateHere(environment.name, stack);
    const { status, stderr } = spawnSync(
      "terraform",
      [`-chdir=${stack.folder}`, "init", "-input=false", "-no-color", "-migrate-state", "-force-copy"],
      { encoding: "utf8", env: { ...process.env, CHECKPOINT_DISABLE: "1" } },
    );
    if (status !== 0) throw new Error(`the state of ${stack.name} cannot be moved out of its bucket: ${stderr.trim()}`);
    note(`${state.bucket}: emptied, its last state is on this computer`);
    await account.emptyBucket(state);
  }
}
