import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Json, type JsonObject, objectOf, textOf } from "../readiness/inventory/json";

/** A synthesised stack, ready to be deployed. */
export interface DeployedStack {
  readonly name: string;
  readonly layer: string;
  readonly region: string;
  /** The folder in which Terraform runs. */
  readonly folder: string;
  /** Names of the stacks that are deployed before it. */
  readonly dependencies: readonly string[];
  readonly terraform: JsonObject;
  /** SHA-256 of everything that synthesis wrote into the folder, in hexadecimal. */
  readonly digest: string;
  /** Where its state lies; undefined for a backend that is no S3 bucket. */
  readonly state: StateLocation | undefined;
}

export interface StateLocation {
  readonly bucket: string;
  readonly key: string;
  readonly region: string;
}

/** What Terraform and cdktf write into a stack's folder themselves. */
const WRITTEN_LATER = /^(\.terraform|\.terraform\.lock\.hcl|plan|terraform\.tfstate|.*_override\.tf\.json)$/;

/** The stacks of an output folder in the order of its manifest. @throws Error when nothing was synthesised there */
export function readStacks(outdir: string): readonly DeployedStack[] {
  const file = join(outdir, "manifest.json");
  if (!existsSync(file)) throw new Error(`${file} does not exist: nothing that could be deployed was synthesised`);
  const stacks = objectOf(objectOf(JSON.parse(readFileSync(file, "utf8")) as JsonObject)["stacks"]);
  return Object.entries(stacks).map(([name, entry]) => {
    const { synthesizedStackPath, workingDirectory, dependencies } = objectOf(entry);
    const terraform = JSON.parse(readFileSync(join(outdir, textOf(synthesizedStackPath) ?? ""), "utf8")) as JsonObject;
    const place = objectOf(objectOf(terraform["//"])["plimsoll"]);
    const folder = join(outdir, textOf(workingDirectory) ?? "");
    return {
      name,
      layer: textOf(place["layer"]) ?? "",
      region: textOf(place["region"]) ?? "",
      folder,
      dependencies: Array.isArray(dependencies)
        ? (dependencies as readonly Json[]).map((one) => textOf(one) ?? "")
        : [],
      terraform,
      digest: digestOf(folder),
      state: stateOf(terraform),
    };
  });
}

function stateOf(terraform: JsonObject): StateLocation | undefined {
  const { bucket, key, region } = objectOf(objectOf(objectOf(terraform["terraform"])["backend"])["s3"]);
  const texts = [textOf(bucket), textOf(key), textOf(region)];
  const [ofBucket, ofKey, ofRegion] = texts;
  return ofBucket && ofKey && ofRegion ? { bucket: ofBucket, key: ofKey, region: ofRegion } : undefined;
}

function digestOf(folder: string): string {
  const hash = createHash("sha256");
  const add = (path: string, within: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (within === "" && WRITTEN_LATER.test(entry.name)) continue;
      const name = `${within}/${entry.name}`;
      if (entry.isDirectory()) add(join(path, entry.name), name);
      else hash.update(`${name}\0`).update(readFileSync(join(path, entry.name)));
    }
  };
  add(folder, "");
  return hash.digest("hex");
}
