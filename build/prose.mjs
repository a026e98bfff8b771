// `node build/prose.mjs`: finds words of prose.json in strings, comments and pages. Exit code 1 when there is one.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { extensions, folders, exempt, words } = JSON.parse(readFileSync(join(root, "build", "prose.json"), "utf8"));
const patterns = words.map(({ pattern, use }) => ({ expression: new RegExp(pattern, "i"), use }));

function filesIn(path) {
  if (!statSync(path, { throwIfNoEntry: false })) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extensions.some((extension) => entry.name.endsWith(`.${extension}`)))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** In code only strings and comments are prose: an identifier is renamed by other means. */
const proseOf = (file, line) =>
  file.endsWith(".md") ? line : (line.match(/"(?:[^"\\]|\\.)*"|`[^`]*`|\/\/.*|^\s*\*.*|\/\*\*.*/g) ?? []).join(" ");

const found = folders
  .flatMap((folder) => filesIn(join(root, folder)))
  .filter((file) => !exempt.some((one) => join(root, one.file) === file))
  .flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .flatMap((line, index) =>
        patterns.flatMap(({ expression, use }) => {
          const match = expression.exec(proseOf(file, line));
          return match ? [`${relative(root, file)}:${index + 1}  "${match[0]}": use ${use}`] : [];
        }),
      ),
  );
for (const line of found) console.error(line);
if (found.length > 0) console.error(`${found.length} words to replace (build/prose.json)`);
process.exitCode = found.length > 0 ? 1 : 0;
