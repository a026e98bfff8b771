import { gunzipSync } from "node:zlib";
import { backupSchedules, storageLocation } from "../../catalog/charts/velero/backups";
import { RESTORE_PLACEMENT } from "../../catalog/charts/velero/restore-placement";
import { qualified, rebuiltKinds, restoreTestNames } from "../../catalog/kubernetes/restored-kinds";
import type { RegionRole } from "../../config/environment";
import { applicationNamespaces } from "../../readiness/figures/recovery/backup-coverage";
import { objectOf, objectsOf, textOf } from "../../readiness/inventory/json";
import type { Release } from "../../readiness/inventory/facts/kubernetes/releases";
import { type Emulator, startEmulator } from "../emulated-aws/emulators";
import { type Engines, obtainEngines } from "../engine-builds/obtain";
import { type ControlPlane, startControlPlane } from "../kubernetes/control-plane";
import type { KubernetesObject } from "../kubernetes/kubernetes-api";
import { regionContent, type RegionContent, type SentObject } from "../kubernetes/region-content";
import { addPoolNodes, deployWaves, installDefinitions, type Step } from "../local/cluster-deployment";
import type { Ledger } from "../run/ledger";
import { lastWords, type Server, stillRunning } from "../run/processes";
import type { RunFolder } from "../run/run-folder";
import { withRun } from "../run/run-folder";
import { synthesise } from "../run/synthesised";
import { type Content, contentOf, differences, listedIn } from "./comparison";
import { proveScratchMachine } from "./scratch-machine";
import { proveScratch } from "./scratch-proof";
import { rootChanger } from "./volumes/container";
import { DataMovement } from "./volumes/data-movement";
import {
  changeVolumes,
  countVolumes,
  fillVolumes,
  type MovedRegion,
  newPassword,
  proveLaterBackup,
  said,
  type Trees,
  volumeProblems,
} from "./volumes/volume-proof";
import {
  applyLocations,
  completed,
  installVelero,
  makeBucket,
  objectIn,
  phaseOf,
  startVelero,
  VELERO,
  veleroObject,
  veleroReference,
} from "./velero";

const ENVIRONMENT = "production";
const DEFINITIONS_NOT_AT_HAND = "a CustomResourceDefinition is not at hand: PLIMSOLL_CRDS names a folder of them";
/** A minute between two looks of the state machine is a second. */
const WAIT_SCALE = "0.0167";

interface Region {
  readonly plane: ControlPlane;
  readonly server: Server;
  readonly content: RegionContent;
  readonly release: Release;
  readonly applications: readonly string[];
  /** Absent where the kinds of snapshots are not at hand: then backups are made without volumes. */
  readonly movement?: DataMovement;
}

/** What a backup holds of the volumes, and what its name is. */
interface Taken {
  readonly name: string;
  readonly startedAt: number;
  readonly trees: Trees;
}

/**
 * The real Velero server in both regions on real API servers: it backs up every application's namespace in the primary
 * and restores it in the standby; objects are compared, and what must not come back is looked for. Velero's real node agents
 * and data movers move the volumes, on stand-ins for kubelets and the CSI driver; every file is compared. Then the function of
 * the weekly test runs in both, with the rights that it has.
 */
export async function proveBackups(ledger: Ledger): Promise<void> {
  const engines = await obtainEngines(["etcd", "kubernetes", "kwok", "ministack", "velero"], (line) =>
    ledger.progress.step(line),
  );
  rootChanger();
  const password = newPassword();
  await withRun(async (outer) =>
    withRun(async (primaryRun) =>
      withRun(async (standbyRun) => {
        const synthesised = await synthesise(outer, ENVIRONMENT);
        const emulator = await startEmulator(outer, "moto");
        const movements: DataMovement[] = [];
        const start = async (role: RegionRole, run: RunFolder): Promise<Region> => {
          const region = synthesised.environment.regions[role].name;
          await makeBucket(emulator, region);
          const content = chosen(await regionContent(synthesised, region, undefined, new Date().toISOString()));
          return startRegion({ ledger, run, engines, emulator, content, password, movements });
        };
        try {
          const [primary, standby] = await Promise.all([start("primary", primaryRun), start("secondary", standbyRun)]);
          const { accountId } = synthesised.environment;
          const machines = await startEmulator(outer, "ministack", accountId, { SFN_WAIT_SCALE: WAIT_SCALE });
          const emulators = { storage: emulator, machines };
          const machine = (role: RegionRole, { plane }: Region, filled: boolean): Promise<void> =>
            proveScratchMachine(ledger, synthesised, role, plane, { emulators, filled });
          await proveRegions({ ledger, emulator, primary, standby, password }, machine);
        } finally {
          await Promise.all(movements.map((movement) => movement.stop()));
        }
      }),
    ),
  );
}

/** What backups and their tests are about: the applications, and the platform's objects around Velero. Nothing waits: no workload is proved here. */
function chosen(content: RegionContent): RegionContent {
  const { platform } = content;
  const stacks = new Set(platform.stacks.filter(({ layer }) => layer === "application").map(({ name }) => name));
  const wanted = ({ stack, object, origin }: SentObject): boolean =>
    (origin === "typed" || origin === "manifest") &&
    (stacks.has(stack) ||
      ["StorageClass", "VolumeSnapshotClass"].includes(object.kind) ||
      object.metadata.name === RESTORE_PLACEMENT ||
      ([VELERO, restoreTestNames.scratch] as readonly string[]).includes(
        object.metadata.namespace ?? object.metadata.name ?? "",
      ) ||
      JSON.stringify(object).includes(restoreTestNames.guard));
  const waves = content.waves.map((wave) => wave.filter(wanted).map((sent) => ({ ...sent, waited: false })));
  return { ...content, addOns: [], unrendered: [], waves: waves.filter((wave) => wave.length > 0) };
}

interface Start {
  readonly ledger: Ledger;
  readonly run: RunFolder;
  readonly engines: Engines;
  readonly emulator: Emulator;
  readonly content: RegionContent;
  readonly password: string;
  /** Where what is to be stopped at the end is noted. */
  readonly movements: DataMovement[];
}

async function startRegion({ ledger, run, engines, emulator, content, password, movements }: Start): Promise<Region> {
  const plane = await startControlPlane(run, engines);
  const { api } = plane;
  const step: Step = {
    ledger,
    api,
    environment: ENVIRONMENT,
    content,
    check: () => stillRunning(plane.servers),
  };
  await addPoolNodes(step);
  await installVelero(engines, api);
  await deployWaves(step, await installDefinitions(step));
  const release = content.platform.releases.find(
    ({ chart, region }) => chart === "velero" && region === content.region,
  );
  if (release === undefined) throw new Error(`${content.region} has no release of Velero`);
  await DataMovement.prepare(api, release, password);
  const moves = await DataMovement.define(api);
  await applyLocations(api, release, emulator);
  const server = await startVelero(run, engines, plane, emulator);
  const movement = moves ? DataMovement.start({ run, engines, emulator, ledger }, plane) : undefined;
  if (movement === undefined)
    ledger.cannot(`${content.region}: what is in volumes`, DEFINITIONS_NOT_AT_HAND, { detail: "VolumeSnapshot" });
  else movements.push(movement);
  await movement?.startAgent();
  for (const name of Object.values(storageLocation))
    await api
      .waitFor(
        veleroReference("BackupStorageLocation", name),
        "available",
        (location) => phaseOf(location) === "Available",
      )
      .catch((error: unknown) => {
        throw new Error(`${String(error)}; Velero said:\n${lastWords(server.log)}`);
      });
  ledger.proved("backup locations available");
  const applications = applicationNamespaces(content.platform)
    .filter(({ region }) => region === content.region)
    .map(({ name }) => name);
  return { plane, server, content, release, applications, ...(movement === undefined ? {} : { movement }) };
}

interface Proof {
  readonly ledger: Ledger;
  readonly emulator: Emulator;
  readonly primary: Region;
  readonly standby: Region;
  readonly password: string;
}

async function proveRegions(
  { ledger, emulator, primary, standby, password }: Proof,
  machine: (role: RegionRole, region: Region, filled: boolean) => Promise<void>,
): Promise<void> {
  await settled(primary);
  const filled = primary.movement ? await fillVolumes(primary.movement, primary.applications) : new Map();
  const { dailyOwnRegion, dailyOtherRegion, recoveryOtherRegion } = backupSchedules(primary.content.region);
  const own = await backUp(ledger, primary, dailyOwnRegion, filled);
  const older = await backUp(ledger, primary, dailyOtherRegion, filled);
  const changed = primary.movement ? await changeVolumes(primary.movement, primary.applications, filled) : new Map();
  const later = await backUp(ledger, primary, recoveryOtherRegion, changed);
  const taken = [own, older, later];
  for (const { name } of [older, later])
    await standby.plane.api.waitFor(
      veleroReference("Backup", name),
      "seen by the standby",
      (one) => phaseOf(one) === "Completed",
    );
  ledger.proved("backups of the primary seen by the standby");
  await Promise.all(
    [primary, standby].map(({ plane, content, movement }) =>
      proveScratch(ledger, plane, emulator, content, { movement, taken }),
    ),
  );
  await machine("primary", primary, primary.movement !== undefined);
  // Where no volume is filled, the test must fail and its alarm must ring.
  standby.movement?.pause();
  await machine("secondary", standby, false);
  standby.movement?.resume();
  const list = await listOf(emulator, primary, standby.content.region, older.name);
  await proveLoss(ledger, primary, standby, older, list);
  await proveLater({ ledger, emulator, primary, standby, password }, older, later);
  for (const { plane, server, movement } of [primary, standby]) {
    stillRunning([...plane.servers, server]);
    await movement?.check();
    if (movement) ledger.note(movement.counts);
  }
}

/** Jobs have run, and something has happened that makes an Event. */
async function settled({ plane: { api }, applications }: Region): Promise<void> {
  for (const namespace of applications) {
    for (const job of await api.list("batch/v1", "Job", namespace))
      await api.waitFor(job, "complete", ({ status }) =>
        objectsOf(objectOf(status)["conditions"]).some(({ type, status: is }) => type === "Complete" && is === "True"),
      );
  }
}

/** A backup by a schedule, of all that the schedule names, with what the volumes hold now. */
async function backUp(
  ledger: Ledger,
  { plane: { api }, release, server, movement }: Region,
  schedule: string,
  trees: Trees,
): Promise<Taken> {
  const template = objectOf(objectOf(objectOf(release.values["schedules"])[schedule])["template"]);
  const name = `velero-${schedule}-proof`;
  const spec = movement === undefined ? { ...template, snapshotVolumes: false, snapshotMoveData: false } : template;
  const startedAt = Date.now();
  await completed(api, veleroObject("Backup", name, spec), server);
  await movement?.check();
  ledger.proved("backups of every application's namespace");
  if (movement) countVolumes(ledger, trees, "backed up");
  return { name, startedAt, trees };
}

/** The volumes of the namespace that has some; a region of which none has is not an error here: policies see to it. */
async function proveLater(
  { ledger, emulator, primary, standby, password }: Proof,
  older: Taken,
  later: Taken,
): Promise<void> {
  const [namespace] = primary.movement ? await primary.movement.volumes(primary.applications) : [];
  if (namespace === undefined || primary.movement === undefined || standby.movement === undefined) return;
  const moved = ({ plane: { api }, server, content: { region } }: Region, movement: DataMovement): MovedRegion => ({
    api,
    server,
    region,
    movement,
  });
  const [own] = objectsOf(objectOf(primary.release.values["configuration"])["backupStorageLocation"]);
  await proveLaterBackup(ledger, emulator, moved(primary, primary.movement), moved(standby, standby.movement), {
    ...later,
    backup: later.name,
    older: older.name,
    namespace: namespace.namespace,
    prefix: textOf(own?.["prefix"]) ?? "",
    password,
  });
}

async function listOf(
  emulator: Emulator,
  { release }: Region,
  region: string,
  backup: string,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const [own] = objectsOf(objectOf(release.values["configuration"])["backupStorageLocation"]);
  const key = `${textOf(own?.["prefix"]) ?? ""}/backups/${backup}/${backup}-resource-list.json.gz`;
  return JSON.parse(gunzipSync(await objectIn(emulator, region, key)).toString()) as Record<string, string[]>;
}

/** Kinds that no restore may bring: they would do once more what was done, or describe another cluster. */
const NEVER: readonly (readonly [apiVersion: string, kind: string])[] = [
  ["batch/v1", "Job"],
  ["v1", "Event"],
  ["events.k8s.io/v1", "Event"],
];

/** The namespaces of the standby are gone, and come back as they were in the primary. */
async function proveLoss(
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
  const { movement, applications, plane, server, content } = standby;
  if (movement === undefined) return;
  const problems = volumeProblems(trees, await movement.trees(applications));
  const region: MovedRegion = { api: plane.api, server, movement, region: content.region };
  if (problems.length > 0)
    ledger.failed(`${content.region}: volumes restored from the primary`, [...problems, ...said(region)].join("\n"));
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
