import { spawnSync } from "node:child_process";

/** How often new children of cdktf are looked for once an end was asked for. */
const LOOK_MS = 250;

/**
 * Ends a run of cdktf in order. A signal to cdktf itself would not: it ends at once, its terminal closes, and the hang-up
 * kills Terraform in the middle of a resource, with the state unwritten and locked. So each Terraform is interrupted, and
 * cdktf, which sees them fail, ends by itself after the last. Stacks that wait for their turn are interrupted as they start.
 */
export class Interruption {
  private timer: NodeJS.Timeout | undefined;
  private readonly told = new Set<number>();

  /** @param parent the process of cdktf, once it runs */
  constructor(private readonly parent: () => number | undefined) {}

  get asked(): boolean {
    return this.timer !== undefined;
  }

  /** Asked a second time, Terraform is told a second time: it then ends without finishing the resource in work. */
  ask(): void {
    this.told.clear();
    this.interrupt();
    this.timer ??= setInterval(() => this.interrupt(), LOOK_MS);
  }

  end(): void {
    clearInterval(this.timer);
  }

  private interrupt(): void {
    const parent = this.parent();
    if (parent === undefined) return;
    for (const child of childrenOf(parent)) {
      if (this.told.has(child)) continue;
      this.told.add(child);
      try {
        process.kill(child, "SIGINT");
      } catch (error) {
        // It ended between the look and the signal.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
  }
}

/** @returns the ids of the direct children, from the table of processes (POSIX ps) */
export function childrenOf(parent: number): readonly number[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  return (stdout ?? "").split("\n").flatMap((line) => {
    const [pid, ppid] = line.trim().split(/\s+/).map(Number);
    return pid !== undefined && ppid === parent ? [pid] : [];
  });
}
