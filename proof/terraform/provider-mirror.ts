import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const SKIPPED = new Set(["proc", "sys", "dev", "run", "tmp", "node_modules"]);
const DEPTH = 3;

const foldersIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !SKIPPED.has(entry.name))
      .map(({ name }) => join(folder, name))
      .sort();
  } catch {
    return [];
  }
};

/** A mirror has `<registry>/hashicorp/aws` in it. */
const isMirror = (folder: string): boolean =>
  foldersIn(folder).some((registry) => existsSync(join(registry, "hashicorp", "aws")));

/**
 * A folder of Terraform providers for machines that reach no registry: `PLIMSOLL_PROVIDER_MIRROR`; or none when the
 * environment's own Terraform configuration exists, for that one is meant; or the first within three levels of the root.
 */
export function findProviderMirror(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = environment["PLIMSOLL_PROVIDER_MIRROR"];
  if (named) {
    if (!isMirror(named))
      throw new Error(
        `PLIMSOLL_PROVIDER_MIRROR=${named} holds no <registry>/hashicorp/aws: unset it, or name a filesystem mirror`,
      );
    return named;
  }
  if (existsSync(environment["TF_CLI_CONFIG_FILE"] || join(homedir(), ".terraformrc"))) return undefined;
  let level: readonly string[] = ["/"];
  for (let depth = 0; depth < DEPTH; depth++) {
    level = level.flatMap(foldersIn);
    const found = level.find(isMirror);
    if (found) return found;
  }
  return undefined;
}

/** Versions of each provider in a mirror, oldest first. */
export function providerVersions(mirror: string): ReadonlyMap<string, readonly string[]> {
  const last = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
  const byNumber = new Intl.Collator("en", { numeric: true });
  return new Map(
    foldersIn(mirror)
      .flatMap(foldersIn)
      .flatMap((namespace) =>
        foldersIn(namespace).map(
          (provider) =>
            [`${last(namespace)}/${last(provider)}`, foldersIn(provider).map(last).sort(byNumber.compare)] as const,
        ),
      ),
  );
}

/** Versions of each provider at hand offline; undefined: the registry is asked. */
export function mirroredProviders(): ReadonlyMap<string, readonly string[]> | undefined {
  const mirror = findProviderMirror();
  return mirror === undefined ? undefined : providerVersions(mirror);
}
