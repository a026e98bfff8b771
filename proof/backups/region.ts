import { RESTORE_PLACEMENT } from "../../catalog/charts/velero/restore-placement";
import { storageLocation } from "../../catalog/charts/velero/backups";
import { restoreTestNames } from "../../catalog/kubernetes/restored-kinds";
import { applicationNamespaces } from "../../readiness/figures/recovery/backup-coverage";
import type { Release } from "../../readiness/inventory/facts/kubernetes/releases";
import { objectOf, objectsOf, textOf } from "../../readiness/inventory/json";
import type { Emulator } from "../emulated-aws/emulators";
import type { Engines } from "../engine-builds/obtain";
import { type ControlPlane, startControlPlane } from "../kubernetes/control-plane";
import type { RegionContent, SentObject } from "../kubernetes/region-content";
import { addPoolNodes, deployWaves, installDefinitions, type Step } from "../local/cluster-deployment";
import type { Ledger } from "../run/ledger";
import { lastWords, type Server, stillRunning } from "../run/processes";
import type { RunFolder } from "../run/run-folder";
import { applyLocations, installVelero, phaseOf, startVelero, VELERO, veleroReference } from "./velero";
import { DataMovement } from "./volumes/data-movement";
import type { MovedRegion } from "./volumes/volume-proof";

/** The environment whose backups are proved. */
export const ENVIRONMENT = "production";
const DEFINITIONS_NOT_AT_HAND = "a CustomResourceDefinition is not at hand: PLIMSOLL_CRDS names a folder of them";

/** One region with its API server, its Velero, and what its cluster holds. */
export interface Region {
  readonly plane: ControlPlane;
  readonly server: Server;
  readonly content: RegionContent;
  readonly release: Release;
  readonly applications: readonly string[];
  /** Absent where the kinds of snapshots are not at hand: then backups are made without volumes. */
  readonly movement?: DataMovement;
}

/** What backups and their tests are about: the applications, and the platform's objects around Velero. Nothing waits: no workload is proved here. */
export function chosen(content: RegionContent): RegionContent {
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

/** Starts the region: what its cluster holds, then Velero, which finds its backup locations. */
export async function startRegion({
  ledger,
  run,
  engines,
  emulator,
  content,
  password,
  movements,
}: Start): Promise<Region> {
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

/** The folder of the region's backups in its bucket. */
export function backupPrefix({ release }: Region): string {
  const [own] = objectsOf(objectOf(release.values["configuration"])["backupStorageLocation"]);
  return textOf(own?.["prefix"]) ?? "";
}

/** What the proofs of volumes need of the region. */
export const movedRegion = ({ plane: { api }, server, content }: Region, movement: DataMovement): MovedRegion => ({
  api,
  server,
  region: content.region,
  movement,
});
