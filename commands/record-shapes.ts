// `node dist/commands/record-shapes.js`: writes the shapes of the environments, which DE-06 compares, to shapes.lock.json.
// With --check nothing is written: the exit code is 1 where the file is stale.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadEnvironment, loadNow } from "../config/load";
import { projectRoot } from "../config/project";
import { shapeOf } from "../readiness/figures/shape/shape";
import { lockOf, lockText } from "../readiness/figures/shape/shape-lock";
import { takeInventory } from "../readiness/inventory/inventory";
import type { Shape, ShapedEnvironment } from "../readiness/inventory/shape";
import { synthesisedStacks } from "../readiness/synthesis/synthesised-stacks";
import { buildPlatform } from "../stacks/platform";

const name = "readiness/figures/shape/shapes.lock.json";
const file = join(projectRoot, name);

function shape(environmentName: ShapedEnvironment): Shape {
  const environment = loadEnvironment({ ...process.env, PLIMSOLL_ENV: environmentName });
  const stacks = synthesisedStacks((app) => {
    buildPlatform(app, environment);
  });
  return shapeOf(takeInventory(stacks, { environment, now: loadNow(process.env, () => new Date()) }));
}

const text = lockText(
  lockOf({ production: shape("production"), staging: shape("staging"), development: shape("development") }),
);
if (!process.argv.includes("--check")) {
  writeFileSync(file, text);
  console.log(`wrote ${name}`);
} else if (readFileSync(file, "utf8") !== text) {
  console.error(`${name} is stale. Run \`make snapshots\``);
  process.exitCode = 1;
}
