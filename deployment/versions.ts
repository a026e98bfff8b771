import { spawnSync } from "node:child_process";

/**
 * First number of the form 1.2 or 1.2.3 in what a program says of itself; undefined when it cannot be started.
 *
 * @param words how it is asked. @default --version
 */
export function versionOf(program: string, words: readonly string[] = ["--version"]): string | undefined {
  const { status, stdout } = spawnSync(program, words, {
    encoding: "utf8",
    env: { ...process.env, CHECKPOINT_DISABLE: "1" },
  });
  return status === 0 ? /\d+\.\d+(?:\.\d+)?/.exec(stdout)?.[0] : undefined;
}
