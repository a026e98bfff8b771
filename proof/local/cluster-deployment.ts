import { nodesAtMaximum } from "../../models/capacity";
import { capacityOf } from "../../readiness/figures/capacity/capacity";
import { nodeFor } from "../capacity/capacity-objects";
import { definitionsFor, definitionsInFolder, install } from "../kubernetes/definitions";
import type { KubernetesApi } from "../kubernetes/kubernetes-api";
import type { Ledger } from "../run/ledger";
import { addNodes } from "../kubernetes/nodes";
import type { RegionContent, SentObject } from "../kubernetes/region-content";
import { send, type Sent, undefinedKinds } from "../kubernetes/sending";

export const CHART_NOT_AT_HAND = "a chart is not at hand: PLIMSOLL_CHARTS names a folder of them";

/** One region's content on its way to one cluster. */
export interface Step {
  readonly ledger: Ledger;
  readonly api: KubernetesApi;
  readonly environment: string;
  readonly content: RegionContent;
  /** @throws ServerFailure when a server of the cluster died */
  readonly check: () => void;
}

export function tellCharts({ ledger, environment, content }: Step): void {
  for (const { release, because } of content.unrendered)
    ledger.cannot(
      `${environment}/${release.stack} ${release.address}: objects of chart ${release.chart} ${release.version}`,
      CHART_NOT_AT_HAND,
      { detail: because },
    );
  for (const { release, words } of content.refused)
    ledger.failed(
      `${environment}/${release.stack} ${release.address}: helm does not render chart ${release.chart} ${release.version}`,
      words,
    );
}

/** The pools at their maximum, each node with what the platform computes for it; disks as the launch templates give them. */
export async function addPoolNodes({ ledger, api, environment, content }: Step): Promise<void> {
  const { region, platform } = content;
  const capacity = capacityOf(platform).find((one) => one.region === region);
  if (!capacity || capacity.cluster.pools.length === 0)
    throw new Error(
      `${environment}: no node pool of ${region} can be read; what is missing: ${capacity?.unknown.join("; ") ?? "the cluster"}`,
    );
  const nodes = nodesAtMaximum(capacity.cluster).map((node) => {
    const { attachableVolumes, ...allocatable } = node.allocatable;
    return nodeFor({
      ...node,
      allocatable: {
        ...allocatable,
        ...(attachableVolumes === undefined || !Number.isFinite(attachableVolumes) ? {} : { attachableVolumes }),
      },
    });
  });
  ledger.progress.step(`${environment} ${region}: ${nodes.length} nodes of ${capacity.cluster.pools.length} pools`);
  const there = new Set((await api.list("v1", "Node")).map(({ metadata }) => metadata.name));
  await addNodes(
    api,
    nodes.filter(({ name }) => !there.has(name)),
  );
  ledger.proved("nodes joined", nodes.length);
}

/** @returns the objects whose kind is not defined here */
export async function installDefinitions({ ledger, api, environment, content }: Step): Promise<readonly SentObject[]> {
  const objects = content.waves.flat();
  const missing = await undefinedKinds(api, objects);
  const definitions = definitionsFor(
    missing,
    definitionsInFolder(undefined, new Set([...missing].map((kind) => kind.split("/")[0] ?? ""))),
  );
  await install(api, definitions);
  const still = await undefinedKinds(
    api,
    objects.filter(({ object }) => missing.has(`${object.apiVersion} ${object.kind}`)),
  );
  for (const kind of [...still].sort()) {
    const count = objects.filter(({ object }) => `${object.apiVersion} ${object.kind}` === kind).length;
    ledger.cannot(
      `${environment} ${content.region}: ${count} objects of ${kind}`,
      "a CustomResourceDefinition is not at hand: PLIMSOLL_CRDS names a folder of them",
    );
  }
  ledger.progress.step(`${environment} ${content.region}: ${definitions.length} CustomResourceDefinitions installed`);
  return objects.filter(({ object }) => still.has(`${object.apiVersion} ${object.kind}`));
}

export async function deployWaves(
  { ledger, api, environment, content, check }: Step,
  without: readonly SentObject[],
): Promise<readonly Sent[]> {
  const { region, waves, addOns } = content;
  const taken: Sent[] = [...(await send(api, ledger, environment, addOns))];
  for (const [index, wave] of waves.entries()) {
    taken.push(
      ...(await send(
        api,
        ledger,
        environment,
        wave.filter((sent) => !without.includes(sent)),
      )),
    );
    check();
    ledger.progress.step(`${environment} ${region}: wave ${index + 1} of ${waves.length}, ${taken.length} objects`);
  }
  return taken;
}
