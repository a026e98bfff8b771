// Runs the bundle and the packages beside it with the code that V8 compiled at an earlier run: reading that is several
// times faster than compiling. What is missing, or of another Node or bundle, is made anew; without a cache all still works.
"use strict";
require("./readiness/synthesis/supported-node.js");
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { basename, dirname, join } = require("node:path");
const { Script } = require("node:vm");
const { takes } = require("./fast-paths/switches.js");

const entry = basename(__filename, ".js");
const cacheFolder = join(__dirname, "..", ".cache", "code");
const nodeRequire = createRequire(__filename);
const modules = new Map();
const toCache = [];

/** The exports of one of the bundles; it is ASCII, so that a byte is a character. */
function loadBundle(name) {
  const filename = join(__dirname, name);
  return load(
    name,
    filename,
    () => readFileSync(filename).latin1Slice(),
    (run, module) => run(module.exports, requireFrom, module, __dirname),
  );
}

/** The compiler is no bundle: it is seldom needed, and large. */
function loadTypeScript() {
  const filename = nodeRequire.resolve("typescript");
  const source = () =>
    `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, "utf8")}\n})`;
  return load("typescript.js", filename, source, (run, module) =>
    run(module.exports, createRequire(filename), module, filename, dirname(filename)),
  );
}

function load(name, filename, source, start) {
  if (modules.has(name)) return modules.get(name).exports;
  const module = { exports: {} };
  modules.set(name, module);
  const cache = cacheOf(name, filename);
  const cached = takes("code-cache");
  const script = new Script(source(), { filename, cachedData: cached ? read(cache) : undefined });
  if (cached && script.cachedDataRejected !== false) toCache.push({ name, script, cache });
  start(script.runInThisContext(), module);
  return module.exports;
}

function requireFrom(id) {
  if (id === "typescript") return loadTypeScript();
  return id === `./${entry}.packages.js` ? loadBundle(id.slice(2)) : nodeRequire(id);
}

/** V8 compares no more than the length of the source: the file's own time keeps an older build's code away. */
function cacheOf(name, filename) {
  const { mtimeMs, size } = statSync(filename);
  return join(cacheFolder, [name, process.version, process.arch, size, mtimeMs].join("-"));
}

function read(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** At the end, when the functions that a run needs are compiled. Another process may write the same: the rename is whole. */
function write({ name, script, cache }) {
  const draft = `${cache}.${process.pid}`;
  try {
    mkdirSync(cacheFolder, { recursive: true });
    const outdated = readdirSync(cacheFolder).filter((file) => file.startsWith(`${name}-${process.version}-`));
    writeFileSync(draft, script.createCachedData());
    renameSync(draft, cache);
    for (const file of outdated)
      if (join(cacheFolder, file) !== cache) rmSync(join(cacheFolder, file), { force: true });
  } catch {
    rmSync(draft, { force: true });
  }
}

process.once("exit", () => toCache.forEach(write));
if (takes("bundle")) loadBundle(`${entry}.bundle.js`);
else require(`./${entry}.modules.js`);
