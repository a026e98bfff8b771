import "./fast-paths/interpreted-schemas";
import { applicationRecords } from "./catalog/applications";
import { commitmentsIn } from "./catalog/claims/commitments";
import { loadEnvironment, loadNow } from "./config/load";
import { projectRoot } from "./config/project";
import { consentedLock } from "./readiness/figures/data/data-lock";
import { modelsOf } from "./readiness/figures/models";
import { shapeLock } from "./readiness/figures/shape/shape-lock";
import { baselineOf } from "./readiness/report/changes";
import { synthesise } from "./readiness/synthesis/synthesis";
import { buildPlatform } from "./stacks/platform";

void synthesise({
  outdir: process.env["CDKTF_OUTDIR"] || "cdktf.out",
  configure: () => {
    const environment = loadEnvironment(process.env);
    const dataLock = consentedLock(projectRoot, environment);
    return {
      environment,
      now: loadNow(process.env, () => new Date()),
      commitments: commitmentsIn(environment.name),
      applicationRecords,
      shapes: shapeLock,
      ...(dataLock ? { dataLock } : {}),
      chosen: Boolean(process.env["PLIMSOLL_ENV"]),
    };
  },
  baseline: (environment) => baselineOf(process.env, environment),
  build: buildPlatform,
  models: modelsOf,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
