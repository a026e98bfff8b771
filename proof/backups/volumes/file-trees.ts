import { createCipheriv, createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

const MIB = 1024 ** 2;
/** Below the 255 folders at which paths of one letter each come near to Linux's limit of 4096 bytes. */
const DEPTH = 120;
/** Account and group of no process here: they are on the file alone. */
const FOREIGN = { uid: 1234, gid: 4321 };

/** What is at each path below a folder, by path: kind, permissions, owner, and a file's size and checksum. */
export type Tree = ReadonlyMap<string, string>;

/** Bytes that do not compress, the same for the same seed. */
export function bytesOf(seed: string, size: number): Buffer {
  const key = createHash("sha256").update(seed).digest();
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

interface Entry {
  readonly path: string;
  readonly content: Buffer;
  readonly mode?: number;
}

/** Files of every size that matters to a repository: none, one byte, one of its packs, and several; and names that need care. */
const entries = (seed: string): readonly Entry[] => [
  { path: "empty", content: Buffer.alloc(0) },
  { path: "one-byte", content: Buffer.from("1") },
  { path: "checkpoint/large.bin", content: bytesOf(`${seed} large`, 5 * MIB + 7) },
  { path: "checkpoint/zeros.bin", content: Buffer.alloc(2 * MIB) },
  { path: "secret", content: bytesOf(`${seed} secret`, 33), mode: 0o600 },
  { path: "shared", content: bytesOf(`${seed} shared`, 4096), mode: 0o664 },
  { path: "run.sh", content: Buffer.from("#!/bin/sh\nexit 0\n"), mode: 0o755 },
  { path: "closed", content: Buffer.from("readable by its owner alone\n"), mode: 0o400 },
  { path: "with a space/ünïcödé 日本.txt", content: Buffer.from("a name in UTF-8\n") },
  { path: `${"d/".repeat(DEPTH)}leaf`, content: bytesOf(`${seed} leaf`, 1000) },
];

/** Fills an empty folder. @param seed decides the content: two volumes are not the same */
export function fillTree(folder: string, seed: string): void {
  mkdirSync(folder, { recursive: true });
  for (const { path, content, mode = 0o644 } of entries(seed)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
    chmodSync(file, mode);
  }
  mkdirSync(join(folder, "empty-folder"), { mode: 0o700 });
  chmodSync(join(folder, "with a space"), 0o2770);
  symlinkSync("checkpoint/large.bin", join(folder, "link"));
  if (process.getuid?.() === 0) chownSync(join(folder, "shared"), FOREIGN.uid, FOREIGN.gid);
}

/** What an application does between two backups; the large file stays, so that the later backup rests on data of the earlier one. */
export function changeTree(folder: string, seed: string): void {
  writeFileSync(join(folder, "one-byte"), "2");
  appendFileSync(join(folder, "empty"), "no longer empty\n");
  rmSync(join(folder, "run.sh"));
  chmodSync(join(folder, "shared"), 0o640);
  writeFileSync(join(folder, "checkpoint/later.bin"), bytesOf(`${seed} later`, MIB + 1));
}

/** Of everything below the folder; a folder that is not there is empty. */
export function treeOf(folder: string): Tree {
  const tree = new Map<string, string>();
  const visit = (path: string): void => {
    for (const name of readdirSync(join(folder, path)).sort()) {
      const below = path === "" ? name : `${path}/${name}`;
      tree.set(below, described(join(folder, below)));
      if (tree.get(below)?.startsWith("folder")) visit(below);
    }
  };
  if (lstatSync(folder, { throwIfNoEntry: false })) visit("");
  return tree;
}

function described(path: string): string {
  const at = lstatSync(path);
  if (at.isSymbolicLink()) return `link to ${readlinkSync(path)}`;
  const rights = `${(at.mode & 0o7777).toString(8).padStart(4, "0")} ${at.uid}:${at.gid}`;
  if (at.isDirectory()) return `folder ${rights}`;
  const checksum = createHash("sha256").update(readFileSync(path)).digest("hex");
  return `file ${rights} ${at.size} bytes, sha256 ${checksum}`;
}

/** What is missing, otherwise, or not to be there, by path. */
export function treeDifferences(wanted: Tree, found: Tree): readonly string[] {
  return [
    ...[...wanted].flatMap(([path, what]) => {
      const other = found.get(path);
      if (other === undefined) return [`${shortened(path)}: not restored`];
      return other === what ? [] : [`${shortened(path)}: backed up ${what}, restored ${other}`];
    }),
    ...[...found.keys()].filter((path) => !wanted.has(path)).map((path) => `${shortened(path)}: not of the backup`),
  ];
}

const shortened = (path: string): string => (path.length > 80 ? `${path.slice(0, 20)}…${path.slice(-20)}` : path);
