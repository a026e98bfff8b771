import { existsSync, readdirSync } from "node:fs";
import type { ApplicationViolation } from "./violation";

const because = "every .ts file directly in apps/ is one application in TypeScript, and nothing else there is read";
/** Files beside the applications: digests, type declarations, source maps of a build, notes, and hidden files. */
const beside = /^(images\.lock\.json|.*\.d\.ts|.*\.js\.map|.*\.md|\..*)$/;

/** Names of the application files of a folder, sorted, and other files in it that would be ignored. */
export function applicationFiles(folder: string): {
  readonly files: readonly string[];
  readonly violations: readonly ApplicationViolation[];
} {
  const refused = (file: string, found: string, allowed: string): ApplicationViolation => ({
    file,
    path: "",
    found,
    allowed,
    because,
  });
  if (!existsSync(folder))
    return { files: [], violations: [refused("apps", "no such folder", "at least one application file")] };
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = entries
    .filter((entry) => !entry.isDirectory() && /(?<!\.d)\.(ts|js)$/.test(entry.name))
    .map(({ name }) => name);
  const others = entries.filter((entry) => !files.includes(entry.name) && !beside.test(entry.name));
  return {
    files,
    violations: [
      ...(files.length === 0
        ? [refused("apps", "no application", "at least one file such as apps/shop.ts (docs/adding-an-application.md)")]
        : []),
      ...others.map((entry) =>
        entry.isDirectory()
          ? refused(`apps/${entry.name}`, "a folder", "application files directly in apps/")
          : refused(
              `apps/${entry.name}`,
              entry.name.includes(".")
                ? `a file named *.${entry.name.split(".").slice(1).join(".")}`
                : "a file without an ending",
              `apps/${stem(entry.name)}.ts`,
            ),
      ),
    ],
  };
}

const stem = (name: string): string => name.replace(/\.[^.]*$/, "");
