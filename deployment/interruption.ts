import { spawnSync } from "node:child_process";

/** How often new children of cdktf are looked for once Terraform itself is interrupted. */
const LOOK_MS = 250;

/**
 * Ends a run of cdktf in order, in two steps.
 *
 * The first wish lets the stacks in work finish and starts no others: an interrupted Terraform makes its provider drop
 * the calls under way, and what AWS makes of such a call is in no state; the next run then finds that it exists.
 *
 * The second interrupts each Terraform. cdktf itself gets no signal: it would end at once, its terminal would close, and
 * the hang-up would kill Terraform with the state unwritten and locked. It sees its Terraforms fail and ends after the
 * last; stacks that wait for their turn are interrupted as they start.
 */
export class Interruption {
  private wishes = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly told = new Set<number>();

  /** @param parent the process of cdktf, once it runs */
  constructor(private readonly parent: () => number | undefined) {}

  get asked(): boolean {
    return this.wishes > 0;
  }

  /** @returns what happens now, for whoever asked */
  ask(): string {
    this.wishes += 1;
    if (this.wishes === 1)
      return "ending after the stacks in work; once more interrupts Terraform, and what AWS is just making may then have to be imported or deleted by hand";
    this.told.clear();
    this.interrupt();
    this.timer ??= setInterval(() => this.interrupt(), LOOK_MS);
    return "interrupting Terraform: it writes the state of what is finished";
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
