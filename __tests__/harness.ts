import { existsSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "cdktf";
import type { Environment, EnvironmentName } from "../config/environment";
import type { ApplicationSource } from "../config/application/load";
import { dataIn } from "../readiness/figures/data/data-lock";
import { shapeOf } from "../readiness/figures/shape/shape";
import { lockOf } from "../readiness/figures/shape/shape-lock";
import { takeInventory } from "../readiness/inventory/inventory";
import type { DataLock } from "../readiness/inventory/data-lock";
import type { PlatformFacts, SynthesisedStack } from "../readiness/inventory/platform";
import { type Shape, shapedEnvironments, type ShapedEnvironment, type ShapeLock } from "../readiness/inventory/shape";
import type { SynthesisMode } from "../readiness/synthesis/synthesised-stacks";
import { fixtureEnvironment } from "./fixtures/platform/environments";
import { fixtureApplications, fixtureFacts } from "./fixtures/platform/platform";

export { judgedOn } from "./fixtures/platform/platform";

/** Made once in a run of jest, and read by its other files: the temporary folder is this run's alone. */
export function shared<Value>(name: string, make: () => Value): Value {
  const file = join(tmpdir(), `${name}.json`);
  if (!existsSync(file)) {
    const own = join(mkdtempSync(join(tmpdir(), "shared-")), "value.json");
    writeFileSync(own, JSON.stringify(make()));
    renameSync(own, file);
  }
  return JSON.parse(readFileSync(file, "utf8")) as Value;
}

export function once<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const memory = new Map<Key, Value>();
  return (key) => {
    const known = memory.get(key) ?? make(key);
    memory.set(key, known);
    return known;
  };
}

/** The stacks of the fixture platform as `app.synth()` writes them. */
export const synthesised = once((name: EnvironmentName): readonly SynthesisedStack[] =>
  shared(name, () => synthesise(name)),
);

const shapeOfFixture = (name: ShapedEnvironment): Shape =>
  shapeOf(takeInventory(synthesised(name), fixtureFacts(name)));

/** Shapes of the fixture platform's environments, as shapes.lock.json records those of the project. */
export const fixtureShapes = (): ShapeLock =>
  shared("shapes", () =>
    lockOf({
      production: shapeOfFixture("production"),
      staging: shapeOfFixture("staging"),
      development: shapeOfFixture("development"),
    }),
  );

/** What holds data in the fixture platform, as `make data-lock` records it. */
export const fixtureDataLock = (name: EnvironmentName): DataLock =>
  shared(`data-lock-${name}`, () => ({
    accountId: fixtureEnvironment(name).accountId,
    resources: dataIn(synthesised(name)),
  }));

/** Everything that the fixture platform is judged with. */
export const judgedFacts = (name: EnvironmentName = "production"): PlatformFacts => ({
  ...fixtureFacts(name),
  dataLock: fixtureDataLock(name),
  ...(shapedEnvironments.some((shaped) => shaped === name) ? { shapes: fixtureShapes() } : {}),
});

/** The stacks of an environment of the fixture platform, synthesised anew. */
export const synthesise = (name: EnvironmentName, mode?: SynthesisMode): readonly SynthesisedStack[] =>
  platformStacks(fixtureEnvironment(name), fixtureApplications, mode);

/** The stacks of any platform. */
export function platformStacks(
  environment: Environment,
  applications: ApplicationSource,
  mode?: SynthesisMode,
): readonly SynthesisedStack[] {
  const { buildPlatform } = createRequire(__filename)("../stacks/platform") as typeof import("../stacks/platform");
  return stacksOf((app) => {
    buildPlatform(app, environment, applications);
  }, mode);
}

/** What a real synthesis of the app that `build` fills writes. */
export function stacksOf(build: (app: App) => void, mode?: SynthesisMode): SynthesisedStack[] {
  // Only files that synthesise load cdktf.
  const { synthesisedStacks } = createRequire(__filename)(
    "../readiness/synthesis/synthesised-stacks",
  ) as typeof import("../readiness/synthesis/synthesised-stacks");
  return synthesisedStacks(build, mode);
}
