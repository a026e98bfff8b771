// Time and memory of production's synthesis, compiled: against the bare start of cdktf, and against the same stacks unjudged.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../fast-paths/bundle.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = mkdtempSync(join(tmpdir(), "plimsoll-bench-"));
const runs = Number(process.argv[2] ?? 5);

const programs = { "bare start of cdktf": "bare", "stacks, unjudged": "unjudged", "synth, judged": "main" };
for (const name of ["bare", "unjudged"])
  await bundle({ root, dist: join(root, "dist"), entry: `benchmarks/${name}.ts` });

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function measure(name, program) {
  const out = join(folder, name.replaceAll(/\W+/g, "-"));
  const script = join(folder, `${name.replaceAll(/\W+/g, "-")}.cjs`);
  const report = "process.on('exit', () => process.stderr.write('\\nRSS ' + process.resourceUsage().maxRSS + '\\n'));";
  writeFileSync(script, `${report}\nrequire(${JSON.stringify(join(root, "dist", `${program}.js`))});`);
  const seconds = [];
  let mebibytes = 0;
  for (let run = 0; run <= runs; run++) {
    const start = process.hrtime.bigint();
    const { stderr, status } = spawnSync(process.execPath, [script], {
      cwd: root,
      env: { ...process.env, CDKTF_OUTDIR: out, NO_COLOR: "1" },
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${name} ended with ${status}:\n${stderr}`);
    if (run > 0) seconds.push(Number(process.hrtime.bigint() - start) / 1e9);
    mebibytes = Math.max(mebibytes, Number(/RSS (\d+)/.exec(stderr)?.[1] ?? 0) / 1024);
  }
  return { seconds: median(seconds), mebibytes };
}

try {
  const results = Object.entries(programs).map(([name, program]) => [name, measure(name, program)]);
  const [, bare] = results[0];
  const [, unjudged] = results[1];
  for (const [name, { seconds, mebibytes }] of results)
    console.log(
      `${name.padEnd(22)} ${seconds.toFixed(2)} s  ${mebibytes.toFixed(0).padStart(4)} MiB  ${(seconds / bare.seconds).toFixed(2)} × bare  ${(seconds / unjudged.seconds).toFixed(2)} × unjudged`,
    );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
