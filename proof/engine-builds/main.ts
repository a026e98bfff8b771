// `node dist/proof/engines/main.js [family …]`: builds what is missing; prints the binaries as JSON on stdout.
import { engineFamilies } from "./families";
import { obtainEngines, toStderr, ToolMissing } from "./obtain";

async function main(wanted: readonly string[]): Promise<number> {
  const names = wanted.length > 0 ? wanted : engineFamilies().map((family) => family.name);
  const engines: Record<string, string> = {};
  const missing: ToolMissing[] = [];
  for (const name of names) {
    try {
      Object.assign(engines, await obtainEngines([name]));
    } catch (error) {
      if (!(error instanceof ToolMissing)) throw error;
      missing.push(error);
    }
  }
  process.stdout.write(`${JSON.stringify(engines, undefined, 2)}\n`);
  for (const error of missing) toStderr(`NOT BUILT: ${error.message}`);
  return missing.length > 0 && process.env["REQUIRE_PROOF"] === "1" ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    toStderr(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
