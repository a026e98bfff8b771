import "./config/parse-once";
import { loadEnvironment, loadNow } from "./config/load";
import { figuresOf } from "./readiness/figures/report-text";
import { synthesise } from "./readiness/synthesis/synthesis";
import { buildPlatform } from "./stacks/platform";

void synthesise({
  outdir: process.env["CDKTF_OUTDIR"] ?? "cdktf.out",
  configure: () => ({
    environment: loadEnvironment(process.env),
    now: loadNow(process.env, () => new Date()),
    chosen: Boolean(process.env["PLIMSOLL_ENV"]),
  }),
  build: buildPlatform,
  figures: figuresOf,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
