import { mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { loadEnvironment } from "../config/load";
import type { Environment, EnvironmentName } from "../config/environment";
import type { JsonObject } from "../readiness/inventory/json";
import type { SynthesisedStack } from "../readiness/inventory/platform";
import { withoutTokenTraces } from "../readiness/token-traces";

/** The date at which the tests judge. */
export const judgedOn = "2026-11-21T00:00:00.000Z";

const memory = new Map<EnvironmentName, readonly SynthesisedStack[]>();

/** The stacks of an environment as `app.synth()` writes them, once for each test file. */
export function synthesised(name: EnvironmentName): readonly SynthesisedStack[] {
  const known = memory.get(name);
  if (known) return known;
  const { buildPlatform } = createRequire(__filename)("../stacks/platform") as { buildPlatform: (app: App, environment: Environment) => void };
  const stacks = stacksOf((app) => buildPlatform(app, loadEnvironment({ PLIMSOLL_ENV: name })));
  memory.set(name, stacks);
  return stacks;
}

/** What a real synthesis of the app that `build` fills writes. */
export function stacksOf(build: (app: App) => void): SynthesisedStack[] {
  const outdir = mkdtempSync(join(tmpdir(), "synthesised-"));
  const app = new App({ outdir });
  withoutTokenTraces(() => {
    build(app);
    app.synth();
  });
  const manifest = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as { stacks: Record<string, { synthesizedStackPath: string }> };
  return Object.entries(manifest.stacks).map(([stack, { synthesizedStackPath }]) => ({
    name: stack, terraform: JSON.parse(readFileSync(join(outdir, synthesizedStackPath), "utf8")) as JsonObject,
  }));
}
