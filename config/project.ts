import { readFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";

const parent = dirname(__dirname);

/** Folder of the project: the parent of `dist` when compiled, of `config` otherwise. */
export const projectRoot = basename(parent) === "dist" ? dirname(parent) : parent;

/** The file as the project names it: relative, with `/`. */
export function inProject(file: string, root: string = projectRoot): string {
  return relative(root, join(file)).split(sep).join("/");
}

/** What package.json says of the program. */
export interface Program {
  readonly version: string;
  /** Where people read about it: its homepage, or else its repository. Undefined where package.json names neither. */
  readonly informationUri?: string;
}

/** @default manifest - package.json of the project */
export function programOf(
  manifest: unknown = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")),
): Program {
  const { version, homepage, repository } = manifest as Record<string, unknown>;
  const url = typeof repository === "string" ? repository : (repository as { readonly url?: unknown } | undefined)?.url;
  const informationUri = [
    homepage,
    typeof url === "string" ? url.replace(/^git\+/, "").replace(/\.git$/, "") : undefined,
  ].find((one): one is string => typeof one === "string" && /^https?:/.test(one));
  return { version: String(version), ...(informationUri === undefined ? {} : { informationUri }) };
}
