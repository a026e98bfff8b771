import { isAbsolute } from "node:path";
import type { Declaration } from "../declaration";
import { inProject, projectRoot } from "../project";
import { sourceOfFrame } from "./frame";
import { lineOfPath, type Location } from "./literal";

export type { Location } from "./literal";

/**
 * Where the declaration stands in the TypeScript source.
 *
 * `field` refines its path: `scale.min` of the declaration `components.api` is `components.api.scale.min`, and what of
 * that is not written in the literal falls back to the longest part that is.
 */
export function locate(declaration: Declaration, field = "", root: string = projectRoot): Location | undefined {
  const framed = declaration.frame && declaration.frame.file !== "" ? sourceOfFrame(declaration.frame) : undefined;
  const file = declaration.file ?? (framed && inProject(framed.file, root));
  if (file === undefined || isAbsolute(file) || file.startsWith("..")) return undefined;
  if (declaration.file === undefined && declaration.path === undefined && framed) return { file, line: framed.line };
  const path = [declaration.path ?? "", field].filter((part) => part !== "").join(".");
  const overridden =
    declaration.override === undefined || field === ""
      ? undefined
      : lineOfPath(root, file, `${declaration.override}.${field.split(".").at(-1) ?? ""}`, { whole: true });
  if (overridden) return overridden;
  return lineOfPath(root, file, path) ?? (framed ? { file, line: framed.line } : { file, line: 1 });
}
