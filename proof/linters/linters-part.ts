import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EnvironmentName } from "../../config/environment";
import { obtainEngines } from "../engine-builds/obtain";
import type { Ledger } from "../run/ledger";
import { judgeFindings, type LinterFinding, loadLinterWaivers } from "./linter-waivers";
import { checkov, kubeScore, type LinterReport } from "./linters";
import { regionContent, type RegionContent, type SentObject } from "../kubernetes/region-content";
import { type RunFolder, withRun } from "../run/run-folder";
import { synthesise, type Synthesised } from "../run/synthesised";

/** The others have its shape, sizes apart (DE-06). */
const LINTED: EnvironmentName = "production";

/** Third-party linters over everything that synthesis writes: a finding that counts is fixed, or explained in `data/linter-waivers.json`. */
export async function proveLinters(ledger: Ledger): Promise<void> {
  const engines = await obtainEngines(["checkov", "kube-score"], (line) => ledger.progress.step(line));
  await withRun(async (run) => {
    const synthesised = await synthesise(run, LINTED);
    const { content, file, folder } = await writeObjects(run, synthesised);
    const names = new Set(ownObjects(content).map(nameOf));
    const findings: LinterFinding[] = [];
    const take = (what: string, { findings: found, passed, unread }: LinterReport): void => {
      findings.push(...found);
      ledger.proved("checks of linters passed", passed);
      if (unread > 0 || passed === 0)
        ledger.failed(
          `${LINTED}: ${what}`,
          `${unread} files could not be read, and ${passed} checks passed: the linter has judged nothing`,
        );
      ledger.progress.step(`${LINTED}: ${what}: ${found.length} findings`);
    };
    const [checkovFile = "", scoreFile = ""] = [engines["checkov"], engines["kube-score"]];
    const scored = await kubeScore(scoreFile, file, versionOf(content));
    take("kube-score on the objects", { ...scored, findings: scored.findings.filter(({ where }) => names.has(where)) });
    const [stacks, objects] = await Promise.all([
      checkov(checkovFile, join(synthesised.folder, "stacks"), "terraform_json"),
      checkov(checkovFile, folder, "kubernetes"),
    ]);
    take("checkov on the stacks", stacks);
    take("checkov on the objects", objects);
    tell(ledger, findings, new Date().toISOString().slice(0, 10));
  });
}

/**
 * The primary's objects, which the secondary repeats (MR-05): each in a file of its own, and all in one, where the recorded pods
 * of charts stand for what our objects refer to. What charts render is their project's to fix.
 */
async function writeObjects(
  run: RunFolder,
  synthesised: Synthesised,
): Promise<{ readonly content: RegionContent; readonly file: string; readonly folder: string }> {
  const content = await regionContent(
    synthesised,
    synthesised.environment.regions.primary.name,
    undefined,
    new Date().toISOString(),
  );
  const [folder, file] = [join(run.path, "objects"), join(run.path, "objects.yaml")];
  mkdirSync(folder);
  ownObjects(content).forEach(({ object }, index) =>
    writeFileSync(join(folder, `${index}.json`), JSON.stringify(object, undefined, 1)),
  );
  writeFileSync(
    file,
    content.waves
      .flat()
      .map(({ object }) => `---\n${JSON.stringify(object, undefined, 1)}\n`)
      .join(""),
  );
  return { content, file, folder };
}

const ownObjects = ({ waves }: RegionContent): readonly SentObject[] =>
  waves.flat().filter(({ origin }) => origin === "typed" || origin === "manifest");

function versionOf({ platform, region }: RegionContent): string {
  const version = platform.clusters.find(({ resource }) => resource.region === region)?.version;
  if (version === undefined) throw new Error(`the stacks do not say which version of Kubernetes runs in ${region}`);
  return version;
}

const nameOf = ({ object: { kind, metadata } }: SentObject): string =>
  [kind, metadata.namespace ?? "", metadata.name ?? ""].join("/");

function tell(ledger: Ledger, findings: readonly LinterFinding[], today: string): void {
  const { unexplained, expired, unused, explained } = judgeFindings(findings, loadLinterWaivers(), today);
  ledger.proved("findings of linters explained", explained);
  for (const { linter, check, where, title } of unexplained)
    ledger.failed(
      `${linter} ${check} at ${where}`,
      `${title}: fix it, or say in proof/data/linter-waivers.json why it is right as it is`,
    );
  for (const { linter, check, expires, owner } of expired)
    ledger.failed(`the waiver of ${linter} ${check}`, `it expired on ${expires}: ${owner} decides again`);
  for (const { waiver, pattern } of unused)
    ledger.failed(`the waiver of ${waiver.linter} ${waiver.check}`, `no finding is at ${pattern}: remove it`);
}
