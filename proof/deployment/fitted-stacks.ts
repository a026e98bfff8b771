import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../run/project-root";
import type { StackFolder } from "../terraform/terraform-stacks";

/** What was left out of a stack for the emulators and the providers at hand. */
export type FittedStack = Omit<StackFolder, "folder" | "dependencies">;

/** Beside the manifest; no program of the product reads it. */
export const fittedFile = (outdir: string): string => join(outdir, "fitted-to-emulators.json");

/** Of the stacks in an output folder; empty when they were never synthesised. */
export const fittedStacks = (outdir: string): readonly FittedStack[] =>
  existsSync(fittedFile(outdir))
    ? (JSON.parse(readFileSync(fittedFile(outdir), "utf8")) as readonly FittedStack[])
    : [];

/** The command that synthesises for the emulators, in the place of the app of cdktf.json. */
export const emulatedApp = (root: string = projectRoot()): string =>
  `${process.execPath} ${join(root, "dist", "proof", "deployment", "emulated-app.js")}`;
