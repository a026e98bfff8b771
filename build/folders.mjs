// `node build/folders.mjs`: finds folders in which too many files stand side by side. Exit code 1 when there is one.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const most = 20;
/** Written by a program, and read by looking up one name. The root holds what tools look for there. */
const exempt = [/^\.$/, /^docs\//, /^__tests__\/stacks\/recorded\//];

// Without git (an archive of the sources) there is no list of what belongs to the project.
if (!existsSync(join(root, ".git"))) process.exit(0);
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
  cwd: root,
  encoding: "utf8",
  maxBuffer: 64 * 1024 * 1024,
});
const counts = new Map();
for (const file of new Set(files.split("\0").filter((name) => name && existsSync(join(root, name)))))
  counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
const full = [...counts]
  .filter(([folder, count]) => count > most && !exempt.some((pattern) => pattern.test(folder)))
  .sort();
for (const [folder, count] of full)
  console.error(
    `${folder}  has ${count} files, allowed: ${most}, because a longer list is not read: move those of one subject into a folder of their own`,
  );
process.exitCode = full.length > 0 ? 1 : 0;
