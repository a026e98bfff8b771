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
 * that is not written in the literal falls back to the longest part that is. Where the file holds settings only, that
 * part is one of the field, or the place is in code.
 */
export function locate(declaration: Declaration, field = "", root: string = projectRoot): Location | undefined {
  const { frame, path = "", inCode = false } = declaration;
  const framed = frame && frame.file !== "" ? sourceOfFrame(frame) : undefined;
  const code = framed && within(root, framed);
  const file = declaration.file ?? code?.file;
  if (file === undefined || outside(file)) return undefined;
  if (declaration.file === undefined && declaration.path === undefined) return code;
  const written = field === "" ? undefined : settingOf(declaration, field, root);
  if (written) return written;
  const [last = declaration] = wholes(declaration);
  const whole = last.file === undefined ? undefined : lineOfPath(root, last.file, joined(last.path, field));
  return (inCode && last.inCode ? code : whole) ?? code ?? lineOfPath(root, file, path) ?? { file, line: 1 };
}

/** Line of the setting in the first of the files that has it. */
function settingOf(declaration: Declaration, field: string, root: string): Location | undefined {
  const { file, path = "", override, otherwise } = declaration;
  if (file === undefined) return undefined;
  const overridden = override === undefined ? "" : `${override}.${field.split(".").at(-1) ?? ""}`;
  return (
    (overridden === "" ? undefined : lineOfPath(root, file, overridden, { steps: stepsOf(overridden) })) ??
    lineOfPath(root, file, joined(path, field), { steps: stepsOf(path) + 1 }) ??
    (otherwise && settingOf(otherwise, field, root))
  );
}

/** Declarations that describe it as a whole, the most general first. */
const wholes = (declaration: Declaration): readonly Declaration[] => [
  ...(declaration.otherwise ? wholes(declaration.otherwise) : []),
  ...(declaration.inCode ? [] : [declaration]),
];

const joined = (path = "", field = ""): string => [path, field].filter((part) => part !== "").join(".");

const stepsOf = (path: string): number => path.split(".").filter((step) => step !== "").length;

const outside = (file: string): boolean => isAbsolute(file) || file.startsWith("..");

function within(root: string, { file, line }: Location): Location | undefined {
  const own = inProject(file, root);
  return outside(own) ? undefined : { file: own, line };
}
