// `node dist/proof/main.js [part …]`: proves the platform on real engines; without a part, all of them.
import { proveCapacity } from "./capacity-part";
import { proveCharts } from "./charts-part";
import { proveEngines } from "./engines-part";
import { ToolMissing } from "./engines/obtain";
import { proveKubernetes } from "./kubernetes-part";
import { exitCodeOf, Ledger, summaryOf } from "./ledger";
import { Progress } from "./progress";
import { proveTerraform } from "./terraform-part";

const parts: Readonly<Record<string, (ledger: Ledger) => Promise<void>>> = {
  engines: proveEngines,
  terraform: proveTerraform,
  kubernetes: proveKubernetes,
  charts: proveCharts,
  capacity: proveCapacity,
};

async function main(wanted: readonly string[]): Promise<number> {
  const strange = wanted.filter((name) => !(name in parts));
  if (strange.length > 0) throw new Error(`no part of the proof is called ${strange.join(", ")}: there are ${Object.keys(parts).join(", ")}`);
  const began = performance.now();
  const progress = new Progress();
  const ledgers: Ledger[] = [];
  for (const [name, prove] of Object.entries(parts).filter(([part]) => wanted.length === 0 || wanted.includes(part))) {
    const ledger = new Ledger(name === "engines" ? name : `proof-${name}`, progress);
    ledgers.push(ledger);
    progress.line(`== ${ledger.part}`);
    try {
      await prove(ledger);
    } catch (error) {
      if (error instanceof ToolMissing) ledger.cannot(`all of ${ledger.part}`, error.message, { obstacle: "missing tool" });
      else ledger.failed(`${ledger.part} ended early`, error instanceof Error ? error.message : String(error));
    }
  }
  process.stdout.write(`${summaryOf(ledgers, (performance.now() - began) / 1000).join("\n")}\n`);
  return exitCodeOf(ledgers, process.env["REQUIRE_PROOF"] === "1");
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
