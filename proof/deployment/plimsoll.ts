import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { identify } from "../run/process-identity";
import { projectRoot } from "../run/project-root";
import { endingInOrder, type RunFolder } from "../run/run-folder";

export interface StackChange {
  readonly stack: string;
  readonly stage: string;
  readonly changes?: { readonly added: number; readonly changed: number; readonly destroyed: number };
}

/** What `plimsoll deploy --json` and `plimsoll destroy --json` print. */
export interface Result {
  readonly outcome: "done" | "missing" | "failed" | "interrupted" | "checked";
  readonly stacks: readonly StackChange[];
  readonly gaps: readonly { readonly check: string; readonly what: string }[];
  readonly next?: string | null;
  readonly errors?: readonly string[];
}

export interface Answer {
  readonly code: number;
  readonly result: Result | undefined;
  /** Standard error: progress, and what ended the command early. */
  readonly words: string;
}

export interface PlimsollOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly note: (line: string) => void;
  /** Asked with every line of progress; true sends Ctrl-C, once. @default never */
  readonly interruptWhen?: (line: string) => boolean;
  /** Whether Ctrl-C of this process goes to the command, which finishes the stacks in work. @default false - it ends the run */
  readonly endsInOrder?: boolean;
}

/** The command line as a user starts it, one process for each command. */
export async function plimsoll(run: RunFolder, words: readonly string[], options: PlimsollOptions): Promise<Answer> {
  const child = spawn(process.execPath, [join(projectRoot(), "cli", "bin.mjs"), ...words, "--json"], {
    cwd: projectRoot(),
    env: options.environment,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  if (child.pid) run.remember(`plimsoll-${words[0]}`, identify(child.pid), "SIGINT");
  const said: string[] = [];
  let document = "";
  let interrupted = false;
  child.stdout.on("data", (chunk: Buffer) => (document += chunk.toString()));
  createInterface({ input: child.stderr }).on("line", (line) => {
    said.push(line);
    options.note(line);
    if (interrupted || !options.interruptWhen?.(line)) return;
    interrupted = true;
    child.kill("SIGINT");
  });
  const ended = (): Promise<number> =>
    new Promise((resolve, reject) => child.once("error", reject).once("close", (status) => resolve(status ?? 1)));
  // The command is in a group of its own: without this Ctrl-C of the user would not reach it.
  const code = await (options.endsInOrder ? endingInOrder(() => child.kill("SIGINT"), ended) : ended());
  return { code, result: parsed(document), words: said.slice(-30).join("\n") };
}

function parsed(text: string): Result | undefined {
  try {
    return JSON.parse(text) as Result;
  } catch {
    return undefined;
  }
}
