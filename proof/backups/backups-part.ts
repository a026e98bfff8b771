import { backupSchedules } from "../../catalog/charts/velero/backups";
import type { RegionRole } from "../../config/environment";
import { objectOf, objectsOf } from "../../readiness/inventory/json";
import { type Emulator, startEmulator } from "../emulated-aws/emulators";
import { obtainEngines } from "../engine-builds/obtain";
import { regionContent } from "../kubernetes/region-content";
import type { Ledger } from "../run/ledger";
import { stillRunning } from "../run/processes";
import { type RunFolder, withRun } from "../run/run-folder";
import { synthesise } from "../run/synthesised";
import { listOf, proveLoss, type Taken } from "./loss-proof";
import { backupPrefix, chosen, ENVIRONMENT, movedRegion, type Region, startRegion } from "./region";
import { proveScratchMachine } from "./scratch-machine";
import { proveScratch } from "./scratch-proof";
import { completed, makeBucket, phaseOf, veleroObject, veleroReference } from "./velero";
import { rootChanger } from "./volumes/container";
import type { DataMovement } from "./volumes/data-movement";
import {
  changeVolumes,
  countVolumes,
  fillVolumes,
  newPassword,
  proveLaterBackup,
  type Trees,
} from "./volumes/volume-proof";

/** A minute between two looks of the state machine is a second. */
const WAIT_SCALE = "0.0167";

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
  await proveLaterBackup(
    ledger,
    emulator,
    movedRegion(primary, primary.movement),
    movedRegion(standby, standby.movement),
    {
      ...later,
      backup: later.name,
      older: older.name,
      namespace: namespace.namespace,
      prefix: backupPrefix(primary),
      password,
    },
  );
}
