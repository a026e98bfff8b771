import { readFileSync } from "node:fs";
import { join } from "node:path";
import { platformCharts } from "../../catalog/charts";
import { isObject, type Json, objectOf, objectsOf, textOf } from "../../readiness/inventory/json";
import type { KubernetesObject } from "../../readiness/inventory/kubernetes/object";
import type { Charts } from "./charts";
import { Conformance } from "../kubernetes/conformance-part";
import { CHART_NOT_AT_HAND } from "../local/cluster-deployment";
import { chartsOf } from "../kubernetes/kubernetes-part";
import type { Ledger } from "../run/ledger";
import { proveOwnCharts } from "./own-charts";
import { plausibleRelease, regionContent, type RegionContent } from "../kubernetes/region-content";
import { withRun } from "../run/run-folder";
import { synthesise } from "../run/synthesised";
import { valueEffects } from "./value-effects";

const ENVIRONMENT = "production";

/** Each chart at its exact version, rendered by real helm with the values of the stacks. */
export async function proveCharts(ledger: Ledger): Promise<void> {
  const charts = await chartsOf(ledger);
  if (!charts) return;
  const now = new Date().toISOString();
  const conformance = await Conformance.prepare(ledger, now);
  await withRun(async (run) => {
    const synthesised = await synthesise(run, ENVIRONMENT);
    const proved = new Set<string>();
    for (const { name } of Object.values(synthesised.environment.regions)) {
      const content = await regionContent(synthesised, name, charts, now);
      await proveOwnCharts(ledger, charts, synthesised, content);
      await proveContent(ledger, charts, content, proved);
      conformance.prove(
        ledger,
        ENVIRONMENT,
        content.waves.flat().filter(({ origin }) => origin === "chart"),
      );
    }
  });
}

/** @param proved chart, version and value paths that need no second look: regions differ in values, not in paths */
export async function proveContent(
  ledger: Ledger,
  charts: Charts,
  content: RegionContent,
  proved: Set<string>,
): Promise<void> {
  for (const { release, because } of content.unrendered)
    ledger.cannot(`${release.stack} ${release.address}: chart ${release.chart} ${release.version}`, CHART_NOT_AT_HAND, {
      detail: because,
    });
  for (const { release, words } of content.refused)
    ledger.failed(
      `${release.stack} ${release.address}: helm does not render chart ${release.chart} ${release.version}`,
      words,
    );
  for (const rendering of content.renderings) {
    const { release, objects } = rendering;
    const where = `${release.stack} ${release.address} (chart ${release.chart} ${release.version})`;
    ledger.proved("charts rendered at their exact version");
    proveImages(ledger, where, objects);
    const key = `${release.chart} ${release.version} ${release.setPaths.join(" ")}`;
    if (proved.has(key)) continue;
    proved.add(key);
    ledger.progress.step(`${where}: ${release.setPaths.length} values, each removed and changed`);
    await proveValues(ledger, charts, content, rendering);
  }
  if (content.unrendered.length === 0 && content.refused.length === 0) proveAccounts(ledger, content);
}

async function proveValues(
  ledger: Ledger,
  charts: Charts,
  content: RegionContent,
  { release }: RegionContent["renderings"][number],
): Promise<void> {
  const known = platformCharts.find(({ chart, version }) => chart === release.chart && version === release.version);
  const byTemplate = new Map(Object.entries(known?.readInTemplates ?? {}));
  for (const { path, effect } of await valueEffects(charts, plausibleRelease(content, release))) {
    if (effect !== undefined) ledger.proved("chart values read");
    else if (byTemplate.has(path)) ledger.note(`${release.chart} ${path}: ${byTemplate.get(path)}`);
    else
      ledger.failed(
        `${release.stack} ${release.address}: chart ${release.chart} ${release.version} does not read the value ${path}`,
        "the render is the same without it and with another value: it is misspelt, or belongs to another version",
      );
  }
}

interface ImageWaiver {
  readonly image: string;
  readonly owner: string;
  readonly reason: string;
  readonly expires: string;
}

/** A tag that names a whole version stays; `latest`, a branch or a major version moves. */
export const isMutable = (image: string): boolean => {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return false;
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || !/\d+\.\d+\.\d+|[0-9a-f]{12,}/.test(tag);
};

function proveImages(ledger: Ledger, where: string, objects: readonly KubernetesObject[]): void {
  const { waivers } = JSON.parse(readFileSync(join(__dirname, "..", "data", "mutable-images.json"), "utf8")) as {
    waivers: readonly ImageWaiver[];
  };
  const today = new Date().toISOString().slice(0, 10);
  for (const image of imagesOf(objects)) {
    if (!isMutable(image)) ledger.proved("images of charts named by a version or digest");
    else if (waivers.some((waiver) => waiver.image === image && waiver.expires >= today))
      ledger.note(`${where}: ${image} moves, and is waived`);
    else
      ledger.failed(
        `${where}: the image ${image}`,
        "its tag moves: set a version or a digest, or waive it in proof/data/mutable-images.json",
      );
  }
}

export function imagesOf(objects: readonly KubernetesObject[]): readonly string[] {
  const found = new Set<string>();
  const visit = (value: Json | undefined): void => {
    if (Array.isArray(value)) for (const entry of value as readonly Json[]) visit(entry);
    else if (isObject(value)) {
      for (const field of ["containers", "initContainers"])
        for (const container of objectsOf(value[field]))
          if (typeof container["image"] === "string") found.add(container["image"]);
      for (const entry of Object.values(value)) visit(entry);
    }
  };
  for (const object of objects) if (object.kind !== "CustomResourceDefinition") visit(object);
  return [...found].sort();
}

/** Pod Identity gives a role to a service account by its name: a pod has to run under exactly that one. */
function proveAccounts(ledger: Ledger, { platform, region, waves, addOns }: RegionContent): void {
  const running = new Set(
    [...waves.flat(), ...addOns]
      .filter(({ origin }) => origin !== "stand-in")
      .map(({ object }) => object)
      .flatMap((object) => {
        const spec = objectOf(objectOf(objectOf(object["spec"])["template"])["spec"]);
        const account = textOf(spec["serviceAccountName"]);
        return account === undefined ? [] : [`${object.metadata.namespace ?? "default"}/${account}`];
      }),
  );
  for (const { resource } of platform.podIdentities.filter(
    (one) => one.resource.type === "aws_eks_pod_identity_association" && one.resource.region === region,
  )) {
    const account = `${resource.text("namespace") ?? ""}/${resource.text("service_account") ?? ""}`;
    if (running.has(account)) ledger.proved("service accounts that Pod Identity expects");
    else
      ledger.failed(
        `${resource.stack} ${resource.address}: service account ${account}`,
        `no pod runs under it; pods run under ${[...running].sort().join(", ")}`,
      );
  }
}
