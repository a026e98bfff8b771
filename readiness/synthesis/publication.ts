import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { masked } from "../../catalog/credential-forms";
import type { JsonObject } from "../inventory/json";
import type { SynthesisedStack } from "../inventory/platform";

/** The output folder cannot be used as it is. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

/** Name of the environment that the folder was last synthesised for. */
const environmentFile = ".environment";

const noHcl =
  "The stacks were written as HCL, which the policies do not read: synthesise without --hcl and without SYNTH_HCL_OUTPUT.";

/** Everything that a synthesis leaves in its folder. */
const ownNames: readonly string[] = ["manifest.json", "stacks", "readiness", "refused", ".staging", environmentFile];

/** `f_type` of file systems that hold no files of users (statfs(2)): proc and sysfs. */
const kernelFileSystems: readonly number[] = [0x9fa0, 0x62656572];

/** Creating a folder below /proc never ends in Node: the nearest folder that exists decides. @throws OutputError */
function mustBeOnDisk(path: string): void {
  let existing = path;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  if (kernelFileSystems.includes(statfsSync(existing).type))
    throw new OutputError(`${path} is in a file system of the kernel: choose another folder with CDKTF_OUTDIR.`);
}

interface Manifest {
  readonly stacks: Readonly<Record<string, { readonly synthesizedStackPath: string }>>;
}

/**
 * The output folder of a synthesis: what can be deployed appears in it at the end, all at once, or not at all.
 *
 * Terraform's own files in the stack folders (`.terraform`, local state) are kept.
 */
export class Publication {
  readonly staging: string;

  constructor(private readonly outdir: string) {
    this.staging = join(outdir, ".staging");
  }

  /** Environment of the earlier synthesis into this folder, whatever its verdict. */
  environment(): string | undefined {
    try {
      return readFileSync(join(this.outdir, environmentFile), "utf8").trim() || undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Removes the previous output, so that nothing old can be deployed from here on.
   *
   * @param environment recorded for the next run; not given while it is unknown
   * @throws OutputError
   */
  begin(environment?: string): void {
    this.attempt(() => {
      mustBeOnDisk(this.outdir);
      this.mustBeFolder(this.outdir);
      this.mustBeOwn();
      this.mustBeFolder(join(this.outdir, "stacks"));
      this.mustBeFolder(join(this.outdir, "readiness"));
      const manifest = join(this.outdir, "manifest.json");
      if (existsSync(manifest) && lstatSync(manifest).isDirectory())
        throw new OutputError(`${manifest} is a folder, a file is expected: remove it and run again.`);
      rmSync(manifest, { force: true });
      // `assets`: charts and packages of functions, which the stack of that synthesis names.
      for (const stack of this.stackFolders())
        for (const written of ["cdk.tf.json", "assets"])
          rmSync(join(this.outdir, "stacks", stack, written), { force: true, recursive: true });
      this.removeEmptyFolders();
      for (const name of [".staging", "refused", "readiness"])
        rmSync(join(this.outdir, name), { force: true, recursive: true });
      mkdirSync(this.staging, { recursive: true });
      if (environment !== undefined) writeFileSync(join(this.outdir, environmentFile), `${environment}\n`);
    });
  }

  /** What cdktf wrote, in the order of its manifest. */
  stacks(): SynthesisedStack[] {
    const written = Object.entries(this.manifest().stacks);
    if (written.some(([, { synthesizedStackPath }]) => !synthesizedStackPath.endsWith(".json")))
      throw new OutputError(noHcl);
    return written.map(([name, { synthesizedStackPath }]) => {
      const text = readFileSync(join(this.staging, synthesizedStackPath), "utf8");
      // cdktf asked for HCL by a variable writes it under the name of the JSON.
      if (!text.startsWith("{")) throw new OutputError(noHcl);
      return { name, terraform: JSON.parse(text) as JsonObject };
    });
  }

  writeReport(name: string, content: string): void {
    this.attempt(() => {
      mkdirSync(join(this.outdir, "readiness"), { recursive: true });
      writeFileSync(join(this.outdir, "readiness", name), content);
    });
  }

  /** Moves the stacks to where a deployment looks, the manifest last: without it nothing is deployed. */
  publish(): void {
    this.attempt(() => {
      for (const name of readdirSync(join(this.staging, "stacks")).sort()) {
        const [from, to] = [join(this.staging, "stacks", name), join(this.outdir, "stacks", name)];
        mkdirSync(to, { recursive: true });
        for (const entry of readdirSync(from)) {
          rmSync(join(to, entry), { force: true, recursive: true });
          renameSync(join(from, entry), join(to, entry));
        }
      }
      renameSync(join(this.staging, "manifest.json"), join(this.outdir, "manifest.json"));
      this.abandon();
    });
  }

  /** Keeps the stacks for reading, under names that neither cdktf nor Terraform loads, and without the credentials for which they may be refused. */
  refuse(): void {
    this.attempt(() => {
      const refused = join(this.outdir, "refused");
      mkdirSync(refused, { recursive: true });
      for (const [name, { synthesizedStackPath }] of Object.entries(this.manifest().stacks))
        writeFileSync(
          join(refused, `${name}.json`),
          masked(readFileSync(join(this.staging, synthesizedStackPath), "utf8")),
        );
      this.abandon();
    });
  }

  abandon(): void {
    rmSync(this.staging, { force: true, recursive: true });
  }

  /** A stack's folder stays where Terraform has files of its own in it: plugins, local state. */
  private removeEmptyFolders(): void {
    const stacks = join(this.outdir, "stacks");
    for (const path of [...this.stackFolders().map((name) => join(stacks, name)), stacks])
      if (existsSync(path) && !lstatSync(path).isSymbolicLink() && readdirSync(path).length === 0) rmdirSync(path);
  }

  private manifest(): Manifest {
    return JSON.parse(readFileSync(join(this.staging, "manifest.json"), "utf8")) as Manifest;
  }

  private stackFolders(): string[] {
    const stacks = join(this.outdir, "stacks");
    return existsSync(stacks)
      ? readdirSync(stacks, { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((entry) => entry.name)
      : [];
  }

  /** What is there is removed: a folder of other files, such as the project's own, must not be taken for output. */
  private mustBeOwn(): void {
    const entries = existsSync(this.outdir) ? readdirSync(this.outdir) : [];
    const foreign = entries.filter((name) => !ownNames.includes(name)).sort();
    if (foreign.length > 0 && !entries.includes(environmentFile))
      throw new OutputError(
        `${this.outdir} holds files that no synthesis wrote (${foreign.slice(0, 3).join(", ")}${foreign.length > 3 ? ", …" : ""}), and synthesis removes what it finds: choose an empty folder with CDKTF_OUTDIR, or leave it unset for cdktf.out.`,
      );
  }

  private mustBeFolder(path: string): void {
    if (existsSync(path) && !lstatSync(path).isDirectory() && !isLinkToFolder(path))
      throw new OutputError(`${path} is a file, a folder is expected: remove it and run again.`);
  }

  private attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof OutputError) throw error;
      const { code = "", path = this.outdir } = error as NodeJS.ErrnoException;
      const at = relative(dirname(this.outdir), path);
      if (code === "EACCES" || code === "EPERM" || code === "EROFS")
        throw new OutputError(
          `${at} cannot be written (${code}): give yourself write permission, or choose another folder with CDKTF_OUTDIR.`,
        );
      if (code === "ENOSPC" || code === "EDQUOT")
        throw new OutputError(
          `${at} cannot be written: the disk is full (${code}). Free space, or choose another folder with CDKTF_OUTDIR.`,
        );
      if (code === "ENAMETOOLONG")
        throw new OutputError(`${at} is longer than the file system allows (${code}): choose another CDKTF_OUTDIR.`);
      if (code === "ENOTDIR" || code === "EEXIST")
        throw new OutputError(
          `${at} is below a file, a folder is expected (${code}): remove the file, or choose another folder with CDKTF_OUTDIR.`,
        );
      throw error;
    }
  }
}

const isLinkToFolder = (path: string): boolean => lstatSync(path).isSymbolicLink() && existsSync(join(path, "."));
