import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import type { JsonObject } from "../inventory/json";
import type { SynthesisedStack } from "../inventory/platform";
import { leanSynthesis } from "../../fast-paths/lean-synthesis";
import { withoutTokenTraces } from "../../fast-paths/token-traces";

/** How the app is written: with what makes synthesis leaner, or as cdktf does it by itself. */
export type SynthesisMode = "lean" | "plain";

/** The stacks of the app that `build` fills, as a synthesis writes them. Nothing is judged, and no file is kept. */
export function synthesisedStacks(build: (app: App) => void, mode: SynthesisMode = "lean"): SynthesisedStack[] {
  const outdir = mkdtempSync(join(tmpdir(), "synthesised-"));
  try {
    const app = new App({ outdir });
    withoutTokenTraces(() => {
      build(app);
      if (mode === "lean") leanSynthesis(app);
      else app.synth();
    });
    const manifest = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as {
      stacks: Record<string, { synthesizedStackPath: string }>;
    };
    return Object.entries(manifest.stacks).map(([name, { synthesizedStackPath }]) => ({
      name,
      terraform: JSON.parse(readFileSync(join(outdir, synthesizedStackPath), "utf8")) as JsonObject,
    }));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
