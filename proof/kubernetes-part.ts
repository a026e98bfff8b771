import { obtainEngines, ToolMissing } from "./engines/obtain";
import { type EnvironmentName, regionRoles } from "../config/environment";
import { objectOf, textOf } from "../readiness/inventory/json";
import { capacityOf } from "../readiness/figures/capacity";
import { nodesAtMaximum } from "../models/capacity";
import { nodeFor } from "./capacity-objects";
import { Charts } from "./charts";
import { type ControlPlane, startControlPlane } from "./control-plane";
import { Conformance } from "./conformance-part";
import { definitionsFor, definitionsInFolder, install } from "./definitions";
import { drainEachNode } from "./drain";
import type { Ledger } from "./ledger";
import { addNodes } from "./nodes";
import { inParallel } from "./parallel";
import { stillRunning } from "./processes";
import { regionContent, type RegionContent, type SentObject } from "./region-content";
import { withRun } from "./run-folder";
import { labelOf, send, type Sent, undefinedKinds } from "./sending";
import { objectCount } from "./stack-count";
import { synthesise, type Synthesised } from "./synthesised";
import { proveAutoscaling, proveClaims, proveCronJobs, proveEndpoints } from "./workload-proofs";

export const CHART_NOT_AT_HAND = "a chart is not at hand: PLIMSOLL_CHARTS names a folder of them";
const provedEnvironments: readonly EnvironmentName[] = ["production", "staging", "local"];

/** Every Kubernetes object on a real API server, scheduled by the real scheduler onto simulated nodes of our pools. */
export async function proveKubernetes(ledger: Ledger): Promise<void> {
  const charts = await chartsOf(ledger);
  const conformance = await Conformance.prepare(ledger, new Date().toISOString());
  for (const name of provedEnvironments) {
    await withRun(async (outer) => {
      ledger.progress.step(`${name}: synthesis`);
      const synthesised = await synthesise(outer, name);
      // Both regions at once: most of the time is spent in waiting for rollouts.
      await inParallel(regionRoles, 2, (role) => withRun(async (run) => {
        ledger.progress.step(`${name} ${role}: starting a control plane`);
        const content = await regionContent(synthesised, synthesised.environment.regions[role].name, charts, new Date().toISOString());
        await proveRegion(ledger, await startControlPlane(run), synthesised, content);
        conformance.prove(ledger, name, content.waves.flat());
      }));
    });
  }
}

/** The version of the API server decides what charts render. */
export async function chartsOf(ledger: Ledger): Promise<Charts | undefined> {
  try {
    const { helm = "" } = await obtainEngines(["helm"], (line) => ledger.progress.step(line));
    return new Charts(helm, "1.36.0");
  } catch (error) {
    if (!(error instanceof ToolMissing)) throw error;
    ledger.cannot("objects of charts", error.message, { obstacle: "missing tool" });
    return undefined;
  }
}

interface Step { readonly ledger: Ledger; readonly plane: ControlPlane; readonly environment: string; readonly content: RegionContent }

export async function proveRegion(ledger: Ledger, plane: ControlPlane, synthesised: Synthesised, content: RegionContent): Promise<void> {
  const environment = synthesised.environment.name;
  const step: Step = { ledger, plane, environment, content };
  tellCharts(step);
  await addPoolNodes(step);
  const without = await installDefinitions(step);
  const taken = await deploy(step, without);
  tellCount(step, synthesised, taken, without.length);
  await proveEndpoints(ledger, plane.api, environment, taken);
  await proveClaims(ledger, plane.api, environment, content.region, taken);
  await proveCronJobs(ledger, plane.api, environment, taken);
  await drain(step, taken);
  await proveAutoscaling(ledger, plane.api, environment, taken);
  stillRunning(plane.servers);
}

function tellCharts({ ledger, environment, content }: Step): void {
  for (const { release, because } of content.unrendered) ledger.cannot(`${environment}/${release.stack} ${release.address}: objects of chart ${release.chart} ${release.version}`, CHART_NOT_AT_HAND, { detail: because });
  for (const { release, words } of content.refused) ledger.failed(`${environment}/${release.stack} ${release.address}: helm does not render chart ${release.chart} ${release.version}`, words);
}

/** The pools at their maximum, each node with what the platform computes for it; disks as the launch templates give them. */
async function addPoolNodes({ ledger, plane, environment, content }: Step): Promise<void> {
  const { region, platform } = content;
  const capacity = capacityOf(platform).find((one) => one.region === region);
  if (!capacity || capacity.cluster.pools.length === 0) throw new Error(`${environment}: no node pool of ${region} can be read; what is missing: ${capacity?.unknown.join("; ") ?? "the cluster"}`);
  const diskMiB = Math.min(...platform.launchTemplates.filter(({ resource }) => resource.region === region).flatMap(({ volumes }) => volumes.flatMap(({ sizeGiB }) => sizeGiB ?? [])), 1000) * 1024;
  const nodes = nodesAtMaximum(capacity.cluster).map((node) => {
    const { attachableVolumes, ...allocatable } = node.allocatable;
    // The kubelet keeps a tenth of the disk free (nodefs.available), and the image takes about 5 GiB.
    const disk = { ephemeralStorageMiB: Math.floor(diskMiB * 0.9 - 5 * 1024) };
    return nodeFor({ ...node, allocatable: { ...disk, ...allocatable, ...(attachableVolumes === undefined || !Number.isFinite(attachableVolumes) ? {} : { attachableVolumes }) } });
  });
  ledger.progress.step(`${environment} ${region}: ${nodes.length} nodes of ${capacity.cluster.pools.length} pools`);
  await addNodes(plane.api, nodes);
  ledger.proved("nodes joined", nodes.length);
}

/** @returns the objects whose kind nobody defines here */
async function installDefinitions({ ledger, plane, environment, content }: Step): Promise<readonly SentObject[]> {
  const objects = content.waves.flat();
  const missing = await undefinedKinds(plane.api, objects);
  const definitions = definitionsFor(missing, definitionsInFolder());
  await install(plane.api, definitions);
  const still = await undefinedKinds(plane.api, objects.filter(({ object }) => missing.has(`${object.apiVersion} ${object.kind}`)));
  for (const kind of [...still].sort()) {
    const count = objects.filter(({ object }) => `${object.apiVersion} ${object.kind}` === kind).length;
    ledger.cannot(`${environment} ${content.region}: ${count} objects of ${kind}`, "a CustomResourceDefinition is not at hand: PLIMSOLL_CRDS names a folder of them");
  }
  ledger.progress.step(`${environment} ${content.region}: ${definitions.length} CustomResourceDefinitions installed`);
  return objects.filter(({ object }) => still.has(`${object.apiVersion} ${object.kind}`));
}

async function deploy({ ledger, plane, environment, content }: Step, without: readonly SentObject[]): Promise<readonly Sent[]> {
  const { region, waves, addOns } = content;
  const taken: Sent[] = [...await send(plane.api, ledger, environment, addOns)];
  for (const [index, wave] of waves.entries()) {
    taken.push(...await send(plane.api, ledger, environment, wave.filter((sent) => !without.includes(sent))));
    stillRunning(plane.servers);
    ledger.progress.step(`${environment} ${region}: wave ${index + 1} of ${waves.length}, ${taken.length} objects`);
  }
  return taken;
}

function tellCount({ ledger, environment, content }: Step, synthesised: Synthesised, taken: readonly Sent[], without: number): void {
  const own = taken.filter(({ sent }) => sent.origin === "typed" || sent.origin === "manifest").length;
  const charted = taken.filter(({ sent }) => sent.origin === "chart").length;
  const counted = objectCount(synthesised.stacks.filter(({ terraform }) => textOf(objectOf(objectOf(terraform["//"])["plimsoll"])["region"]) === content.region));
  ledger.note(`${environment} ${content.region}: ${own} objects applied, ${counted} in the synthesised stacks` +
    `${charted > 0 ? `; ${charted} more of charts` : ""}; ${taken.length - own - charted} stand-ins for add-ons${content.unrendered.length > 0 ? " and charts" : ""}`);
  ledger.proved("objects applied", own + charted);
  if (own + without !== counted) ledger.failed(`${environment} ${content.region}: count of objects`, `${own} were applied and ${without} could not be, but the synthesised stacks hold ${counted}`);
}

async function drain({ ledger, plane, environment, content }: Step, taken: readonly Sent[]): Promise<void> {
  const { region } = content;
  let nodes = 0;
  const failures = await drainEachNode(plane.api, (done, all) => {
    nodes = all;
    if (done === all) ledger.progress.step(`${environment} ${region}: ${done} nodes drained`);
  });
  ledger.proved("nodes drained", nodes - failures.length);
  for (const { node, words } of failures) {
    const budgets = taken.filter(({ sent }) => sent.object.kind === "PodDisruptionBudget" && new RegExp(`\\b${sent.object.metadata.name ?? ""}\\b`).test(words)
      && words.includes(`${sent.object.metadata.namespace ?? "default"}/`));
    ledger.failed(`${environment} ${region}: drain of ${node} does not end${budgets.map(({ sent }) => `; ${labelOf(sent)}`).join("")}`, words);
  }
}
