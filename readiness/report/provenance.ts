import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { type DatedFacts, datedFacts } from "../../catalog/freshness";

/** What a report was computed from. */
export interface Provenance {
  /** Commit that is checked out; null outside a repository. The sums say whether the inputs are those of the commit. */
  readonly commit: string | null;
  /** ISO date and time by which support dates and waivers were judged. */
  readonly judgedAt: string;
  /** Files of the configuration with their SHA-256, by name. */
  readonly inputs: readonly { readonly file: string; readonly sha256: string }[];
  /** Dated facts of the catalogue. */
  readonly catalogue: readonly DatedFacts[];
}

const FOLDERS = ["apps", "config"];
const FILES = ["waivers.yaml"];
const isInput = (name: string): boolean => /\.(ts|json|ya?ml)$/.test(name);

export function provenanceOf(root: string, now: string): Provenance {
  const inFolders = FOLDERS.flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
          .filter(isInput)
          .map((name) => [folder, ...name.split(sep)].join("/"))
      : [],
  );
  const inputs = [...inFolders, ...FILES.filter((file) => existsSync(join(root, file)))].sort();
  return {
    commit: checkedOutCommit(root) ?? null,
    judgedAt: now,
    inputs: inputs.map((file) => ({
      file,
      sha256: createHash("sha256")
        .update(readFileSync(join(root, file)))
        .digest("hex"),
    })),
    catalogue: datedFacts,
  };
}

/** Reads the repository's own files: starting git costs more than all of them. */
export function checkedOutCommit(root: string): string | undefined {
  const folder = repositoryFolder(root);
  if (folder === undefined) return undefined;
  const head = textOf(join(folder, "HEAD"));
  const reference = /^ref: (.+)$/.exec(head ?? "")?.[1];
  if (reference === undefined) return hashIn(head);
  // A linked work tree has its HEAD apart and shares everything else.
  const shared = textOf(join(folder, "commondir"));
  const common = shared === undefined ? folder : resolve(folder, shared);
  const packed = textOf(join(common, "packed-refs"))
    ?.split("\n")
    .find((line) => line.endsWith(` ${reference}`));
  return hashIn(textOf(join(common, reference))) ?? hashIn(packed?.split(" ")[0]);
}

function repositoryFolder(root: string): string | undefined {
  const path = join(root, ".git");
  if (!existsSync(path)) return undefined;
  if (statSync(path).isDirectory()) return path;
  const linked = /^gitdir: (.+)$/.exec(textOf(path) ?? "")?.[1];
  return linked === undefined ? undefined : resolve(dirname(path), linked);
}

const textOf = (file: string): string | undefined => (existsSync(file) ? readFileSync(file, "utf8").trim() : undefined);

const hashIn = (text: string | undefined): string | undefined =>
  /^[0-9a-f]{40,64}$/.test(text ?? "") ? text : undefined;
