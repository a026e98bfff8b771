import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * What the storage behind a CSI driver keeps in one region: a folder for each volume and each snapshot, by its handle.
 * A volume is in one place: a pod that mounts it has it, as a node has a disk that is attached to it.
 */
export class VolumeFolders {
  private readonly mounted = new Map<string, string>();

  constructor(private readonly path: string) {
    for (const kind of ["volumes", "snapshots"]) mkdirSync(join(path, kind), { recursive: true });
  }

  private home(volume: string): string {
    return join(this.path, "volumes", volume);
  }

  private snapshot(handle: string): string {
    return join(this.path, "snapshots", handle);
  }

  /** Where the volume's files are now. */
  folderOf(volume: string): string {
    return this.mounted.get(volume) ?? this.home(volume);
  }

  /** Whether it is there and no pod has it. */
  isFree(volume: string): boolean {
    return existsSync(this.home(volume));
  }

  /** Makes the volume, empty or with a snapshot's files; a volume that is there stays as it is. @throws when there is no such snapshot */
  provision(volume: string, snapshot?: string): void {
    if (existsSync(this.folderOf(volume))) return;
    if (snapshot === undefined) mkdirSync(this.home(volume));
    else this.copy(this.snapshot(snapshot), this.home(volume));
  }

  remove(volume: string): void {
    if (!this.mounted.has(volume)) rmSync(this.home(volume), { recursive: true, force: true });
  }

  /** The volume's files as they are at this moment. */
  take(snapshot: string, volume: string): void {
    if (!existsSync(this.snapshot(snapshot))) this.copy(this.folderOf(volume), this.snapshot(snapshot));
  }

  removeSnapshot(snapshot: string): void {
    rmSync(this.snapshot(snapshot), { recursive: true, force: true });
  }

  /** @throws when another pod has it: a disk is attached to one node */
  mount(volume: string, at: string): void {
    const other = this.mounted.get(volume);
    if (other !== undefined) throw new Error(`${volume} is mounted at ${other} already`);
    mkdirSync(dirname(at), { recursive: true });
    renameSync(this.home(volume), at);
    this.mounted.set(volume, at);
  }

  unmount(volume: string): void {
    const at = this.mounted.get(volume);
    if (at === undefined) return;
    renameSync(at, this.home(volume));
    this.mounted.delete(volume);
  }

  /** With owners, permissions, times and links, as a snapshot of blocks has them. */
  private copy(from: string, to: string): void {
    const { status, stderr, error } = spawnSync("cp", ["--archive", from, to], { encoding: "utf8" });
    if (status !== 0) throw new Error(`cp --archive ${from} ${to} ended with ${status ?? error?.message}: ${stderr}`);
  }
}
