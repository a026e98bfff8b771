// `node dist/proof/faults/main.js [word …]`: plants one fault after the other; each has to be found and named by its part.
import { chartsOf, proveRegion } from "../kubernetes/kubernetes-part";
import { proveContent } from "../charts/charts-part";
import { startControlPlane } from "../kubernetes/control-plane";
import { ToolMissing } from "../engine-builds/obtain";
import { exitCodeOf, Ledger, summaryOf } from "../run/ledger";
import { Progress } from "../run/progress";
import { proveOwnCharts } from "../charts/own-charts";
import { regionContent } from "../kubernetes/region-content";
import { type RunFolder, withRun } from "../run/run-folder";
import { synthesise, type Synthesised } from "../run/synthesised";
import { Terraform } from "../terraform/terraform";
import { proveByPlanning } from "../terraform/terraform-part";
import { type Fault, faults } from "./faults";
import { type Planted, plantedIn } from "./planting";

/** Says nothing: the failures that it collects are wanted. */
const silent = (): Progress => new Progress({ write: () => true });

type Prover = (run: RunFolder, ledger: Ledger, synthesised: Synthesised, stack: string) => Promise<void>;

const provers: Readonly<Record<Fault["part"], Prover>> = {
  terraform: (run, ledger, synthesised, stack) =>
    proveByPlanning(ledger, run, Terraform.find(run), synthesised, new Set([stack])),
  kubernetes: async (run, ledger, synthesised) => {
    const content = await regionContent(
      synthesised,
      synthesised.environment.regions.primary.name,
      undefined,
      new Date().toISOString(),
    );
    await proveRegion(ledger, await startControlPlane(run), synthesised, content);
  },
  charts: async (_run, ledger, synthesised) => {
    const charts = await chartsOf(ledger);
    if (!charts) return;
    const content = await regionContent(
      synthesised,
      synthesised.environment.regions.primary.name,
      charts,
      new Date().toISOString(),
    );
    await proveOwnCharts(ledger, charts, synthesised, content);
    await proveContent(ledger, charts, content, new Set());
  },
};

async function plantOne(ledger: Ledger, planted: Planted): Promise<void> {
  const { fault, stack, synthesised } = planted;
  ledger.progress.step(`${fault.name}, in ${stack}`);
  const inner = new Ledger(`proof-${fault.part}`, silent());
  try {
    await withRun((run) => provers[fault.part](run, inner, synthesised, stack));
  } catch (error) {
    if (error instanceof ToolMissing) return ledger.lacks(fault.name, error);
    throw error;
  }
  const found = inner.failures.find(({ what, words }) =>
    fault.named.every((pattern) => pattern.test(`${what}\n${words}`)),
  );
  if (found) {
    ledger.proved("planted faults found and named");
    ledger.note(
      `found by proof-${fault.part}: ${fault.name}\n    ${found.what}\n    ${found.words.trim().split("\n").slice(0, 3).join("\n    ").slice(0, 700)}`,
    );
  } else if (fault.part === "charts" && inner.failures.length === 0 && inner.unproved.length > 0)
    ledger.cannot(fault.name, inner.unproved[0]?.because ?? "");
  else
    ledger.failed(
      `${fault.name}: not found by proof-${fault.part}`,
      inner.failures.map(({ what, words }) => `${what}: ${words}`).join("\n") || "it found nothing wrong",
    );
}

async function main(words: readonly string[]): Promise<number> {
  const progress = new Progress();
  const ledger = new Ledger("proof-faults", progress);
  const began = performance.now();
  await withRun(async (run) => {
    const synthesised = await synthesise(run, "production");
    for (const fault of faults.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))) {
      const planted = plantedIn(run, synthesised, fault);
      if (planted) await plantOne(ledger, planted);
      else
        ledger.failed(
          `${fault.name}: cannot be planted`,
          "no stack holds what it changes: proof/faults/faults.ts follows the platform no more",
        );
    }
  });
  process.stdout.write(`${summaryOf([ledger], (performance.now() - began) / 1000).join("\n")}\n`);
  return exitCodeOf([ledger], process.env["REQUIRE_PROOF"] === "1");
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
