import { engineFamilies } from "./engines/families";
import { obtainEngines, ToolMissing } from "./engines/obtain";
import type { Ledger } from "./ledger";

/** Every engine is built, or was. */
export async function proveEngines(ledger: Ledger): Promise<void> {
  for (const { name, version } of engineFamilies()) {
    try {
      await obtainEngines([name], (line) => ledger.progress.step(line));
      ledger.proved("engines at hand");
    } catch (error) {
      if (error instanceof ToolMissing) ledger.cannot(`${name} ${version}`, error.message, { obstacle: "missing tool" });
      else ledger.failed(`${name} ${version} built`, error instanceof Error ? error.message : String(error));
    }
  }
}
