import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";

/** What a registry says of an image. */
export interface RegistryImage {
  /** Of the index, where there is one: it stands for every platform. */
  readonly digest: string;
  /** `os/architecture`, sorted. */
  readonly platforms: readonly string[];
}

/** A program that reads registries, with the login that the user gave it. */
interface RegistryTool {
  readonly program: string;
  /** Arguments that only succeed where the program can do it. */
  readonly probe: readonly string[];
  /** Prints the manifest byte for byte: its digest is the hash of that. */
  manifest(image: string): readonly string[];
  /** Prints the configuration of an image of one platform. */
  configuration(image: string): readonly string[];
}

const tools: readonly RegistryTool[] = [
  {
    program: "crane",
    probe: ["version"],
    manifest: (image) => ["manifest", image],
    configuration: (image) => ["config", image],
  },
  {
    program: "skopeo",
    probe: ["--version"],
    manifest: (image) => ["inspect", "--raw", `docker://${image}`],
    configuration: (image) => ["inspect", "--config", `docker://${image}`],
  },
  {
    program: "docker",
    probe: ["buildx", "version"],
    manifest: (image) => ["buildx", "imagetools", "inspect", "--raw", image],
    configuration: (image) => ["buildx", "imagetools", "inspect", "--format", "{{json .Image}}", image],
  },
];

/** Longest time that a registry may take. */
const timeoutMs = 60_000;

/** A registry or a tool did not give what was asked. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
}

export type ReadImage = (reference: string) => RegistryImage;

/**
 * Reads images with the first of crane, skopeo and docker buildx that is installed.
 * @throws RegistryError when none is
 */
export function registryReader(): ReadImage {
  const tool = tools.find(
    ({ program, probe }) => spawnSync(program, probe, { timeout: timeoutMs, env: process.env }).status === 0,
  );
  if (!tool)
    throw new RegistryError(
      "none of crane, skopeo and docker buildx is installed: install one (https://github.com/google/go-containerregistry, https://github.com/containers/skopeo) and log in to the registry with it",
    );
  return (reference) => {
    const manifest = run(tool.program, tool.manifest(reference));
    return {
      digest: `sha256:${createHash("sha256").update(manifest).digest("hex")}`,
      platforms: platformsOf(parsed(manifest), () => parsed(run(tool.program, tool.configuration(reference)))),
    };
  };
}

function run(program: string, args: readonly string[]): Buffer {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    timeout: timeoutMs,
    env: process.env,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return stdout;
  const said = (stderr?.toString() ?? "").trim().split("\n").at(-1);
  throw new RegistryError(
    `${program} says: ${error?.message ?? (said === undefined || said === "" ? `exit code ${status}` : said)}`,
  );
}

interface Platform {
  readonly os?: string;
  readonly architecture?: string;
}
interface Manifest {
  readonly manifests?: readonly { readonly platform?: Platform }[];
}

/** Attestations stand in an index as images of an unknown platform. */
function platformsOf(manifest: Manifest & Platform, configuration: () => Platform): string[] {
  const found = (
    manifest.manifests ? manifest.manifests.map(({ platform }) => platform ?? {}) : [configuration()]
  ).flatMap(({ os, architecture }) =>
    os === undefined || architecture === undefined || os === "unknown" ? [] : `${os}/${architecture}`,
  );
  if (found.length === 0) throw new RegistryError("the registry names no platform of the image");
  return [...new Set(found)].sort();
}

function parsed(content: Buffer): Manifest & Platform {
  try {
    return JSON.parse(content.toString()) as Manifest & Platform;
  } catch {
    throw new RegistryError("the registry's answer is no manifest");
  }
}
