import { createRequire } from "node:module";
import type TypeScript from "typescript";

/**
 * The compiler, loaded only when a finding needs its line: loading it costs more than judging a platform without any.
 * The bundle asks its launcher for it, which keeps its compiled code, too.
 */
export const typescript = (): typeof TypeScript => createRequire(__filename)("typescript") as typeof TypeScript;
