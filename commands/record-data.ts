// `node dist/commands/record-data.js`: writes the lock of what holds data in the environment, which DR-17 compares.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigurationError } from "../config/configuration-error";
import { loadEnvironment, loadNow } from "../config/load";
import { projectRoot } from "../config/project";
import { consentedLock, dataLockName, dataLockText, recorded } from "../readiness/figures/data/data-lock";
import { synthesisedStacks } from "../readiness/synthesis/synthesised-stacks";
import { buildPlatform } from "../stacks/platform";

const { environment, lock: before } = configured();
const stacks = synthesisedStacks((app) => {
  buildPlatform(app, environment);
});
const name = dataLockName(environment.name);
const result = recorded(
  before,
  stacks,
  environment,
  loadNow(process.env, () => new Date()),
);
if ("refused" in result) {
  for (const { subject, what, becomes } of result.refused) console.error(`${subject}: ${what}, ${becomes}`);
  console.error(
    `${name} was not changed: put these back or move them, or agree to their loss in agreedLosses of config/environments/${environment.name}.ts`,
  );
  process.exitCode = 2;
} else {
  writeFileSync(join(projectRoot, name), dataLockText(result.lock));
  console.log(
    `wrote ${name}: ${Object.keys(result.lock.resources).length} resources that hold data, ${result.added.length} new, ${result.dropped.length} dropped`,
  );
}

/** Ends the program with the message alone: what is wrong stands in a file, and a stack trace would hide where. */
function configured() {
  try {
    const environment = loadEnvironment(process.env);
    return { environment, lock: consentedLock(projectRoot, environment) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
