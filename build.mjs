// Compiles every TypeScript file on its own into dist/ (same folders, source maps beside), so that a module in dist
// answers for exactly one source file and an application or environment is found by listing a folder.
import { build } from "esbuild";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");
const folders = ["apps", "catalog", "config", "constructs", "models", "proof", "readiness", "stacks"];

const filesIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true }).map((name) => join(folder, name)).filter((file) => statSync(file).isFile())
    : [];

const sources = [join(root, "main.ts"), ...folders.flatMap((folder) => filesIn(join(root, folder)))].filter(existsSync);
const inDist = (file) => join(dist, relative(root, file));
const compiled = sources.filter((file) => file.endsWith(".ts"));
const copied = sources.filter((file) => !file.endsWith(".ts"));

await build({
  entryPoints: compiled, outdir: dist, outbase: root, bundle: false, platform: "node", format: "cjs", target: "node20",
  sourcemap: true, sourcesContent: false, logLevel: "warning",
});
for (const file of copied) {
  mkdirSync(dirname(inDist(file)), { recursive: true });
  cpSync(file, inDist(file));
}

const wanted = new Set([
  ...copied.map(inDist),
  ...compiled.flatMap((file) => [inDist(file).replace(/\.ts$/, ".js"), inDist(file).replace(/\.ts$/, ".js.map")]),
]);
for (const file of filesIn(dist)) if (!wanted.has(file)) rmSync(file);
