import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../../constructs");

it("covers every construct by a test file of the same path", () => {
  const constructs = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && / extends Guarded\b/.test(readFileSync(join(root, file), "utf8")))
    .map((file) => file.replace(/\.ts$/, ""));
  // A search that finds none would find none without a test, too.
  expect(constructs).toContain("kubernetes/workload/workload");
  expect(constructs.filter((name) => !existsSync(join(__dirname, `${name}.test.ts`)))).toEqual([]);
});
