import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applicationRecords } from "../../catalog/applications";
import { commitmentsIn, reportCommitments } from "../../catalog/claims/commitments";
import type { EnvironmentName } from "../../config/environment";
import { loadImageLock } from "../../config/images/lock";
import { projectRoot } from "../../config/project";
import { shapeOf } from "../../readiness/figures/shape/shape";
import { lockOf } from "../../readiness/figures/shape/shape-lock";
import { takeInventory } from "../../readiness/inventory/inventory";
import type { JsonObject } from "../../readiness/inventory/json";
import type { Platform, SynthesisedStack } from "../../readiness/inventory/platform";
import type { Shape, ShapedEnvironment } from "../../readiness/inventory/shape";
import { fixtureEnvironment } from "../fixtures/platform/environments";
import { judgedOn, once, platformStacks, shared } from "../harness";
import { RecordedTexts } from "../recorded-text";
import { beyondSibling, normalised } from "../stacks/normalised";

export type { JsonObject } from "../../readiness/inventory/json";

const folder = join(projectRoot, "apps");
const names = ["ci-failure-agent", "flakeguard", "fleetforge", "freightliner", "x0tta6bl4"];

/** The applications of this project that are still in `apps/`. */
export const shippedApplications: readonly string[] = names.filter((name) => existsSync(join(folder, `${name}.ts`)));

/** The shipped applications, and no other, in a folder like `apps/`. */
function shippedFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "shipped-"));
  for (const name of shippedApplications) {
    const { literal } = (createRequire(__filename)(join(folder, name)) as { default: { literal: unknown } }).default;
    writeFileSync(
      join(path, `${name}.js`),
      `exports.default = { [Symbol.for("plimsoll.application")]: true, literal: ${JSON.stringify(literal)}, declaration: {} };`,
    );
  }
  // Whether an image is built already is its user's matter: production refuses digests that are marked as examples.
  const images = Object.fromEntries(
    Object.entries(loadImageLock(folder)).map(([image, { digest, platforms }]) => [image, { digest, platforms }]),
  );
  writeFileSync(join(path, "images.lock.json"), JSON.stringify({ images }));
  return path;
}

/** The shipped applications on the fixture organisation: the values of this project's organisation are its users'. */
export const shippedStacks = once((name: EnvironmentName): readonly SynthesisedStack[] =>
  shared(`shipped-${name}`, () =>
    platformStacks(fixtureEnvironment(name), { folder: shippedFolder(), commitments: reportCommitments }),
  ),
);

const facts = (name: EnvironmentName) => ({
  environment: fixtureEnvironment(name),
  now: judgedOn,
  commitments: commitmentsIn(name),
  applicationRecords,
});

/** The shipped applications in production, with the shapes of their three environments. */
export function shippedPlatform(): Platform {
  const shape = (name: ShapedEnvironment): Shape => shapeOf(takeInventory(shippedStacks(name), facts(name)));
  const shapes = lockOf({
    production: shape("production"),
    staging: shape("staging"),
    development: shape("development"),
  });
  return takeInventory(shippedStacks("production"), { ...facts("production"), shapes });
}

interface Placed {
  readonly stack: string;
  readonly id: string;
  readonly block: JsonObject;
}

const spec = ({ block }: { block: JsonObject }): JsonObject => block["spec"] as JsonObject;
const metadata = ({ block }: { block: JsonObject }): JsonObject => block["metadata"] as JsonObject;
const podOf = (one: { block: JsonObject }): JsonObject => (spec(one)["template"] as JsonObject)["spec"] as JsonObject;
const containerIn = (one: { block: JsonObject }): JsonObject => (podOf(one)["container"] as JsonObject[])[0] ?? {};
const regions = ["us-east-1", "eu-west-1"] as const;

/** Questions about the stacks of one application. */
function stacksOfApplication(application: string) {
  const of = (type: string, name?: string): Placed[] =>
    regions.flatMap((region) => {
      const stack = `${application}-${region}`;
      const terraform = shippedStacks("production").find((one) => one.name === stack)?.terraform ?? {};
      const blocks = ((terraform["resource"] ?? {}) as Record<string, Record<string, JsonObject>>)[type] ?? {};
      return Object.entries(blocks)
        .map(([id, block]) => ({ stack, id, block }))
        .filter((one) => name === undefined || metadata(one)["name"] === name);
    });
  const inBothRegions = (type: string, name: string, check: (one: Placed) => void): void => {
    const found = of(type, name);
    expect(found.map(({ stack }) => stack)).toEqual(regions.map((region) => `${application}-${region}`));
    found.forEach(check);
  };
  return { containerIn, inBothRegions, metadata, of, podOf, regions, spec };
}

/** Rules of the load balancer are numbered over all applications of the platform: the number is no property of one. */
const withoutPriority = (text: string): string => text.replace(/^ *priority: \d+\n/gm, "");

/** Tests of one shipped application, and the recorded text of its stacks. Skipped where a user has removed the application. */
export function describeApplication(
  name: string,
  tests: (stacks: ReturnType<typeof stacksOfApplication>) => void,
): void {
  const describeIfShipped = shippedApplications.includes(name) ? describe : describe.skip;
  describeIfShipped(name, () => {
    tests(stacksOfApplication(name));

    it("has the stacks that `make snapshots` recorded", () => {
      const recorded = new RecordedTexts(join(__dirname, "recorded", name));
      const [primary, secondary] = regions.map((region) =>
        withoutPriority(
          normalised(shippedStacks("production").find((stack) => stack.name === `${name}-${region}`)?.terraform ?? {}),
        ),
      );
      recorded.expectSame(`${name}-us-east-1`, primary ?? "");
      recorded.expectSame(`${name}-eu-west-1`, beyondSibling(secondary ?? "", regions[0], primary ?? "", regions[1]));
      recorded.expectNoOther();
    });
  });
}
