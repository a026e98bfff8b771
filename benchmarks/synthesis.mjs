// Time and memory of production's synthesis, compiled: against the bare start of cdktf, and against the same stacks unjudged.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = mkdtempSync(join(tmpdir(), "plimsoll-bench-"));
const runs = Number(process.argv[2] ?? 5);
const load = (path) => JSON.stringify(join(root, path));

const programs = {
  "bare start of cdktf": `const { App } = require(${load("node_modules/cdktf")}); new App({ outdir: OUT }).synth();`,
  "stacks, unjudged": `const { App } = require(${load("node_modules/cdktf")});
    const environment = require(${load("dist/config/load.js")}).loadEnvironment({});
    const app = new App({ outdir: OUT });
    require(${load("dist/stacks/platform.js")}).buildPlatform(app, environment); app.synth();`,
  "synth, judged": undefined,
};

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function measure(name, source) {
  const out = join(folder, name.replaceAll(/\W+/g, "-"));
  const script = join(folder, `${name.replaceAll(/\W+/g, "-")}.cjs`);
  const report = "process.on('exit', () => process.stderr.write('\\nRSS ' + process.resourceUsage().maxRSS + '\\n'));";
  writeFileSync(script, `${report}\nconst OUT = ${JSON.stringify(out)};\n${source ?? `require(${load("dist/main.js")});`}`);
  const seconds = [];
  let mebibytes = 0;
  for (let run = 0; run <= runs; run++) {
    const start = process.hrtime.bigint();
    const { stderr, status } = spawnSync(process.execPath, [script], { cwd: root, env: { ...process.env, CDKTF_OUTDIR: out, NO_COLOR: "1" }, encoding: "utf8" });
    if (status !== 0) throw new Error(`${name} ended with ${status}:\n${stderr}`);
    if (run > 0) seconds.push(Number(process.hrtime.bigint() - start) / 1e9);
    mebibytes = Math.max(mebibytes, Number(/RSS (\d+)/.exec(stderr)?.[1] ?? 0) / 1024);
  }
  return { seconds: median(seconds), mebibytes };
}

try {
  const results = Object.entries(programs).map(([name, source]) => [name, measure(name, source)]);
  const [, bare] = results[0];
  const [, unjudged] = results[1];
  for (const [name, { seconds, mebibytes }] of results)
    console.log(`${name.padEnd(22)} ${seconds.toFixed(2)} s  ${mebibytes.toFixed(0).padStart(4)} MiB  ${(seconds / bare.seconds).toFixed(2)} × bare  ${(seconds / unjudged.seconds).toFixed(2)} × unjudged`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
