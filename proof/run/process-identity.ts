import { readFileSync } from "node:fs";

/** A process as a file remembers it: the number alone may belong to another process after a while. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The kernel's start tick of the process; "" where there is no /proc. */
  readonly started: string;
}

/** @throws never: a process that is gone has the start tick "" */
export function startTick(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command in field 2 may hold blanks and brackets: count from its closing bracket; the start tick is field 22.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

export const identify = (pid: number): ProcessIdentity => ({ pid, started: startTick(pid) });

/** Whether the same process still runs (a zombie counts as gone; a reused number too). */
export function isAlive({ pid, started }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return started === "" || (startTick(pid) === started && !isZombie(pid));
}

function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return true;
  }
}

/** @returns undefined when the text is not one: a half-written file of a process that died */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  const [pid, started = ""] = text.trim().split(" ");
  const number = Number(pid);
  return Number.isSafeInteger(number) && number > 1 ? { pid: number, started } : undefined;
}

export const identityText = ({ pid, started }: ProcessIdentity): string => `${pid} ${started}\n`;
