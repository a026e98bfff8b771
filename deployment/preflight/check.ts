import { type Environment, isEmulated } from "../../config/environment";
import type { Account } from "../account";
import type { DeployedStack } from "../stack-folder";
import { stages } from "../stages";
import { barredFrom, wordsOf } from "./caller";

/** What a deployment lacks, and how to supply it. */
export interface Gap {
  /** Id of the check that found it. */
  readonly check: string;
  /** Name of the first stage that cannot be deployed without it. */
  readonly stage: string;
  /** `unknown`: it could not be asked. It stops the deployment as well, until `--accept-unknown <check>`. */
  readonly kind: "missing" | "unknown";
  readonly what: string;
  readonly found: string;
  readonly expected: string;
  /** Commands or steps, in order. */
  readonly supply: readonly string[];
}

export interface PreflightContext {
  readonly environment: Environment;
  readonly stacks: readonly DeployedStack[];
  readonly account: Account;
  /** Programs on PATH with their version, for example `terraform` → "1.11.4"; undefined when there is none. */
  readonly versionOf: (program: string) => string | undefined;
  /** Names of the stacks whose state lies in a bucket, and so exist. */
  readonly deployed: ReadonlySet<string>;
  /** State files of a region's bucket by stack, read once. */
  readonly stateOf: (stack: DeployedStack) => Promise<string | undefined>;
  /** Addresses whose loss was agreed to, as "stack/address". */
  readonly consented: ReadonlySet<string>;
  /** Whether the state of a stack lies beside the project: a first deployment began here. */
  readonly hasLocalState: (stack: string) => boolean;
}

export interface Check {
  readonly id: string;
  /** What it makes sure of, as a sentence. */
  readonly title: string;
  /** First stage that needs it. */
  readonly stage: string;
  /** Whether the emulated environment has nothing to ask; a line says so. @default false */
  readonly notEmulated?: string;
  /** Whether it has something to say without credentials of the account. @default false */
  readonly withoutAccount?: boolean;
  readonly run: (context: PreflightContext) => Promise<readonly Omit<Gap, "check" | "stage" | "kind">[]>;
}

export interface PreflightResult {
  readonly gaps: readonly Gap[];
  /** Ids of the checks that found nothing. */
  readonly passed: readonly string[];
  /** Checks that were not made, and why. */
  readonly skipped: readonly { readonly check: string; readonly because: string }[];
}

/**
 * Runs every check that a stage up to `until` needs, all at once.
 *
 * @param until name of the last stage to look at. @default all stages
 */
export async function preflight(
  checks: readonly Check[],
  context: PreflightContext,
  until: string = stages.at(-1)?.name ?? "",
): Promise<PreflightResult> {
  const last = stages.findIndex(({ name }) => name === until);
  const due = checks.filter(({ stage }) => stages.findIndex(({ name }) => name === stage) <= last);
  const local = isEmulated(context.environment);
  const applicable = due.filter(({ notEmulated }) => !local || notEmulated === undefined);
  // One entry about the credentials says more than the same failure of every check.
  const barred = (await barredFrom(context)) !== undefined;
  const made = applicable.filter(({ withoutAccount }) => !barred || withoutAccount === true);
  const results = await Promise.all(made.map((check) => runOne(check, context)));
  return {
    gaps: results.flat(),
    passed: made.filter((_, index) => results[index]?.length === 0).map(({ id }) => id),
    skipped: [
      ...due.flatMap(({ id, notEmulated }) =>
        local && notEmulated !== undefined ? [{ check: id, because: notEmulated }] : [],
      ),
      ...applicable
        .filter((check) => !made.includes(check))
        .map(({ id }) => ({ check: id, because: "it asks the account, and needs its credentials first" })),
    ],
  };
}

async function runOne(check: Check, context: PreflightContext): Promise<readonly Gap[]> {
  const { id, stage, title } = check;
  try {
    return (await check.run(context)).map((gap) => ({ ...gap, check: id, stage, kind: "missing" as const }));
  } catch (error) {
    return [
      {
        check: id,
        stage,
        kind: "unknown",
        what: title,
        found: wordsOf(error),
        expected: "an answer",
        supply: [`fix the cause, or deploy without this check: --accept-unknown ${id}`],
      },
    ];
  }
}
