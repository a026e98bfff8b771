import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { reportCommitments } from "../../catalog/claims/commitments";
import { alertGroups } from "../../catalog/alerts";
import { loadApplications } from "../../config/application/load";
import { objectivesOf } from "../../config/application/objectives";
import { deliveries } from "../../models/routing";
import type { Labels } from "../../models/routing/types";
import { type Engines, obtainEngines } from "../engine-builds/obtain";
import type { Ledger } from "../run/ledger";
import { projectRoot } from "../run/project-root";
import { type RunFolder, withRun } from "../run/run-folder";
import { synthesise } from "../run/synthesised";
import { playAwsAlarms } from "./aws-alarms";
import { judgeArrivals, names, underWay } from "./arrivals";
import { minutes, startLiveRun } from "./live";
import type { Series } from "./objective-series";
import { type AlertingContent, alertingContent } from "./production-rules";
import { catalogueTests, normalHourTest, objectiveTests, type TestFile } from "./unit-tests";

const ENVIRONMENT = "production";
const execute = promisify(execFile);

/** Rules and routing of production on real engines: promtool, amtool, Prometheus and Alertmanager; alarms of AWS by their function. */
export async function proveAlerts(ledger: Ledger): Promise<void> {
  const engines = await obtainEngines(["amtool", "alertmanager", "prometheus"], (line) => ledger.progress.step(line));
  await withRun(async (run) => {
    const synthesised = await synthesise(run, ENVIRONMENT);
    const content = alertingContent(synthesised);
    const { applications } = loadApplications(
      { folder: join(projectRoot(), "dist", "apps"), commitments: reportCommitments },
      synthesised.environment,
    );
    const normal = normalTraffic();
    const files = [
      ...catalogueTests(content.groups),
      ...applications.map(({ application }) =>
        objectiveTests(application.name, objectivesOf(application), content.groups),
      ),
      normalHourTest(content.groups, normal),
    ];
    await checkRules(ledger, run, engines, content);
    for (const file of files) await testRules(ledger, run, engines, file);
    await checkRouting(ledger, run, engines, content);
    await playAwsAlarms(ledger, run, synthesised);
    await playIncidents(ledger, run, engines, content, normal);
  });
}

const normalTraffic = (): Series =>
  (JSON.parse(readFileSync(join(projectRoot(), "proof/data/normal-traffic.json"), "utf8")) as { series: Series })
    .series;

/** Output of a tool, and whether it ended well. */
async function tool(
  command: string,
  arguments_: readonly string[],
  cwd: string,
): Promise<{ readonly well: boolean; readonly words: string }> {
  try {
    const { stdout, stderr } = await execute(command, [...arguments_], { cwd, maxBuffer: 64 * 1024 ** 2 });
    return { well: true, words: `${stdout}${stderr}` };
  } catch (error) {
    const { stdout = "", stderr = "", message } = error as Error & { stdout?: string; stderr?: string };
    return { well: false, words: `${stdout}${stderr}` || message };
  }
}

const plain = { aliasDuplicateObjects: false, lineWidth: 0 } as const;

async function checkRules(
  ledger: Ledger,
  run: RunFolder,
  engines: Engines,
  { groups }: AlertingContent,
): Promise<void> {
  const folder = join(run.path, "rules");
  mkdirSync(folder);
  writeFileSync(join(folder, "all.yaml"), stringify({ groups }, plain));
  const { well, words } = await tool(
    engines["promtool"] ?? "",
    ["check", "rules", "--lint=all", "--lint-fatal", "all.yaml"],
    folder,
  );
  if (well)
    ledger.proved(
      "rules checked by promtool",
      groups.reduce((sum, { rules }) => sum + rules.length, 0),
    );
  else ledger.failed("promtool check rules --lint", words);
}

async function testRules(ledger: Ledger, run: RunFolder, engines: Engines, file: TestFile): Promise<void> {
  const folder = join(run.path, "unit", file.name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "rules.yaml"), stringify({ groups: file.groups }, plain));
  writeFileSync(
    join(folder, "tests.yaml"),
    stringify({ rule_files: ["rules.yaml"], evaluation_interval: file.step, tests: file.tests }, plain),
  );
  const { well, words } = await tool(engines["promtool"] ?? "", ["test", "rules", "tests.yaml"], folder);
  if (well) ledger.proved("unit tests of rules by promtool", file.tests.length);
  else ledger.failed(`promtool test rules: ${file.name}`, words.slice(0, 4000));
  ledger.progress.step(`${file.name}: ${file.tests.length} tests of rules`);
}

/** Alerts of production with the labels that they certainly have. */
function alertLabels({ groups }: AlertingContent): readonly Labels[] {
  const all = groups.flatMap(({ rules }) =>
    rules.flatMap((rule) => ("alert" in rule ? [{ alertname: rule.alert, ...rule.labels }] : [])),
  );
  return [...new Map(all.map((labels) => [JSON.stringify(labels), labels])).values()];
}

/** amtool knows no time: what it says holds while no interval mutes. */
async function checkRouting(ledger: Ledger, run: RunFolder, engines: Engines, content: AlertingContent): Promise<void> {
  const folder = join(run.path, "routing");
  mkdirSync(folder);
  writeFileSync(join(folder, "alertmanager.yaml"), stringify(content.alertmanager, plain));
  const amtool = engines["amtool"] ?? "";
  const checked = await tool(amtool, ["check-config", "alertmanager.yaml"], folder);
  if (checked.well) ledger.proved("configurations checked by amtool");
  else ledger.failed("amtool check-config", checked.words);
  for (const labels of alertLabels(content)) {
    const expected = deliveries(content.alertmanager, labels, new Date()).map(({ receiver }) => receiver);
    const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    const arguments_ = [
      "config",
      "routes",
      "test",
      "--config.file=alertmanager.yaml",
      `--verify.receivers=${expected.join(",")}`,
      ...pairs,
    ];
    const { well, words } = await tool(amtool, arguments_, folder);
    if (well) ledger.proved("routes on which amtool and the evaluator agree");
    else ledger.failed(`amtool routes ${pairs.join(" ")} to ${expected.join(",")}`, words);
  }
}

/** Alerts whose incident needs a history of a day or a week: promtool plays those. */
const needsHistory = ({ expr, test }: { readonly expr: string; readonly test: { readonly after: string } }): boolean =>
  /offset|1d|27h|26h/.test(`${expr} ${test.after}`);

async function playIncidents(
  ledger: Ledger,
  run: RunFolder,
  engines: Engines,
  content: AlertingContent,
  normal: Series,
): Promise<void> {
  const incidents = alertGroups
    .flatMap(({ rules }) => rules)
    .filter((rule) => rule.alert !== "Watchdog" && !needsHistory(rule));
  const live = await startLiveRun(run, engines, content, normal);
  try {
    // An empty Prometheus has no history: alerts on absence fire until their window of 30 minutes is full.
    ledger.progress.step("an hour of history, in a minute");
    await minutes(60);
    const history = live.arrivals.length;
    ledger.progress.step("an hour of normal traffic, in a minute");
    await minutes(60);
    const early = live.arrivals.slice(history).filter(({ labels }) => labels["alertname"] !== "Watchdog");
    if (early.length === 0) ledger.proved("hours of normal traffic without an alert");
    else ledger.failed("an hour of normal traffic", names(early));
    if (live.arrivals.length === 0) ledger.failed("the dead man's switch", "no heartbeat arrived in an hour");
    else ledger.proved("heartbeats delivered", live.arrivals.length);
    const before = live.arrivals.length;
    for (const { test } of incidents) live.play(test.fires);
    ledger.progress.step(`${incidents.length} incidents at once, for two hours in two minutes`);
    await minutes(120);
    const expected = incidents.map(({ alert }) => alert);
    // A busy machine delivers later than its shortened intervals say: what is under way gets as long again.
    for (
      let waited = 0;
      waited < 120 && underWay(content.alertmanager, live.arrivals.slice(before), expected);
      waited += 10
    )
      await minutes(10);
    judgeArrivals(ledger, content.alertmanager, live.arrivals.slice(before), expected);
  } finally {
    await live.stop();
  }
}
