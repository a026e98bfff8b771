import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { isApplication } from "../application/application";
import type { Environment } from "../environment";
import { loadEnvironment } from "../load";
import { type ImageLock, imageLockName, parseImageLock } from "./lock";
import { projectRoot } from "../project";
import { type ReadImage, registryReader } from "./registry";

export interface ImagesCommand {
  /** Folder of the compiled applications, whose images are asked for. */
  readonly applications: string;
  /** Folder that holds the lock file. */
  readonly folder: string;
  /** Its account and primary region have the registry of images without a registry of their own. */
  readonly environment: Environment;
  /** @throws RegistryError */
  readonly reader: () => ReadImage;
  readonly print: (line: string) => void;
}

/** Enters the digest of every image that an application names into the lock file. @returns exit code: 0 all read, 1 not all */
export function refreshImages({ applications, folder, environment, reader, print }: ImagesCommand): number {
  const file = join(folder, imageLockName);
  try {
    const read = reader();
    const text = readFileSync(file, "utf8");
    const images: Record<string, ImageLock[string]> = { ...parseImageLock(text) };
    const { note } = JSON.parse(text) as { readonly note?: string };
    const named = imagesOf(applications);
    const failed = named.filter(
      (image) => !refreshed(image, images, () => read(referenceOf(image, environment)), print),
    );
    for (const image of Object.keys(images).filter((known) => !named.includes(known)))
      print(`${image}: kept, no application names it`);
    writeFileSync(file, formatImageLock(note, images));
    print(`${named.length - failed.length} of ${named.length} images read`);
    return failed.length === 0 ? 0 : 1;
  } catch (error) {
    print(`${error instanceof Error ? error.message : String(error)}; nothing was written`);
    return 1;
  }
}

function refreshed(
  image: string,
  images: Record<string, ImageLock[string]>,
  read: ReadImageOnce,
  print: ImagesCommand["print"],
): boolean {
  const before = images[image];
  try {
    const { digest, platforms } = read();
    images[image] = { digest, platforms: [...platforms] };
    print(
      `${image}: ${before === undefined ? "new" : before.digest === digest ? "unchanged" : "changed"}, ${digest}, ${platforms.join(" ")}`,
    );
    return true;
  } catch (error) {
    print(
      `${image}: ${error instanceof Error ? error.message : String(error)}; ${before === undefined ? "not entered" : "kept as it was"}`,
    );
    return false;
  }
}

/** Sorted, an image's platforms on one line. */
export function formatImageLock(note: string | undefined, images: ImageLock): string {
  const sorted = Object.fromEntries(Object.entries(images).sort(([a], [b]) => (a < b ? -1 : 1)));
  const text = JSON.stringify({ ...(note === undefined ? {} : { note }), images: sorted }, undefined, 2);
  return `${text.replace(/\[\n\s+("[^\]]*")\n\s+\]/g, (_whole, items: string) => `[${items.replace(/\n\s+/g, " ")}]`)}\n`;
}

type ReadImageOnce = () => ReturnType<ReadImage>;

/** Where the image is pulled from: as written with a registry, else the platform's own one. */
export function referenceOf(image: string, { accountId, organisation, regions }: Environment): string {
  const [first = ""] = image.split("/");
  return image.includes("/") && /[.:]/.test(first)
    ? image
    : `${accountId}.dkr.ecr.${regions.primary.name}.amazonaws.com/${organisation}/${image}`;
}

/** Images of every application, as their files name them: what else is wrong with a file is said by synthesis. */
function imagesOf(folder: string): string[] {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => /(?<!\.d)\.(ts|js)$/.test(name)) : [];
  const images = files.flatMap((name) => {
    const exported = (createRequire(__filename)(join(folder, name)) as { default?: unknown }).default;
    if (!isApplication(exported)) return [];
    const { components, jobs } = exported.literal as { components?: Parts; jobs?: Parts };
    return [...Object.values(components ?? {}), ...Object.values(jobs ?? {})].flatMap(({ image }) =>
      typeof image === "string" ? image : [],
    );
  });
  return [...new Set(images)].sort();
}

type Parts = Readonly<Record<string, { readonly image?: unknown }>>;

if (require.main === module)
  process.exitCode = refreshImages({
    applications: join(__dirname, "..", "..", "apps"),
    folder: join(projectRoot, "apps"),
    environment: loadEnvironment(process.env),
    reader: registryReader,
    print: (line) => console.log(line),
  });
