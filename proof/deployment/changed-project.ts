import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { emulatedApp } from "./fitted-stacks";
import { projectRoot } from "../run/project-root";

/** A replacement in a compiled file, as a user would make it in the source. */
export interface Change {
  /** Relative to dist/. */
  readonly file: string;
  readonly find: string | RegExp;
  readonly replace: string;
}

/**
 * A copy of the compiled project with another configuration.
 *
 * @returns the command that synthesises it for the emulators
 * @throws Error when the text to replace is not there
 */
export function changedProject(folder: string, changes: readonly Change[]): string {
  const root = projectRoot();
  mkdirSync(folder, { recursive: true });
  for (const name of ["dist", "package.json", "cdktf.json", "waivers.yaml", "apps"])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const { file, find, replace } of changes) {
    const path = join(folder, "dist", file);
    const text = readFileSync(path, "utf8");
    const changed = text.replace(find, replace);
    if (changed === text) throw new Error(`${file}: ${String(find)} is not there to be replaced`);
    writeFileSync(path, changed);
  }
  return emulatedApp(folder);
}
