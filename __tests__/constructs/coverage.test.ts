import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../../constructs");

/** Constructs that tests of whole stacks cover, and none of their own; the list only becomes shorter. */
const withoutOwnTest = [
  "kubernetes/workload/run-to-completion",
  "kubernetes/workload/workload",
];

it("covers every construct by a test file of the same path, but those of the list", () => {
  const constructs = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && / extends Guarded\b/.test(readFileSync(join(root, file), "utf8")))
    .map((file) => file.replace(/\.ts$/, ""));
  expect(constructs.length).toBeGreaterThan(withoutOwnTest.length);
  expect(constructs.filter((name) => !existsSync(join(__dirname, `${name}.test.ts`))).sort()).toEqual(withoutOwnTest);
});
