import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { projectRoot } from "../config/project";
import { Interruption } from "./interruption";

export interface StackChanges {
  readonly added: number;
  readonly changed: number;
  readonly destroyed: number;
}

export interface CdktfRun {
  readonly ok: boolean;
  /** The run was interrupted (Ctrl-C, SIGTERM): the stacks in work were finished, or with a second wish interrupted. */
  readonly interrupted: boolean;
  /** By stack, for those that Terraform finished. */
  readonly changes: ReadonlyMap<string, StackChanges>;
  /** Terraform's own words about what failed, with the stack before each line. */
  readonly errors: readonly string[];
}

export interface CdktfOptions {
  readonly verb: "deploy" | "destroy";
  readonly stacks: readonly string[];
  /** What synthesis wrote; nothing is synthesised again. */
  readonly outdir: string;
  /** Every line of cdktf and Terraform is appended to it. */
  readonly log: string;
  /** Answers Terraform's question whether a state may move to the backend of the JSON. @default false */
  readonly migrateState?: boolean;
  /** @default the process's own */
  readonly environment?: NodeJS.ProcessEnv;
  /** Called for each finished resource and stack. */
  readonly note: (text: string) => void;
}

/** Stacks at a time: an apply mostly waits for AWS, and each takes 600 MB of memory while it does. */
const STACKS_AT_A_TIME = 6;

/** Runs the real `cdktf deploy` or `cdktf destroy` on stacks that do not depend on each other. */
export async function runCdktf(options: CdktfOptions): Promise<CdktfRun> {
  const { verb, stacks, outdir, log } = options;
  mkdirSync(dirname(log), { recursive: true });
  const file = createWriteStream(log, { flags: "a" });
  const child = spawn(
    process.execPath,
    [
      join(projectRoot, "node_modules", "cdktf-cli", "bundle", "bin", "cdktf"),
      verb,
      ...stacks,
      ...["--output", outdir, "--skip-synth", "--auto-approve", "--ignore-missing-stack-dependencies"],
      // The lock file lies in the output folder and ends with it; `terraform init` writes one even so.
      ...(verb === "deploy" ? ["--skip-provider-lock"] : []),
      ...["--parallelism", String(STACKS_AT_A_TIME)],
      ...(options.migrateState ? ["--migrate-state"] : []),
    ],
    {
      cwd: projectRoot,
      // Without a terminal cdktf writes whole lines; CI=1 keeps it from drawing.
      env: { ...(options.environment ?? process.env), CHECKPOINT_DISABLE: "1", NO_COLOR: "1", CI: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own: Ctrl-C reaches Terraform once, through us, and cdktf not at all (interruption.ts).
      detached: true,
    },
  );
  const reading = new OutputReader(stacks, options.note);
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on("line", (line) => {
      file.write(`${line}\n`);
      reading.line(line);
    });
  const interruption = new Interruption(() => child.pid);
  const onInterrupt = (): void => options.note(interruption.ask());
  process.on("SIGINT", onInterrupt).on("SIGTERM", onInterrupt);
  try {
    const code = await new Promise<number | null>((resolve, reject) =>
      child.once("error", reject).once("close", resolve),
    );
    const interrupted = interruption.asked;
    return { ok: code === 0 && !interrupted, interrupted, changes: reading.changes, errors: reading.errors };
  } finally {
    interruption.end();
    process.off("SIGINT", onInterrupt).off("SIGTERM", onInterrupt);
    file.end();
  }
}

const APPLIED = /Apply complete! Resources: (\d+) added, (\d+) changed, (\d+) destroyed/;
const DESTROYED = /Destroy complete! Resources: (\d+) destroyed/;
const FINISHED = /: (?:Creation|Modifications|Destruction) complete after (\S+)/;

/** Reads lines of the form "stack-name  text of Terraform", and what follows it. */
export class OutputReader {
  readonly changes = new Map<string, StackChanges>();
  readonly errors: string[] = [];
  private readonly inError = new Set<string>();
  private finished = 0;
  /** cdktf writes the stack's name before the first line of what Terraform says at once, and blanks before the others. */
  private current = "";

  constructor(
    private readonly stacks: readonly string[],
    private readonly note: (text: string) => void,
  ) {}

  line(raw: string): void {
    const line = raw.replace(/\u001b\[[0-9;]*m/g, "");
    const named = this.stacks.find((name) => line.startsWith(`${name} `));
    if (named !== undefined) this.current = named;
    const stack = this.current;
    const text = line.slice(named === undefined ? 0 : named.length).trim();
    const applied = APPLIED.exec(text);
    const destroyed = DESTROYED.exec(text);
    if (applied)
      this.finish(stack, { added: Number(applied[1]), changed: Number(applied[2]), destroyed: Number(applied[3]) });
    else if (destroyed) this.finish(stack, { added: 0, changed: 0, destroyed: Number(destroyed[1]) });
    else if (FINISHED.test(text)) this.note(`${++this.finished} resources done, last ${stack} ${text}`);
    this.collectErrors(stack, text);
  }

  private finish(stack: string, changes: StackChanges): void {
    this.changes.set(stack, changes);
    this.note(`${stack}: ${describe(changes)}`);
  }

  /** Terraform draws a box around an error: ╷ begins it, ╵ ends it. */
  private collectErrors(stack: string, text: string): void {
    if (/Error: /.test(text)) this.inError.add(stack);
    if (this.inError.has(stack)) {
      const words = text.replace(/^[\s│╷╵]+/, "").trimEnd();
      if (words) this.errors.push(stack ? `${stack}: ${words}` : words);
    }
    if (text.includes("╵")) this.inError.delete(stack);
  }
}

export function describe({ added, changed, destroyed }: StackChanges): string {
  const parts = [
    added > 0 ? `${added} added` : "",
    changed > 0 ? `${changed} changed` : "",
    destroyed > 0 ? `${destroyed} destroyed` : "",
  ].filter(Boolean);
  return parts.join(", ") || "no changes";
}
