import { resolve } from "node:path";
import { ConfigurationError } from "../config/configuration-error";
import { type Environment, environmentNames } from "../config/environment";
import { loadEnvironment } from "../config/load";
import { projectRoot } from "../config/project";
import { agreedLosses, consentedLock } from "../readiness/figures/data/data-lock";
import { nearest as nearestName } from "../config/nearest";
import { awsAccount } from "../deployment/aws-account";
import type { Target } from "../deployment/deployment";
import { readStacks } from "../deployment/stack-folder";
import { ownApp, synthesise } from "../deployment/synthesis";
import { CommandError, exitCodes } from "./exit-codes";
import { withProgress } from "./progress";

export interface TargetOptions {
  readonly env: string;
  readonly app?: string;
  readonly output: string;
  readonly consent?: readonly string[];
}

/** The environment that `--env` names. @throws CommandError with every violation of its configuration */
export function environmentOf(name: string): Environment {
  if (!environmentNames.some((known) => known === name)) {
    const nearest = nearestName(name, environmentNames);
    throw new CommandError(
      `--env ${name}: no such environment; allowed: ${environmentNames.join(", ")}${nearest ? `. Did you mean ${nearest}?` : ""}`,
    );
  }
  try {
    const environment = loadEnvironment({ PLIMSOLL_ENV: name });
    // Before anything starts: an app of another project does not look at the lock.
    consentedLock(projectRoot, environment);
    return environment;
  } catch (error) {
    if (error instanceof ConfigurationError) throw new CommandError(error.message);
    throw error;
  }
}

/** Synthesises, so that what is deployed is what is written now. @throws CommandError when it is refused */
export async function synthesisedTarget(options: TargetOptions): Promise<Target> {
  const environment = environmentOf(options.env);
  const outdir = resolve(options.output);
  const { code, said } = await withProgress(`synthesis of ${environment.name}`, () =>
    synthesise(options.app ?? ownApp(), outdir, environment.name),
  );
  if (code !== 0)
    throw new CommandError(
      `${said.trim()}\n\nNothing was deployed: fix what the synthesis says, then run the same command again.`,
      code === 2 ? exitCodes.refused : exitCodes.failed,
    );
  return {
    environment,
    outdir,
    stacks: readStacks(outdir),
    account: awsAccount(),
    consented: new Set([...(options.consent ?? []), ...agreedLosses(environment, new Date().toISOString())]),
    note: () => undefined,
  };
}
