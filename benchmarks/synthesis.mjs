// Time and memory of production's synthesis: against the start of cdktf with an empty app, and against the same stacks
// unjudged. Once as the program runs compiled, and once as a user calls it: `cdktf synth`, with TypeScript to compile.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundle } from "../fast-paths/bundle.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");
const folder = mkdtempSync(join(tmpdir(), "plimsoll-bench-"));
const runs = Number(process.argv[2] ?? 5);
const cdktf = join(root, "node_modules", "cdktf-cli", "bundle", "bin", "cdktf.js");
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");

for (const name of ["bare", "unjudged"]) await bundle({ root, dist, entry: `benchmarks/${name}.ts` });
// As a project of cdktf would run it: no bundle, no code cache.
await build({
  entryPoints: [join(root, "benchmarks", "unjudged.ts")],
  outfile: join(dist, "benchmarks", "unjudged.js"),
  bundle: false,
  platform: "node",
  format: "cjs",
  target: "node20",
});
// ts-node checks types before it runs: so does this, of what the unjudged stacks import.
const project = join(folder, "tsconfig.json");
writeFileSync(
  project,
  JSON.stringify({
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      incremental: false,
      rootDir: root,
      outDir: join(folder, "tsc"),
      typeRoots: [join(root, "node_modules", "@types")],
    },
    files: [join(root, "benchmarks", "unjudged.ts")],
    include: [],
  }),
);

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Node programs of a row, run one after the other; the memory is that of the largest. */
function measure(name, programs) {
  const place = join(folder, name.replaceAll(/\W+/g, "-"));
  mkdirSync(place);
  const report = join(place, "report.cjs");
  writeFileSync(
    report,
    "process.on('exit', () => process.stderr.write('\\nRSS ' + process.resourceUsage().maxRSS + '\\n'));",
  );
  const seconds = [];
  let mebibytes = 0;
  for (let run = 0; run <= runs; run++) {
    const start = process.hrtime.bigint();
    for (const program of programs(join(place, "out"))) {
      const { stdout, stderr, status } = spawnSync(process.execPath, ["--require", report, ...program], {
        cwd: root,
        env: { ...process.env, CDKTF_OUTDIR: join(place, "out"), CHECKPOINT_DISABLE: "1", NO_COLOR: "1" },
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(`${name} ended with ${status}:\n${stdout}${stderr}`);
      for (const [, kibibytes] of stderr.matchAll(/RSS (\d+)/g))
        mebibytes = Math.max(mebibytes, Number(kibibytes) / 1024);
    }
    // The first fills caches.
    if (run > 0) seconds.push(Number(process.hrtime.bigint() - start) / 1e9);
  }
  return { seconds: median(seconds), mebibytes };
}

const compiled = (name) => () => [[join(dist, `${name}.js`)]];
const groups = [
  {
    "bare start of cdktf": compiled("bare"),
    "stacks, unjudged": compiled("unjudged"),
    "synth, judged": compiled("main"),
  },
  {
    "cdktf synth, empty app": (out) => [[cdktf, "synth", "--app", `node ${join(dist, "bare.js")}`, "--output", out]],
    "tsc, stacks unjudged": () => [[tsc, "--project", project], [join(dist, "benchmarks", "unjudged.js")]],
    "cdktf synth, judged": (out) => [[cdktf, "synth", "--output", out]],
  },
];

try {
  for (const group of groups) {
    const results = Object.entries(group).map(([name, programs]) => [name, measure(name, programs)]);
    const [, bare] = results[0];
    const [, unjudged] = results[1];
    for (const [name, { seconds, mebibytes }] of results)
      console.log(
        `${name.padEnd(22)} ${seconds.toFixed(2).padStart(6)} s  ${mebibytes.toFixed(0).padStart(4)} MiB  ${(seconds / bare.seconds).toFixed(2).padStart(5)} × empty  ${(seconds / unjudged.seconds).toFixed(2)} × unjudged`,
      );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
