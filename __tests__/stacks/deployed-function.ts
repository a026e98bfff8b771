import { transformSync } from "@swc/core";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

type Exports = Record<string, (...args: never[]) => unknown>;

/** jest cannot load an ES module, and the file itself is what is deployed. */
export function load(file: string): Exports {
  const { code } = transformSync(readFileSync(file, "utf8"), {
    module: { type: "commonjs" },
    jsc: { target: "es2022" },
  });
  const exports: Exports = {};
  const requireFrom = (name: string): unknown =>
    name.startsWith(".") ? load(join(dirname(file), name)) : (createRequire(__filename)(name) as unknown);
  new Function("exports", "require", code)(exports, requireFrom);
  return exports;
}

export const functions = join(__dirname, "../../constructs/aws/functions");
