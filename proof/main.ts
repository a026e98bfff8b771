// `node dist/proof/main.js [part …]`: proves the platform on real engines; without a part, all of them.
import { proveAlerts } from "./alerts/alerts-part";
import { proveBackups } from "./backups/backups-part";
import { proveCapacity } from "./capacity/capacity-part";
import { proveCharts } from "./charts/charts-part";
import { proveEngines } from "./engine-builds/engines-part";
import { ToolMissing } from "./engine-builds/obtain";
import { proveKubernetes } from "./kubernetes/kubernetes-part";
import { exitCodeOf, Ledger, summaryOf } from "./run/ledger";
import { proveLinters } from "./linters/linters-part";
import { Progress } from "./run/progress";
import { provePromotion } from "./promotion/promotion-part";
import { proveRestores } from "./restores/restores-part";
import { proveStores } from "./stores/stores-part";
import { proveTerraform } from "./terraform/terraform-part";

const parts: Readonly<Record<string, (ledger: Ledger) => Promise<void>>> = {
  engines: proveEngines,
  terraform: proveTerraform,
  kubernetes: proveKubernetes,
  charts: proveCharts,
  capacity: proveCapacity,
  linters: proveLinters,
  alerts: proveAlerts,
  stores: proveStores,
  promotion: provePromotion,
  restores: proveRestores,
  backups: proveBackups,
};

/** Terraform mostly waits for what the provider waits for: the others have the cores in the meantime. */
const LANES: readonly (readonly string[])[] = [
  ["terraform"],
  ["kubernetes", "charts", "capacity", "linters", "alerts", "stores", "promotion", "restores", "backups"],
];

async function main(wanted: readonly string[]): Promise<number> {
  const strange = wanted.filter((name) => !(name in parts));
  if (strange.length > 0)
    throw new Error(`no part of the proof is called ${strange.join(", ")}: there are ${Object.keys(parts).join(", ")}`);
  const began = performance.now();
  const progress = new Progress();
  const chosen = Object.keys(parts).filter((name) => wanted.length === 0 || wanted.includes(name));
  const ledgers = chosen.map((name) => new Ledger(name === "engines" ? name : `proof-${name}`, progress));
  const prove = async (name: string): Promise<void> => {
    const ledger = ledgers[chosen.indexOf(name)];
    if (ledger) await proveOne(ledger, parts[name]);
  };
  await prove("engines");
  await Promise.all(
    LANES.map(async (lane) => {
      for (const name of lane) await prove(name);
    }),
  );
  process.stdout.write(`${summaryOf(ledgers, (performance.now() - began) / 1000).join("\n")}\n`);
  return exitCodeOf(ledgers, process.env["REQUIRE_PROOF"] === "1");
}

async function proveOne(ledger: Ledger, part: ((ledger: Ledger) => Promise<void>) | undefined): Promise<void> {
  ledger.note(`== ${ledger.part}`);
  try {
    await part?.(ledger);
  } catch (error) {
    if (error instanceof ToolMissing) ledger.lacks(`all of ${ledger.part}`, error);
    else ledger.failed(`${ledger.part} ended early`, error instanceof Error ? error.message : String(error));
  }
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
