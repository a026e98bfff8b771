import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unknownVariables } from "../../config/variables";
import { projectRoot } from "../../config/project";
import { type FastPath, fastPaths, WITHOUT } from "../../fast-paths/switches";
import { judgedOn } from "../harness";

jest.setTimeout(600_000);

const node = (script: string, variables: Record<string, string>): number | null =>
  spawnSync(process.execPath, [join(projectRoot, script)], {
    cwd: projectRoot,
    env: { ...process.env, NODE_OPTIONS: undefined, ...variables },
    stdio: "ignore",
  }).status;

/** Exit code and sums of everything that a run writes, by file. */
function written(without: string): Record<string, string | number | null> {
  const outdir = mkdtempSync(join(tmpdir(), "fast-paths-"));
  const variables = { PLIMSOLL_ENV: "production", PLIMSOLL_NOW: judgedOn, CDKTF_OUTDIR: outdir, [WITHOUT]: without };
  const status = node("dist/main.js", variables);
  const files = readdirSync(outdir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const sums = files.map((file) => [
    file.slice(outdir.length),
    createHash("sha256").update(readFileSync(file)).digest("hex"),
  ]);
  return { status, ...(Object.fromEntries(sums) as Record<string, string>) };
}

describe("fast paths", () => {
  let fast: Record<string, string | number | null>;
  beforeAll(() => {
    expect(node("build.mjs", {})).toBe(0);
    fast = written("");
    expect(Object.keys(fast).length).toBeGreaterThan(10);
  });

  it.each(Object.keys(fastPaths) as FastPath[])("write the same bytes as a run without %s", (path) => {
    expect(written(path)).toEqual(fast);
  });

  it("write the same bytes as a run without all of them", () => {
    expect(written(Object.keys(fastPaths).join(","))).toEqual(fast);
  });

  it("refuse a name that is none of them", () => {
    expect(unknownVariables({ [WITHOUT]: "bundle, lean" })).toMatchObject([{ path: WITHOUT, found: "lean" }]);
    expect(unknownVariables({ [WITHOUT]: "bundle, lean-synthesis" })).toEqual([]);
  });
});
