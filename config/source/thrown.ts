import { sourceOfFrame } from "./frame";
import { inProject } from "../project";

/** What code of a configuration file threw, in one line, and where it was thrown in the TypeScript source. */
export interface Thrown {
  readonly message: string;
  /** Undefined where the stack does not lead into the file asked for. */
  readonly line: number | undefined;
}

/** @param error whatever is thrown: a module may throw anything */
export function thrownIn(error: unknown, path: string): Thrown {
  const { message = String(error), stack = "" } = partsOf(error);
  const at = stack.indexOf(`${path}:`);
  const [, line, column] = at < 0 ? [] : (stack.slice(at + path.length).match(/^:(\d+):(\d+)/) ?? []);
  return {
    message: message.split("\n")[0] ?? "",
    line:
      line === undefined ? undefined : sourceOfFrame({ file: path, line: Number(line), column: Number(column) }).line,
  };
}

/** The file of the project that threw: the first of the stack, which may be one that the module asked for read. */
export function thrownAt(error: unknown): { readonly file: string; readonly line: number } | undefined {
  const { stack = "" } = partsOf(error);
  const frames = [...stack.matchAll(/\(?(\/[^():]+):(\d+):(\d+)\)?$/gm)].map(([, file = "", line, column]) =>
    sourceOfFrame({ file, line: Number(line), column: Number(column) }),
  );
  const [own] = frames.map(({ file, line }) => ({ file: inProject(file), line })).filter(({ file }) => isOwn(file));
  return own;
}

const isOwn = (file: string): boolean => !file.startsWith("..") && !file.includes("node_modules/");

/** What is thrown may be null, or an error whose parts are no text. */
function partsOf(error: unknown): { readonly message?: string; readonly stack?: string } {
  if (typeof error !== "object" || error === null) return {};
  const { message, stack } = error as { readonly message?: unknown; readonly stack?: unknown };
  return { ...(typeof message === "string" ? { message } : {}), ...(typeof stack === "string" ? { stack } : {}) };
}
