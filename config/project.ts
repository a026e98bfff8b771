import { basename, dirname, join, relative, sep } from "node:path";

const parent = dirname(__dirname);

/** Folder of the project: the parent of `dist` when compiled, of `config` otherwise. */
export const projectRoot = basename(parent) === "dist" ? dirname(parent) : parent;

/** The file as the project names it: relative, with `/`. */
export function inProject(file: string, root: string = projectRoot): string {
  return relative(root, join(file)).split(sep).join("/");
}
