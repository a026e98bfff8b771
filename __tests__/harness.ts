import { existsSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "cdktf";
import { loadEnvironment } from "../config/load";
import type { Environment, EnvironmentName } from "../config/environment";
import type { JsonObject } from "../readiness/inventory/json";
import type { SynthesisedStack } from "../readiness/inventory/platform";

/** The date at which the tests judge. */
export const judgedOn = "2026-11-21T00:00:00.000Z";

const memory = new Map<EnvironmentName, readonly SynthesisedStack[]>();

/** The stacks of an environment as `app.synth()` writes them: synthesised once in a run of jest, and read by its other files. */
export function synthesised(name: EnvironmentName): readonly SynthesisedStack[] {
  const known = memory.get(name);
  if (known) return known;
  // The temporary folder is this run's alone.
  const shared = join(tmpdir(), `${name}.json`);
  if (!existsSync(shared)) {
    const own = join(mkdtempSync(join(tmpdir(), "shared-")), "stacks.json");
    writeFileSync(own, JSON.stringify(synthesise(name)));
    renameSync(own, shared);
  }
  const stacks = JSON.parse(readFileSync(shared, "utf8")) as readonly SynthesisedStack[];
  memory.set(name, stacks);
  return stacks;
}

/** The stacks of an environment, synthesised anew. */
export function synthesise(name: EnvironmentName, synthesis?: Synthesis): readonly SynthesisedStack[] {
  const { buildPlatform } = createRequire(__filename)("../stacks/platform") as {
    buildPlatform: (app: App, environment: Environment) => void;
  };
  return stacksOf((app) => buildPlatform(app, loadEnvironment({ PLIMSOLL_ENV: name })), synthesis);
}

/** How cdktf synthesises with what makes it leaner, and by itself. */
type Synthesis = "lean" | "plain";

/** What a real synthesis of the app that `build` fills writes. */
export function stacksOf(build: (app: App) => void, synthesis: Synthesis = "lean"): SynthesisedStack[] {
  const outdir = mkdtempSync(join(tmpdir(), "synthesised-"));
  // Only files that synthesise load cdktf.
  const { App } = createRequire(__filename)("cdktf") as typeof import("cdktf");
  const { withoutTokenTraces } = createRequire(__filename)(
    "../readiness/synthesis/token-traces",
  ) as typeof import("../readiness/synthesis/token-traces");
  const { leanSynthesis } = createRequire(__filename)(
    "../readiness/synthesis/lean-synthesis",
  ) as typeof import("../readiness/synthesis/lean-synthesis");
  const app = new App({ outdir });
  withoutTokenTraces(() => {
    build(app);
    if (synthesis === "lean") leanSynthesis(app);
    else app.synth();
  });
  const manifest = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as {
    stacks: Record<string, { synthesizedStackPath: string }>;
  };
  return Object.entries(manifest.stacks).map(([stack, { synthesizedStackPath }]) => ({
    name: stack,
    terraform: JSON.parse(readFileSync(join(outdir, synthesizedStackPath), "utf8")) as JsonObject,
  }));
}
