import { gunzipSync } from "node:zlib";
import { qualified, rebuiltKinds } from "../../catalog/kubernetes/restored-kinds";
import { objectOf } from "../../readiness/inventory/json";
import type { Emulator } from "../emulated-aws/emulators";
import type { KubernetesObject } from "../kubernetes/kubernetes-api";
import type { Ledger } from "../run/ledger";
import { type Content, contentOf, differences, listedIn } from "./comparison";
import { backupPrefix, movedRegion, type Region } from "./region";
import { completed, objectIn, veleroObject } from "./velero";
import { countVolumes, said, type Trees, volumeProblems } from "./volumes/volume-proof";

/** What a backup holds of the volumes, and what its name is. */
export interface Taken {
  readonly name: string;
  readonly startedAt: number;
  readonly trees: Trees;
}

/** What the backup lists, by kind. */
export async function listOf(
  emulator: Emulator,
  primary: Region,
  region: string,
  backup: string,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const key = `${backupPrefix(primary)}/backups/${backup}/${backup}-resource-list.json.gz`;
  return JSON.parse(gunzipSync(await objectIn(emulator, region, key)).toString()) as Record<string, string[]>;
}

/** Kinds that no restore may bring: they would do once more what was done, or describe another cluster. */
const NEVER: readonly (readonly [apiVersion: string, kind: string])[] = [
  ["batch/v1", "Job"],
  ["v1", "Event"],
  ["events.k8s.io/v1", "Event"],
];

/** The namespaces of the standby are gone, and come back as they were in the primary. */
export async function proveLoss(
  ledger: Ledger,
  primary: Region,
  standby: Region,
  { name: backup, trees }: Taken,
  list: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const { api } = standby.plane;
  const { region } = standby.content;
  for (const namespace of standby.applications) {
    await api.delete({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  }
  for (const namespace of standby.applications) await gone(standby, namespace);
  const before = new Map<string, Content>();
  for (const namespace of primary.applications)
    before.set(namespace, await contentOf(primary.plane.api, namespace, kept(listedIn(list, namespace))));
  const restore = veleroObject("Restore", "loss", {
    backupName: backup,
    includedNamespaces: [...standby.applications],
    excludedResources: rebuiltKinds.map(qualified),
  });
  const began = performance.now();
  await completed(api, restore, standby.server);
  const seconds = Math.round((performance.now() - began) / 1000);
  let objects = 0;
  for (const [namespace, wanted] of before) {
    const found = await contentOf(api, namespace, kept(listedIn(list, namespace)));
    const wrong = differences(wanted, found);
    objects += found.size;
    if (wrong.length > 0) ledger.failed(`${region}: ${namespace} restored from the primary`, wrong.join("\n"));
    else ledger.proved("namespaces restored in the other region and equal");
    await neverThere(ledger, api.list.bind(api), region, namespace);
  }
  ledger.proved("objects of the primary restored in the standby", objects);
  await proveVolumes(ledger, standby, trees);
  ledger.note(`${region}: ${objects} objects of ${before.size} namespaces restored in ${seconds} s`);
}

/** Every file of every volume is as it was in the primary when the backup was made. */
async function proveVolumes(ledger: Ledger, standby: Region, trees: Trees): Promise<void> {
  const { movement, applications, content } = standby;
  if (movement === undefined) return;
  const problems = volumeProblems(trees, await movement.trees(applications));
  if (problems.length > 0)
    ledger.failed(
      `${content.region}: volumes restored from the primary`,
      [...problems, ...said(movedRegion(standby, movement))].join("\n"),
    );
  else countVolumes(ledger, trees, "restored in the other region and equal");
}

/** Pods and what controllers make of other objects have names of their own in each cluster. */
const MADE =
  /^(v1\/Pod|apps\/v1\/ReplicaSet|apps\/v1\/ControllerRevision|batch\/v1\/Job|discovery.*|v1\/Endpoints|.*\/Event)$/;
const kept = (listed: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> =>
  new Map([...listed].filter(([kind]) => !MADE.test(kind)));

async function neverThere(
  ledger: Ledger,
  list: (apiVersion: string, kind: string, namespace: string) => Promise<readonly KubernetesObject[]>,
  region: string,
  namespace: string,
): Promise<void> {
  for (const [apiVersion, kind] of NEVER) {
    const restored = (await list(apiVersion, kind, namespace)).filter(
      ({ metadata }) => objectOf(metadata.labels)["velero.io/restore-name"] !== undefined,
    );
    if (restored.length > 0)
      ledger.failed(
        `${region}: ${kind}s of ${namespace} came back`,
        restored.map(({ metadata }) => metadata.name).join(", "),
      );
    else ledger.proved("kinds that stay away");
  }
}

async function gone({ plane: { api } }: Region, name: string): Promise<void> {
  const reference = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  for (const end = performance.now() + 60_000; await api.get(reference);) {
    if (performance.now() > end) throw new Error(`the namespace ${name} is not gone after 60 s`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
