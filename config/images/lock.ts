import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { allow, allowanceOf, settings } from "../allowed";
import { ConfigurationError, type ConfigurationViolation } from "../configuration-error";

export const imageLockName = "images.lock.json";
const file = `apps/${imageLockName}`;

const lockSchema = settings({
  note: z.string().optional(),
  images: z.record(
    z.string(),
    settings({
      digest: allow(
        z.string().regex(/^sha256:[0-9a-f]{64}$/),
        '"sha256:" and 64 hexadecimal digits',
        "images are deployed by digest, and a tag can be moved",
      ),
      platforms: allow(
        z.array(z.string().regex(/^[a-z0-9]+\/[a-z0-9]+$/)).min(1),
        'at least one platform such as "linux/amd64"',
        "nodes run images of their own platform only",
      ),
      /** A made-up digest that names no image: production refuses it. */
      example: z.boolean().optional(),
    }),
  ),
});

/** Images by name and tag, with what they are at a registry. */
export type ImageLock = z.infer<typeof lockSchema>["images"];

/** The lock file beside the applications. @throws ConfigurationError with everything that is wrong in it */
export function loadImageLock(folder: string): ImageLock {
  const path = join(folder, imageLockName);
  if (!existsSync(path))
    throw new ConfigurationError([
      {
        file,
        path: "",
        found: "no such file",
        allowed: 'a file that `make images` writes; without images it holds {"images": {}}',
        because: "images are deployed by digest, and a tag can be moved",
      },
    ]);
  return parseImageLock(readFileSync(path, "utf8"));
}

/** @throws ConfigurationError */
export function parseImageLock(text: string): ImageLock {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, position] = message.match(/position (\d+)/) ?? [];
    throw new ConfigurationError([
      {
        file,
        path: "",
        line: text.slice(0, Number(position ?? 0)).split("\n").length,
        found: message,
        allowed: "JSON, as `make images` writes it",
        because: "the digests of all images are read from it",
      },
    ]);
  }
  const result = lockSchema.safeParse(content);
  if (result.success) return result.data.images;
  throw new ConfigurationError(
    result.error.issues.map((issue): ConfigurationViolation => {
      const { allowed, because, found } = allowanceOf(issue);
      return {
        file,
        path: issue.path.join("."),
        found:
          found ??
          issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], content),
        allowed,
        because,
      };
    }),
  );
}
