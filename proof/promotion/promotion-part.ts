import { obtainEngines } from "../engine-builds/obtain";
import { startEmulator, awsEnvironment } from "../emulated-aws/emulators";
import type { Ledger } from "../run/ledger";
import { type RunFolder, withRun } from "../run/run-folder";
import { synthesise } from "../run/synthesised";
import { postgresPrograms } from "../stores/postgres-server";
import { cacheProgram } from "./cache-server";
import { deployStandby } from "./deployed-standby";
import { EmulatorCalls } from "./emulator-calls";
import { certificateOf, standbyCluster } from "./promotion-cluster";
import { PromotionScenarios } from "./promotion-scenarios";
import { Standby } from "./standby";
import { promotionParts } from "./standby-functions";

/** Waits of the state machine are a fiftieth as long: what it does between them is not shortened. */
const WAIT_SCALE = "0.02";

/**
 * The state machine of the promotion, in the emulator that interprets its language: with the functions as they are
 * deployed, real databases and caches, and the objects of the standby on a real API server.
 */
export async function provePromotion(ledger: Ledger): Promise<void> {
  postgresPrograms();
  cacheProgram();
  await obtainEngines(["etcd", "kubernetes", "kwok", "ministack"], (line) => ledger.progress.step(line));
  await withRun((run) =>
    withRun(async (clusterRun) => {
      const standby = await start(ledger, run, clusterRun);
      try {
        await new PromotionScenarios(ledger, standby).prove();
      } finally {
        await standby.stop();
      }
    }),
  );
}

async function start(ledger: Ledger, run: RunFolder, clusterRun: RunFolder): Promise<Standby> {
  ledger.progress.step("synthesis of local");
  const synthesised = await synthesise(run, "local");
  const { accountId, regions } = synthesised.environment;
  ledger.progress.step("starting the emulated AWS and the standby's control plane");
  const emulator = await startEmulator(run, "ministack", accountId, { SFN_WAIT_SCALE: WAIT_SCALE });
  const plane = await standbyCluster(ledger, clusterRun, synthesised);
  const environment = awsEnvironment(emulator);
  const calls = {
    standby: new EmulatorCalls(environment, regions.secondary.name),
    primary: new EmulatorCalls(environment, regions.primary.name),
  };
  const parts = promotionParts(synthesised);
  const deployed = await deployStandby(calls, parts, accountId);
  ledger.progress.step("starting databases with replicas, and caches");
  return Standby.prepare(run, {
    ...{ synthesised, parts, calls, deployed },
    api: plane.api,
    certificate: certificateOf(plane.kubeconfig),
  });
}
