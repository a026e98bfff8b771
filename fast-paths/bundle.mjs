// Bundles an entry point into two scripts, its own code and the packages it uses, so that a run opens two files instead
// of nine hundred. Applications, environments and JSON data stay files of their own in dist/.
import { build } from "esbuild";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, dirname, join, relative, sep } from "node:path";

const posix = (path) => path.split(sep).join("/");
const text = JSON.stringify;

/** Writes `<entry>.js`, which runs `<entry>.bundle.js` with its source map and `<entry>.packages.js`, into dist. */
export async function bundle({ root, dist, entry }) {
  const name = basename(entry, ".ts");
  const packages = new Set();
  const script = {
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    charset: "ascii",
    logLevel: "silent",
    banner: { js: "(function (exports, require, module, distFolder) {" },
    footer: { js: "})" },
  };
  await build({
    ...script,
    entryPoints: [join(root, entry)],
    outfile: join(dist, `${name}.bundle.js`),
    sourcemap: true,
    sourcesContent: false,
    plugins: [ownModules({ root, packages, packagesFile: `./${name}.packages.js` })],
  });
  const listed = [...packages].sort().map((path) => `${text(path)}: () => require(${text(path)})`);
  await build({
    ...script,
    stdin: {
      contents: `const packages = {${listed.join(",")}}; module.exports = (path) => packages[path]();`,
      resolveDir: root,
    },
    outfile: join(dist, `${name}.packages.js`),
    minifyWhitespace: true,
    plugins: [leanPackages()],
  });
  importWithoutCopies(join(dist, `${name}.bundle.js`));
  cpSync(join(root, "fast-paths", "launcher.cjs"), join(dist, `${name}.js`));
}

/** A module in the bundle believes that it stands where its compiled file does, because it finds folders from there. */
function ownModules({ root, packages, packagesFile }) {
  const place = (path) => `distFolder + ${text(`/${posix(relative(root, path))}`)}`;
  const compiledFile = (path) => place(path.replace(/\.ts$/, ".js"));
  return {
    name: "own-modules",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        if (kind === "entry-point" || isBuiltin(path)) return undefined;
        if (path === "typescript") return { path, external: true };
        packages.add(path);
        return { path, namespace: "package" };
      });
      onLoad({ filter: /.*/, namespace: "package" }, ({ path }) => ({
        contents: `module.exports = require(${text(packagesFile)})(${text(path)});`,
      }));
      onResolve({ filter: /.*/, namespace: "package" }, ({ path }) => ({ path, external: true }));
      onResolve({ filter: /\.json$/ }, ({ path, resolveDir }) => ({
        path: `./${posix(relative(root, join(resolveDir, path)))}`,
        external: true,
      }));
      onLoad({ filter: /[\\/]policies[\\/]load-policy\.ts$/ }, ({ path }) => ({
        contents: policyList(dirname(path), compiledFile),
        loader: "ts",
      }));
      onLoad({ filter: /[\\/]source[\\/]typescript\.ts$/ }, () => ({
        contents: 'export const typescript = () => require("typescript");',
        loader: "js",
      }));
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const whereabouts = `const __filename = ${compiledFile(path)}, __dirname = ${place(dirname(path))};`;
        return { contents: `${whereabouts}${readFileSync(path, "utf8")}`, loader: "ts" };
      });
    },
  };
}

/** Spares a start what it need not do: getters for thousands of exports, errors in fifty languages, an archiver, processes. */
function leanPackages() {
  const edited =
    (edit) =>
    ({ path }) => ({ contents: edit(readFileSync(path, "utf8"), path), loader: "js" });
  return {
    name: "lean-packages",
    setup({ onResolve, onLoad }) {
      onLoad(
        { filter: /[\\/]@cdktf[\\/]provider-[^\\/]+[\\/]lib[\\/].*[\\/]index\.js$/ },
        edited((code) =>
          code.replace(/__exportStar\((require\("[^"]+"\)), exports\);/g, "Object.assign(exports, $1);"),
        ),
      );
      // cdktf runs the file itself as a program, to archive: no bundle can be that.
      onLoad(
        { filter: /[\\/]cdktf[\\/]lib[\\/].*\.js$/ },
        edited((code, path) =>
          code
            .replace(/= (require\("(?:archiver|child_process)"\));/g, `= (${atFirstUse})(() => $1);`)
            .replace("${__filename}", () => path),
        ),
      );
      onResolve({ filter: /[\\/]locales[\\/]index\.cjs$/ }, ({ path, resolveDir }) =>
        /[\\/]zod[\\/]/.test(resolveDir) ? { path: join(resolveDir, dirname(path), "en.cjs") } : undefined,
      );
    },
  };
}

/** A module, or the function that one exports, that is loaded when it is first used. */
function atFirstUse(load) {
  return new Proxy(function () {}, {
    get: (_, name) => load()[name],
    apply: (_, self, args) => load().apply(self, args),
  });
}

/** A compiled module is imported as it is; esbuild would copy each of its exports into an object of the importing module's own. */
function importWithoutCopies(file) {
  const script = readFileSync(file, "utf8");
  if (!script.includes("\nvar __toESM = "))
    throw new Error(`esbuild imports in another way than ${import.meta.url} knows`);
  // On one line, or the source map no longer fits.
  writeFileSync(
    file,
    script.replace(
      "\nvar __toESM = ",
      "\nvar __toESM = (mod, ...more) => mod?.__esModule && !more[0] ? mod : __copied(mod, ...more), __copied = ",
    ),
  );
}

/** Stands in for readiness/policies/load-policy.ts: a bundle holds the policies, by the path of their compiled file. */
function policyList(folder, compiledFile) {
  const files = readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((file) => file.endsWith(".ts") && dirname(file) !== folder);
  const entries = files
    .sort()
    .map((file) => `[${compiledFile(file)}]: () => require(${text(`./${posix(relative(folder, file))}`)})`);
  return `const policies: Record<string, () => unknown> = {${entries.join(",")}}; export const loadPolicy = (path: string): unknown => policies[path]?.();`;
}
