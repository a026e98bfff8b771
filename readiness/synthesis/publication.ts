import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import type { JsonObject } from "../inventory/json";
import type { SynthesisedStack } from "../inventory/platform";

/** The output folder cannot be used as it is. */
export class OutputError extends Error {
  override readonly name = "OutputError";
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

  /** Takes the previous output away, so that from here on nothing old can be deployed. @throws OutputError */
  begin(): void {
    this.attempt(() => {
      this.mustBeFolder(this.outdir);
      this.mustBeFolder(join(this.outdir, "stacks"));
      this.mustBeFolder(join(this.outdir, "readiness"));
      const manifest = join(this.outdir, "manifest.json");
      if (existsSync(manifest) && lstatSync(manifest).isDirectory())
        throw new OutputError(`${manifest} is a folder, a file is expected: remove it and run again.`);
      rmSync(manifest, { force: true });
      for (const stack of this.stackFolders())
        rmSync(join(this.outdir, "stacks", stack, "cdk.tf.json"), { force: true, recursive: true });
      for (const name of [".staging", "refused", "readiness"])
        rmSync(join(this.outdir, name), { force: true, recursive: true });
      mkdirSync(this.staging, { recursive: true });
    });
  }

  /** What cdktf wrote, in the order of its manifest. */
  stacks(): SynthesisedStack[] {
    const written = Object.entries(this.manifest().stacks);
    if (written.some(([, { synthesizedStackPath }]) => !synthesizedStackPath.endsWith(".json")))
      throw new OutputError(
        "The stacks were written as HCL, which the policies do not read: synthesise without --hcl and without SYNTH_HCL_OUTPUT.",
      );
    return written.map(([name, { synthesizedStackPath }]) => ({
      name,
      terraform: JSON.parse(readFileSync(join(this.staging, synthesizedStackPath), "utf8")) as JsonObject,
    }));
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

  /** Keeps the stacks for reading, under names that neither cdktf nor Terraform loads. */
  refuse(): void {
    this.attempt(() => {
      const refused = join(this.outdir, "refused");
      mkdirSync(refused, { recursive: true });
      for (const [name, { synthesizedStackPath }] of Object.entries(this.manifest().stacks))
        renameSync(join(this.staging, synthesizedStackPath), join(refused, `${name}.json`));
      this.abandon();
    });
  }

  abandon(): void {
    rmSync(this.staging, { force: true, recursive: true });
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
      if (code === "ENOTDIR" || code === "EEXIST")
        throw new OutputError(
          `${at} lies below a file, a folder is expected (${code}): remove the file, or choose another folder with CDKTF_OUTDIR.`,
        );
      throw error;
    }
  }
}

const isLinkToFolder = (path: string): boolean => lstatSync(path).isSymbolicLink() && existsSync(join(path, "."));
