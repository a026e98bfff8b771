import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, identityText, isAlive, parseIdentity } from "../run/process-identity";

/**
 * Runs `work` while no other run holds the lock file. A lock whose holder is dead is taken over.
 * @param waiting called once, with the pid of the holder, when the lock is not free
 */
export async function withLock<T>(file: string, waiting: (pid: number) => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  for (let told = false; !take(file); await sleep(200)) {
    const holder = holderOf(file);
    if (holder === "dead") evict(file);
    else if (typeof holder === "number" && !told) {
      waiting(holder);
      told = true;
    }
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** The file appears with its content (written aside, then linked), so that no process ever reads an empty lock. */
function take(file: string): boolean {
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, identityText(identify(process.pid)));
  try {
    linkSync(aside, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function holderOf(file: string): number | "dead" | "free" {
  try {
    const holder = parseIdentity(readFileSync(file, "utf8"));
    return holder && isAlive(holder) ? holder.pid : "dead";
  } catch {
    return "free";
  }
}

/** Takes the dead holder's lock away; one that another process took in the same moment is put back. */
function evict(file: string): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // another process was faster
  }
  if (holderOf(aside) !== "dead") {
    try {
      linkSync(aside, file);
    } catch {
      // a third run holds it by now; the second waits for it as for any other
    }
  }
  rmSync(aside, { force: true });
}
