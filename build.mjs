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
  "fast-paths",
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
// The scripts of fast-paths run where they stand, and its launcher becomes dist/main.js.
const copied = sources.filter((file) => !file.endsWith(".ts") && dirname(file) !== join(root, "fast-paths"));
const bundled = [
  "main.js",
  "main.bundle.js",
  "main.bundle.js.map",
  "main.packages.js",
  "main.modules.js",
  "main.modules.js.map",
].map((name) => join(dist, name));
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
refuseScripts();
if (!upToDate) await compile().catch(explain);
if (process.argv[2] === "run") await import(pathToFileURL(join(dist, "main.js")).href);

/** What stands in the way, in a sentence. */
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
  for (const said of once(error.errors)) console.error(sentence(said));
  withdraw();
}

/** What many files run into, such as an export that is gone, is said at the first of them. */
function once(errors) {
  return errors.flatMap((said, index) => {
    const others = errors.filter(({ text }) => text === said.text).length - 1;
    if (errors.findIndex(({ text }) => text === said.text) !== index) return [];
    return [others === 0 ? said : { ...said, text: `${said.text}, as in ${others} more places` }];
  });
}

/** Where, what is there, and what to do: as every other message about a configuration file. */
function sentence({ text, location, notes = [] }) {
  if (!location) return `Build failed: ${text}`;
  const { file, line, column, lineText } = location;
  const others = notes
    .filter((note) => note.location)
    .map((note) => `; ${note.text} ${note.location.file}:${note.location.line}`);
  return `${file}:${line}:${column + 1}  ${text}${others.join("")}: fix the TypeScript at or before "${lineText.trim()}"`;
}

/** As for every configuration that cannot be read, nothing is left that could be deployed. */
function withdraw() {
  const outdir = resolve(process.env.CDKTF_OUTDIR || join(root, "cdktf.out"));
  // Without it the folder is no output of a synthesis, and its files belong to other programs.
  if (!existsSync(join(outdir, ".environment"))) fail();
  for (const name of ["manifest.json", "readiness"]) rmSync(join(outdir, name), { force: true, recursive: true });
  for (const file of filesIn(join(outdir, "stacks")).filter((path) => basename(path) === "cdk.tf.json")) rmSync(file);
  fail("; earlier output was removed");
}

function fail(also = "") {
  console.error(`Build failed. Nothing was synthesised${also}.`);
  process.exit(1);
}

/** Data that the program would fail to read, with its place. The lock of the images is read as configuration. */
function mustBeJson(files) {
  const broken = files.flatMap((file) => {
    const text = readFileSync(file, "utf8");
    try {
      JSON.parse(text);
      return [];
    } catch ({ message }) {
      const [, position = text.length] = message.match(/position (\d+)/) ?? [];
      const line = text.slice(0, Number(position)).split("\n").length;
      return [
        `${relative(root, file)}:${line}  found ${JSON.stringify(message)}, allowed: JSON, because the program reads it`,
      ];
    }
  });
  if (broken.length === 0) return;
  console.error(broken.join("\n"));
  withdraw();
}

/** A compiled file has this name: it would hide the TypeScript, or be taken for it. */
function refuseScripts() {
  const scripts = filesIn(join(root, "apps")).filter((file) => file.endsWith(".js"));
  if (scripts.length === 0) return;
  for (const file of scripts.map((script) => relative(root, script)))
    console.error(
      `${file}  found "a JavaScript file", allowed: ${file.replace(/\.js$/, ".ts")}, because every .ts file directly in apps/ is one application in TypeScript, and nothing else there is read`,
    );
  withdraw();
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
  const { bundle } = await import("./fast-paths/bundle.mjs");
  const single = {
    outbase: root,
    bundle: false,
    platform: "node",
    format: "cjs",
    target: "node20",
    sourcemap: true,
    sourcesContent: false,
    logLevel: "silent",
    // The second of two equal keys wins silently: what the first one says would be lost.
    logOverride: { "duplicate-object-key": "error" },
  };
  const { warnings } = await build({ ...single, entryPoints: compiled, outdir: dist });
  // The main program without the bundle.
  await build({ ...single, entryPoints: [main], outfile: join(dist, "main.modules.js"), absWorkingDir: root });
  for (const warning of warnings) console.error(sentence(warning));
  mustBeJson(copied.filter((file) => file.endsWith(".json") && basename(file) !== "images.lock.json"));
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
