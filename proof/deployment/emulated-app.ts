// `node dist/proof/deployment/emulated-app.js`: synthesises as main.js does, then fits the stacks in CDKTF_OUTDIR to the
// emulators and to the providers at hand. `plimsoll deploy --app` runs it in the place of the app of cdktf.json.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { environmentNames } from "../../config/environment";
import { prepareLocalStacks } from "../local/local-stacks";
import { projectRoot } from "../run/project-root";
import { readSynthesised } from "../run/synthesised";
import { mirroredProviders } from "../terraform/provider-mirror";
import { type FittedStack, fittedFile } from "./fitted-stacks";
import type { StackFolder } from "../terraform/terraform-stacks";

function main(): number {
  const outdir = resolve(process.env["CDKTF_OUTDIR"] ?? "cdktf.out");
  const own = join(outdir, ".synthesised");
  const result = spawnSync(process.execPath, [join(projectRoot(), "dist", "main.js")], {
    cwd: projectRoot(),
    env: { ...process.env, CDKTF_OUTDIR: own },
    stdio: "inherit",
  });
  if (result.status !== 0) return result.status ?? 1;
  const name = environmentNames.find((one) => one === process.env["PLIMSOLL_ENV"]) ?? "production";
  const synthesised = readSynthesised(own, name);
  mkdirSync(outdir, { recursive: true });
  const mirrored = mirroredProviders();
  const providers = { mirrored, awsProviderVersion: mirrored?.get("hashicorp/aws")?.at(-1) };
  const kubeconfigs = JSON.parse(process.env["PLIMSOLL_KUBECONFIGS"] || "{}") as Record<string, string>;
  const stacks = prepareLocalStacks(synthesised, join(outdir, "stacks"), providers, kubeconfigs);
  writeFileSync(fittedFile(outdir), JSON.stringify(stacks.map(withoutFolder), undefined, 2));
  // The manifest and the report are those of the synthesis: the stacks lie at the same places.
  for (const file of ["manifest.json", "readiness"]) copyInto(join(own, file), join(outdir, file));
  rmSync(own, { recursive: true, force: true });
  return 0;
}

const withoutFolder = ({
  name,
  resources,
  removedArguments,
  unknownResources,
  gaps,
  omitted,
}: StackFolder): FittedStack => ({
  name,
  resources,
  removedArguments,
  unknownResources,
  gaps,
  omitted,
});

function copyInto(from: string, to: string): void {
  if (!existsSync(from)) return;
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
}

if (require.main === module) process.exitCode = main();
