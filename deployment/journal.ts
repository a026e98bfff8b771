import type { Account, Bucket } from "./account";
import type { DeployedStack } from "./stack-folder";

/** What the last deployment applied, as kept in the state bucket: any computer can resume it. */
export interface Journal {
  readonly schemaVersion: 1;
  /** By stack: the digest of what was applied, and the number of the deployment that did. */
  readonly applied: Readonly<Record<string, Applied>>;
}

export interface Applied {
  readonly digest: string;
  /** Counts applies of any stack: a stack is outdated when one that it depends on has a higher number. */
  readonly serial: number;
}

const KEY = "deployment-journal.json";
const empty: Journal = { schemaVersion: 1, applied: {} };

export async function readJournal(account: Account, bucket: Bucket): Promise<Journal> {
  const text = await account.readText(bucket, KEY);
  if (text === undefined) return empty;
  const journal = JSON.parse(text) as Journal;
  // Another version is not understood: everything is applied once more, which changes nothing that is right.
  return journal.schemaVersion === 1 ? journal : empty;
}

export const writeJournal = (account: Account, bucket: Bucket, journal: Journal): Promise<void> =>
  account.writeText(bucket, KEY, `${JSON.stringify(journal, undefined, 2)}\n`);

export const forgetJournal = (account: Account, bucket: Bucket): Promise<void> => account.deleteObject(bucket, KEY);

/** The journal after an apply of `stacks`. */
export function afterApplying(journal: Journal, stacks: readonly DeployedStack[]): Journal {
  const serial = 1 + Math.max(0, ...Object.values(journal.applied).map((one) => one.serial));
  const added = stacks.map(({ name, digest }) => [name, { digest, serial }] as const);
  return { ...journal, applied: { ...journal.applied, ...Object.fromEntries(added) } };
}

/** The journal after stacks were destroyed, or began to be applied: what is in between is not known to be right. */
export function without(journal: Journal, stacks: readonly DeployedStack[]): Journal {
  const gone = new Set(stacks.map(({ name }) => name));
  return {
    ...journal,
    applied: Object.fromEntries(Object.entries(journal.applied).filter(([name]) => !gone.has(name))),
  };
}

/** Whether a stack, and everything that it reads from, is as it was applied last. */
export function isUpToDate({ applied }: Journal, { name, digest, dependencies }: DeployedStack): boolean {
  const own = applied[name];
  if (own?.digest !== digest) return false;
  return dependencies.every((dependency) => {
    const other = applied[dependency];
    return other !== undefined && other.serial <= own.serial;
  });
}
