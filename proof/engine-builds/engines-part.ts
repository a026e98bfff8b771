import { engineFamilies } from "./families";
import { obtainEngines, ToolMissing } from "./obtain";
import type { Ledger } from "../run/ledger";

/** Every engine is built, or was. */
export async function proveEngines(ledger: Ledger): Promise<void> {
  const lacking = new Map<string, { readonly error: ToolMissing; readonly names: string[] }>();
  for (const { name, version } of engineFamilies()) {
    try {
      await obtainEngines([name], (line) => ledger.progress.step(line));
      ledger.proved("engines at hand");
    } catch (error) {
      if (!(error instanceof ToolMissing))
        ledger.failed(`${name} ${version} built`, error instanceof Error ? error.message : String(error));
      else lacking.set(error.tool, { error, names: [...(lacking.get(error.tool)?.names ?? []), `${name} ${version}`] });
    }
  }
  for (const { error, names } of lacking.values()) ledger.lacks(names.join(", "), error);
}
