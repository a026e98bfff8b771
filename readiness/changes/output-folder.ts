import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../inventory/json";
import type { SynthesisedStack } from "../inventory/platform";

export const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/**
 * The stacks that a synthesis left in an output folder: those that can be deployed, else those that were refused.
 *
 * @throws Error in one sentence where the folder has none
 */
export function stacksOf(folder: string): SynthesisedStack[] {
  const [published, refused] = [join(folder, "stacks"), join(folder, "refused")];
  const files = isFolder(published)
    ? readdirSync(published).map((name) => [name, join(published, name, "cdk.tf.json")] as const)
    : isFolder(refused)
      ? readdirSync(refused).flatMap((name) =>
          name.endsWith(".json") ? [[name.slice(0, -".json".length), join(refused, name)] as const] : [],
        )
      : [];
  const found = files.filter(([, file]) => existsSync(file)).sort(([a], [b]) => (a < b ? -1 : 1));
  if (found.length === 0)
    throw new Error(
      `${folder}: no stack is there; allowed is an output folder of make synth, which has stacks/<name>/cdk.tf.json`,
    );
  return found.map(([name, file]) => ({ name, terraform: terraformIn(file) }));
}

function terraformIn(file: string): JsonObject {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as JsonObject;
  } catch (error) {
    throw new Error(
      `${file}: ${error instanceof Error ? error.message : String(error)}; write it again with make synth`,
    );
  }
}
