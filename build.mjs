// Compiles every TypeScript file on its own into dist/ (same folders, source maps beside), so that a module in dist
// answers for exactly one source file and an application or environment is found by listing a folder; then bundles the
// main program out of them for speed. Does nothing when nothing changed since. `node build.mjs run` then runs the main
// program in the same process: every start of Node counts, where the cdktf CLI starts a third one before.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");
const folders = [
  "apps",
  "catalog",
  "cli",
  "commands",
  "config",
  "constructs",
  "contract",
  "deployment",
  "documentation",
  "models",
  "proof",
  "readiness",
  "stacks",
];
const main = "main.ts";

const filesIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    : [];

const sources = folders.flatMap((folder) => filesIn(join(root, folder)));
const inDist = (file) => join(dist, relative(root, file));
const compiled = sources.filter((file) => file.endsWith(".ts"));
const copied = sources.filter((file) => !file.endsWith(".ts"));
const bundled = ["main.js", "main.bundle.js", "main.bundle.js.map", "main.packages.js"].map((name) => join(dist, name));
const outputs = [
  ...copied.map(inDist),
  ...compiled.flatMap((file) => [inDist(file).replace(/\.ts$/, ".js"), inDist(file).replace(/\.ts$/, ".js.map")]),
  ...bundled,
];

const stampFile = join(dist, ".built-from.json");
const inputs = [
  ...sources,
  ...filesIn(join(root, "build")),
  ...["build.mjs", main, "package-lock.json"].map((name) => join(root, name)),
];
const stamp = JSON.stringify(
  inputs.sort().map((file) => {
    const { size, mtimeNs } = statSync(file, { bigint: true });
    return [relative(root, file), String(size), String(mtimeNs)];
  }),
);

const upToDate =
  existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp && outputs.every((file) => existsSync(file));
if (!upToDate) await compile().catch(explain);
if (process.argv[2] === "run") await import(pathToFileURL(join(dist, "main.js")).href);

/** esbuild has said file and line. As for every configuration that cannot be read, nothing is left that could be deployed. */
function explain(error) {
  const blocked = {
    EACCES: "cannot be written",
    EPERM: "cannot be written",
    EROFS: "is on a read-only file system",
    ENOSPC: "cannot be written: the disk is full",
    EDQUOT: "cannot be written: the disk quota is used up",
    ENOTDIR: "is a file, a folder is expected",
    EEXIST: "is a file, a folder is expected",
  }[error.code];
  if (blocked) {
    console.error(
      `Build failed: ${relative(root, error.code === "ENOTDIR" ? dist : (error.path ?? dist)) || "."} ${blocked} (${error.code}). Free the disk, give yourself write permission, or remove the file, and run it again.`,
    );
    process.exit(1);
  }
  if (!Array.isArray(error.errors)) throw error;
  const outdir = resolve(process.env.CDKTF_OUTDIR ?? join(root, "cdktf.out"));
  for (const name of ["manifest.json", "readiness"]) rmSync(join(outdir, name), { force: true, recursive: true });
  for (const file of filesIn(join(outdir, "stacks")).filter((path) => basename(path) === "cdk.tf.json")) rmSync(file);
  console.error("Build failed (see above). Nothing was synthesised; earlier output was removed.");
  process.exit(1);
}

/** A folder that is left over would be read as a folder of the project. */
function removeEmptyFolders(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeEmptyFolders(join(folder, entry.name));
  if (folder !== dist && readdirSync(folder).length === 0) rmdirSync(folder);
}

async function compile() {
  rmSync(stampFile, { force: true });
  const { build } = await import("esbuild");
  const { bundle } = await import("./build/bundle.mjs");
  await build({
    entryPoints: compiled,
    outdir: dist,
    outbase: root,
    bundle: false,
    platform: "node",
    format: "cjs",
    target: "node20",
    sourcemap: true,
    sourcesContent: false,
    logLevel: "warning",
    // The second of two equal keys wins silently: what the first one says would be lost.
    logOverride: { "duplicate-object-key": "error" },
  });
  for (const file of copied) {
    mkdirSync(dirname(inDist(file)), { recursive: true });
    cpSync(file, inDist(file));
  }
  await bundle({ root, dist, entry: main });
  const wanted = new Set(outputs);
  for (const file of filesIn(dist)) if (!wanted.has(file)) rmSync(file);
  removeEmptyFolders(dist);
  writeFileSync(stampFile, stamp);
}
