// `node dist/proof/local/drill.js`: plays the loss of the primary region on what `make deploy ENV=local` started.
import { setTimeout as sleep } from "node:timers/promises";
import { recoveriesOf } from "../../readiness/figures/recovery/recovery";
import { takeInventory } from "../../readiness/inventory/inventory";
import { ToolMissing } from "../engine-builds/obtain";
import type { Execution } from "../promotion/executions";
import { heldBack, readyWriters, stepJobs } from "../promotion/held-back";
import { exitCodeOf, Ledger, summaryOf } from "../run/ledger";
import { Progress } from "../run/progress";
import { withRun } from "../run/run-folder";
import { synthesise, type Synthesised } from "../run/synthesised";
import { appliedEnvironment } from "../terraform/terraform-part";
import { DrillPlay, type Played } from "./drill-play";
import { drillRows, drillTable, type SeenSteps, tooLong } from "./drill-table";
import { isRunning, recordedDeployment } from "./local-deployment";
import { localArguments } from "./local-arguments";

const WRITERS_SECONDS = 120;
const ANOTHER = "it lies outside what any emulator plays";

/** What the drill stands in for: said each time, so that its times are not read as those of AWS. */
const NOT_PLAYED = [
  "how fast RDS and ElastiCache act: PostgreSQL and Redis answer in their place, without restarts of instances",
  "the health checks of Route 53: the drill asks by their interval and threshold, and the API server, for no container runs",
  "IAM and STS: the form of a token is looked at, and Kubernetes' own rights decide",
  "load on the standby: no autoscaler, node or image is waited for",
];

async function judge(ledger: Ledger, synthesised: Synthesised, played: Played): Promise<readonly string[]> {
  const { api } = played.standby.setting;
  const readyAt = await writersReady(played);
  const { suspended, withoutReplicas, paused, started } = await heldBack(api);
  const waiting = [...suspended, ...withoutReplicas, ...paused];
  if (waiting.length > 0) ledger.failed("writers", `${waiting.join(", ")} still wait after the promotion`);
  else ledger.proved("writers started", started.length);
  for (const { name, complete } of await stepJobs(api))
    if (complete) ledger.proved("migrations and seeds completed");
    else ledger.failed("migrations and seeds", `${name} is not complete`);
  const losses = await dataLost(ledger, played);
  return [...table(ledger, synthesised, played, readyAt), "", ...losses];
}

/** When every pod of the writers was ready. */
async function writersReady({ standby, promotion }: Played): Promise<number> {
  const { api } = standby.setting;
  for (let waited = 0; waited < WRITERS_SECONDS * 4; waited += 1) {
    if ((await heldBack(api)).withoutReplicas.length === 0 && (await readyWriters(api)) > 0) return Date.now();
    await sleep(250);
  }
  return promotion.endedAt;
}

/** Rows that the primary had confirmed and entries of the newest copy, in the promoted standby. */
async function dataLost(ledger: Ledger, { standby, confirmed, lostAt }: Played): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const database of standby.stores.databases) {
    const { identifier, confirmed: rows, lost, seconds } = await confirmed.lossOf(database, lostAt);
    const allowed = standby.setting.parts.databases.find((one) => one.identifier === identifier)?.maxLagSeconds ?? 0;
    lines.push(
      `${identifier}: ${rows} rows were confirmed before the loss, ${lost} of them are lost (RPO ${allowed} s)`,
    );
    if (rows === 0) ledger.failed(identifier, "no row was confirmed before the loss: nothing is shown");
    else if (lost > 0)
      ledger.failed(identifier, `${lost} of ${rows} rows are lost, the oldest ${seconds.toFixed(1)} s old`);
    else ledger.proved("rows kept", rows);
    if (!(await database.takesWrites())) ledger.failed(identifier, "it takes no writes after the promotion");
  }
  for (const { cache, standby: server } of standby.stores.caches) {
    const kept = String(await server.call("GET", `job:${cache.name}`)) === "queued";
    lines.push(`${cache.name}: the entry of its newest copy is ${kept ? "there" : "lost"}`);
    if (kept) ledger.proved("entries kept");
    else ledger.failed(cache.name, "an entry of its newest copy is lost");
  }
  return lines;
}

const entered = ({ states, endedAt }: Execution, ...names: readonly string[]): number =>
  states.find(({ name }) => names.includes(name))?.at ?? endedAt;

function table(ledger: Ledger, synthesised: Synthesised, played: Played, readyAt: number): readonly string[] {
  const { lostAt, detectedAt, engagedAt, promotion } = played;
  const settled = entered(promotion, "LoadCaches", "Run_migration");
  const simulated = "nodes and pods are simulated";
  const seen: SeenSteps = {
    detection: { seconds: (detectedAt - lostAt) / 1000, of: "loss until the name leads to the standby" },
    DNS: { notMeasured: "no resolver keeps an answer here" },
    scaling: { notMeasured: "there is no load" },
    nodes: { notMeasured: simulated },
    pods: { notMeasured: simulated },
    operator: { notMeasured: "the drill starts the promotion itself, after the latch" },
    "data stores": {
      seconds: (settled - promotion.startedAt) / 1000,
      of: "lag, promotion and settings, by PostgreSQL",
    },
    writers: {
      seconds: (readyAt - settled) / 1000,
      of: "copies of caches, migrations, seeds, until writers are ready",
    },
  };
  const platform = takeInventory(synthesised.stacks, {
    environment: synthesised.environment,
    now: new Date().toISOString(),
  });
  const lines: string[] = [];
  for (const takeover of recoveriesOf(platform)) {
    if (takeover.outcome !== "computed" || takeover.recovery.data === undefined) continue;
    const rows = drillRows(takeover.timeline, seen);
    lines.push("", `${takeover.namespace.name}: seconds measured here, and computed by models/recovery for AWS`, "");
    lines.push(...drillTable(rows));
    for (const { step, computed } of tooLong(rows))
      ledger.failed(
        `${takeover.namespace.name}: ${step}`,
        `longer than the worst of the model, ${computed.worstSeconds} s`,
      );
    ledger.proved("steps measured", rows.filter((row) => "seconds" in row.seen).length);
  }
  const latch = (engagedAt - detectedAt) / 1000;
  return [
    ...lines,
    "",
    `the latch engaged ${latch.toFixed(0)} s after the name led to the standby; nothing waits for it but the drill`,
  ];
}

async function main(): Promise<number> {
  localArguments("drill", process.argv.slice(2), []);
  const ledger = new Ledger("drill local", new Progress());
  const began = performance.now();
  const deployment = recordedDeployment();
  if (deployment === undefined || !isRunning(deployment)) {
    process.stdout.write(
      "nothing that runs is deployed: make deploy ENV=local deploys it; after a drill, make destroy ENV=local first\n",
    );
    return 1;
  }
  try {
    await withRun(async (run) => {
      ledger.progress.step(`synthesis of ${appliedEnvironment}`);
      const synthesised = await synthesise(run, appliedEnvironment);
      await new DrillPlay(ledger, synthesised, deployment).play(run, async (played) => {
        const lines = await judge(ledger, synthesised, played);
        process.stdout.write(`${lines.join("\n")}\n`);
      });
    });
    for (const what of NOT_PLAYED) ledger.cannot(what, ANOTHER);
    ledger.note("the primary region is gone: make destroy ENV=local ends what is left of the deployment");
  } catch (error) {
    if (error instanceof ToolMissing) ledger.lacks("the drill", error);
    else ledger.failed("the drill", error instanceof Error ? error.message : String(error));
  }
  process.stdout.write(`${summaryOf([ledger], (performance.now() - began) / 1000).join("\n")}\n`);
  return exitCodeOf([ledger], true);
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
