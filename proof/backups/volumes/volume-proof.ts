import { randomBytes } from "node:crypto";
import { storageLocation } from "../../../catalog/charts/velero/backups";
import { objectOf, objectsOf, textOf } from "../../../readiness/inventory/json";
import type { Emulator } from "../../emulated-aws/emulators";
import type { KubernetesApi, KubernetesObject } from "../../kubernetes/kubernetes-api";
import type { Ledger } from "../../run/ledger";
import { lastWords, type Server } from "../../run/processes";
import { ended, VELERO, veleroObject, veleroReference } from "../velero";
import type { DataMovement } from "./data-movement";
import { changeTree, fillTree, type Tree, treeDifferences } from "./file-trees";
import { expireOlderThan, objectsBelow } from "./stored-objects";
import { repositoryPassword } from "./velero-objects";

export type Trees = ReadonlyMap<string, Tree>;

export interface MovedRegion {
  readonly api: KubernetesApi;
  readonly movement: DataMovement;
  readonly server: Server;
  readonly region: string;
}

export const newPassword = (): string => randomBytes(24).toString("base64url");

/** Fills the volumes of the namespaces, each with other bytes; of several the last one stays empty. */
export async function fillVolumes(movement: DataMovement, namespaces: readonly string[]): Promise<Trees> {
  const volumes = await movement.volumes(namespaces);
  const filled = volumes.length > 1 ? volumes.slice(0, -1) : volumes;
  for (const { namespace, claim, folder } of filled) fillTree(folder, `${namespace}/${claim}`);
  return movement.trees(namespaces);
}

export async function changeVolumes(
  movement: DataMovement,
  namespaces: readonly string[],
  before: Trees,
): Promise<Trees> {
  for (const { namespace, claim, folder } of await movement.volumes(namespaces))
    if (before.get(claim)?.size !== 0) changeTree(folder, `${namespace}/${claim}`);
  return movement.trees(namespaces);
}

/** What of the volumes is not as it was, by claim. */
export function volumeProblems(wanted: Trees, found: Trees): readonly string[] {
  return [...wanted].flatMap(([claim, tree]) => {
    const other = found.get(claim);
    if (other === undefined) return [`${claim}: there is no such volume`];
    const differences = treeDifferences(tree, other);
    return differences.slice(0, 5).map((difference) => `${claim}: ${difference}`);
  });
}

export function countVolumes(ledger: Ledger, trees: Trees, what: string): void {
  ledger.proved(`volumes ${what}`, trees.size);
  ledger.proved(
    `files and folders in volumes ${what}`,
    [...trees.values()].reduce((sum, tree) => sum + tree.size, 0),
  );
}

const consumer = (namespace: string, claim: string): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: `waits-for-${claim}`, namespace },
  spec: {
    containers: [
      { name: "waits", image: "example.invalid/waits:1", volumeMounts: [{ name: "data", mountPath: "/data" }] },
    ],
    volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim } }],
  },
});

/** Restores the volumes of a namespace into a new one. @returns the Restore as it ended, and why each download that failed did */
async function restoreVolumes(
  { api }: MovedRegion,
  name: string,
  backup: string,
  [from, claims]: readonly [namespace: string, claims: readonly string[]],
): Promise<{ readonly phase: string; readonly words: string }> {
  await api.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  const restore = veleroObject("Restore", name, {
    backupName: backup,
    includedNamespaces: [from],
    namespaceMapping: { [from]: name },
    includedResources: ["persistentvolumeclaims", "persistentvolumes"],
  });
  await api.create(restore);
  // A volume is made only for a pod that waits for it.
  for (const claim of claims) await api.create(consumer(name, claim));
  const { status } = await ended(api, restore);
  const downloads = await api.list(
    "velero.io/v2alpha1",
    "DataDownload",
    VELERO,
    `labelSelector=velero.io/restore-name%3D${name}`,
  );
  return {
    phase: textOf(objectOf(status)["phase"]) ?? "",
    words: [JSON.stringify(status), ...downloads.map((one) => JSON.stringify(one["status"]))].join("\n"),
  };
}

interface Later {
  readonly backup: string;
  readonly older: string;
  readonly startedAt: number;
  readonly trees: Trees;
  readonly namespace: string;
  readonly prefix: string;
  readonly password: string;
}

/** Of two backups the older one expires, and the later one, which rests on data of the older, must still restore. */
export async function proveLaterBackup(
  ledger: Ledger,
  emulator: Emulator,
  primary: MovedRegion,
  standby: MovedRegion,
  later: Later,
): Promise<void> {
  const { backup, older, namespace, trees, prefix } = later;
  const claims = [...trees.keys()];
  const source = [namespace, claims] as const;
  await expire(primary, older, async () => {
    const left = await objectsBelow(emulator, standby.region, `${prefix}/backups/${older}/`);
    return left.length === 0;
  });
  ledger.proved("backups expired");
  await maintain(primary, namespace);
  ledger.proved("repositories maintained");
  const good = await restoreVolumes(standby, "volumes-later", backup, source);
  const problems = volumeProblems(trees, await standby.movement.trees(["volumes-later"]));
  if (good.phase !== "Completed" || problems.length > 0)
    ledger.failed(
      `${standby.region}: volumes of a backup whose predecessor expired`,
      [...problems, good.words, ...said(standby)].join("\n"),
    );
  else countVolumes(ledger, trees, "restored after the older backup expired");
  await proveWrongPassword(ledger, standby, later, source);
  await proveLifecycle(ledger, emulator, standby, later, source);
}

type Source = readonly [namespace: string, claims: readonly string[]];

async function proveWrongPassword(
  ledger: Ledger,
  standby: MovedRegion,
  { backup, password }: Later,
  source: Source,
): Promise<void> {
  await standby.api.apply(repositoryPassword(newPassword()));
  const { phase, words } = await restoreVolumes(standby, "volumes-locked", backup, source);
  await standby.api.apply(repositoryPassword(password));
  if (phase !== "Completed" && /invalid repository password/.test(words))
    ledger.proved("restores refused for a wrong repository password");
  else
    ledger.failed(
      `${standby.region}: a restore with a wrong repository password is to fail for it`,
      `${phase}\n${words}`,
    );
}

/** The fault of a bucket whose lifecycle expires current objects: what has restored a moment ago must fail now. */
async function proveLifecycle(
  ledger: Ledger,
  emulator: Emulator,
  standby: MovedRegion,
  { backup, startedAt, prefix }: Later,
  source: Source,
): Promise<void> {
  const { gone, left } = await expireOlderThan(emulator, standby.region, `${prefix}/kopia/`, startedAt);
  const what = `${standby.region}: a lifecycle that expires ${gone} current objects and leaves ${left}`;
  const { phase, words } = await restoreVolumes(standby, "volumes-lost", backup, source);
  if (gone > 0 && phase !== "Completed" && /repository not initialized|BLOB not found/i.test(words)) {
    ledger.proved("faults of a bucket's lifecycle noticed");
    ledger.note(`${what}: the restore is ${phase}`);
  } else ledger.failed(`${what}: the restore is to fail for it`, `${phase}\n${words}`);
}

/** The backup's time to live is over: Velero's own collection deletes it with its data. */
async function expire({ api }: MovedRegion, backup: string, emptied: () => Promise<boolean>): Promise<void> {
  const reference = veleroReference("Backup", backup);
  await api.patch(reference, { status: { expiration: new Date(Date.now() - 1000).toISOString() } });
  for (const end = performance.now() + 90_000; (await api.get(reference)) !== undefined || !(await emptied());) {
    if (performance.now() > end) {
      const requests = await api.list("velero.io/v1", "DeleteBackupRequest", VELERO);
      throw new Error(
        `${backup} has expired and is not deleted after 90 s: ${JSON.stringify(requests.map(({ status }) => status))}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Velero's own maintenance, now: by the Job that it makes. */
async function maintain({ api }: MovedRegion, namespace: string): Promise<void> {
  const repositories = (await api.list("velero.io/v1", "BackupRepository", VELERO)).filter(({ spec }) => {
    const { volumeNamespace, backupStorageLocation } = objectOf(spec);
    return volumeNamespace === namespace && backupStorageLocation === storageLocation.otherRegion;
  });
  const [repository] = repositories;
  if (repository === undefined) throw new Error(`no repository of ${namespace} in ${storageLocation.otherRegion}`);
  const before = recent(repository).length;
  await api.patch(repository, { spec: { maintenanceFrequency: "1s" } });
  const after = await api.waitFor(repository, "maintenance", (one) => recent(one).length > before, 90);
  await api.patch(repository, { spec: { maintenanceFrequency: "1h0m0s" } });
  const [last] = recent(after).slice(-1);
  if (last?.["result"] !== "Succeeded")
    throw new Error(`maintenance of ${repository.metadata.name}: ${JSON.stringify(last)}`);
}

const recent = ({ status }: KubernetesObject) => objectsOf(objectOf(status)["recentMaintenance"]);

export const said = ({ server, movement }: MovedRegion): readonly string[] =>
  [server.log, ...movement.logs].map((log) => `${log}:\n${lastWords(log, 8)}`);
