import { obtainEngines, ToolMissing } from "../engine-builds/obtain";
import { type EnvironmentName, regionRoles } from "../../config/environment";
import { objectOf, textOf } from "../../readiness/inventory/json";
import { Charts } from "../charts/charts";
import { addPoolNodes, deployWaves, installDefinitions, type Step, tellCharts } from "../local/cluster-deployment";
import { type ControlPlane, startControlPlane } from "./control-plane";
import { Conformance } from "./conformance-part";
import { drainEachNode } from "./drain";
import type { Ledger } from "../run/ledger";
import { inParallel } from "../run/parallel";
import { stillRunning } from "../run/processes";
import { regionContent, type RegionContent } from "./region-content";
import { withRun } from "../run/run-folder";
import { labelOf, type Sent } from "./sending";
import { objectCount } from "../terraform/stack-count";
import { synthesise, type Synthesised } from "../run/synthesised";
import { proveAutoscaling, proveClaims, proveCronJobs, proveEndpoints, proveRestorePods } from "./workload-proofs";

const provedEnvironments: readonly EnvironmentName[] = ["production", "staging", "local"];

/** Every Kubernetes object on a real API server, scheduled by the real scheduler onto simulated nodes of our pools. */
export async function proveKubernetes(ledger: Ledger): Promise<void> {
  const engines = await obtainEngines(["etcd", "kubernetes", "kwok"], (line) => ledger.progress.step(line));
  const charts = await chartsOf(ledger);
  const conformance = await Conformance.prepare(ledger, new Date().toISOString());
  for (const name of provedEnvironments) {
    await withRun(async (outer) => {
      ledger.progress.step(`${name}: synthesis`);
      const synthesised = await synthesise(outer, name);
      // Both regions at once: most of the time is spent in waiting for rollouts.
      await inParallel(regionRoles, 2, (role) =>
        withRun(async (run) => {
          ledger.progress.step(`${name} ${role}: starting a control plane`);
          const content = await regionContent(
            synthesised,
            synthesised.environment.regions[role].name,
            charts,
            new Date().toISOString(),
          );
          await proveRegion(ledger, await startControlPlane(run, engines), synthesised, content);
          conformance.prove(ledger, name, content.waves.flat());
        }),
      );
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
    ledger.lacks("objects of charts", error);
    return undefined;
  }
}

export async function proveRegion(
  ledger: Ledger,
  plane: ControlPlane,
  synthesised: Synthesised,
  content: RegionContent,
): Promise<void> {
  const environment = synthesised.environment.name;
  try {
    await proveSteps(ledger, plane, synthesised, content, environment);
  } catch (error) {
    // A server that died is the reason, not the call that missed it.
    stillRunning(plane.servers);
    throw error;
  }
}

async function proveSteps(
  ledger: Ledger,
  plane: ControlPlane,
  synthesised: Synthesised,
  content: RegionContent,
  environment: string,
): Promise<void> {
  const step: Step = { ledger, api: plane.api, environment, content, check: () => stillRunning(plane.servers) };
  tellCharts(step);
  await addPoolNodes(step);
  const without = await installDefinitions(step);
  const taken = await deployWaves(step, without);
  tellCount(step, synthesised, taken);
  await proveEndpoints(ledger, plane.api, environment, taken);
  await proveClaims(ledger, plane.api, environment, content.region, taken);
  await proveCronJobs(ledger, plane.api, environment, taken);
  await proveRestorePods(ledger, plane.api, environment, content.region);
  await drain(step, taken);
  await proveAutoscaling(ledger, plane.api, environment, taken);
  stillRunning(plane.servers);
}

function tellCount({ ledger, environment, content }: Step, synthesised: Synthesised, taken: readonly Sent[]): void {
  const own = taken.filter(({ sent }) => sent.origin === "typed" || sent.origin === "manifest").length;
  const charted = taken.filter(({ sent }) => sent.origin === "chart").length;
  const counted = objectCount(
    synthesised.stacks.filter(
      ({ terraform }) => textOf(objectOf(objectOf(terraform["//"])["plimsoll"])["region"]) === content.region,
    ),
  );
  ledger.note(
    `${environment} ${content.region}: ${own} objects applied, ${counted} in the synthesised stacks` +
      `${charted > 0 ? `; ${charted} more of charts` : ""}; ${taken.length - own - charted} stand-ins for add-ons${content.unrendered.length > 0 ? " and charts" : ""}`,
  );
  ledger.proved("objects applied", own + charted);
  // What the API server refused has failed by itself; here it is about objects whose loss no other check would find.
  if (content.ownCount !== counted)
    ledger.failed(
      `${environment} ${content.region}: count of objects`,
      `${content.ownCount} were to be applied, but the synthesised stacks hold ${counted}`,
    );
}

async function drain({ ledger, api, environment, content }: Step, taken: readonly Sent[]): Promise<void> {
  const { region } = content;
  let drained = 0;
  const failures = await drainEachNode(api, (done, all) => {
    drained = done;
    if (done === all) ledger.progress.step(`${environment} ${region}: ${done} nodes drained`);
  });
  ledger.proved("nodes drained", drained - failures.length);
  for (const { node, words } of failures) {
    const budgets = taken.filter(
      ({ sent }) =>
        sent.object.kind === "PodDisruptionBudget" &&
        new RegExp(`\\b${sent.object.metadata.name ?? ""}\\b`).test(words) &&
        words.includes(`${sent.object.metadata.namespace ?? "default"}/`),
    );
    ledger.failed(
      `${environment} ${region}: drain of ${node} does not end${budgets.map(({ sent }) => `; ${labelOf(sent)}`).join("")}`,
      words,
    );
  }
}
