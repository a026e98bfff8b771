import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, projectRoot } from "../run/project-root";

export type EngineKind = "go" | "python";

/** One family of engines: what is built together because its dependencies agree. */
export interface EngineFamily {
  readonly kind: EngineKind;
  readonly name: string;
  readonly binaries: readonly string[];
  /** On two cores with nothing cached. */
  readonly buildSeconds: number;
  /** Everything that decides what is built; the cache's key. */
  readonly fingerprint: string;
  /** Exact version of the engine. */
  readonly version: string;
  /** go: the linker's flags; python: the pinned requirements file. */
  readonly recipe: string;
}

interface GoFamily {
  readonly binaries: readonly string[];
  readonly module: string;
  readonly buildSeconds: number;
  readonly versionVariables: Readonly<Record<string, string>>;
}
interface PythonFamily {
  readonly binaries: readonly string[];
  readonly requirements: string;
  readonly buildSeconds: number;
}
interface Families {
  readonly go: Readonly<Record<string, GoFamily>>;
  readonly python: Readonly<Record<string, PythonFamily>>;
}

const hash = (...parts: readonly string[]): string =>
  createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);

/** Every family that `engines/families.json` names, Go first. @throws when a pinned file lacks the engine itself */
export function engineFamilies(folder: string = join(projectRoot(), "engines")): readonly EngineFamily[] {
  const families = JSON.parse(readFileSync(join(folder, "families.json"), "utf8")) as Families;
  return [
    ...Object.entries(families.go).map(([name, family]) => goFamily(folder, name, family)),
    ...Object.entries(families.python).map(([name, family]) => pythonFamily(folder, name, family)),
  ];
}

function goFamily(folder: string, name: string, family: GoFamily): EngineFamily {
  const goMod = readFileSync(join(folder, name, "go.mod"), "utf8");
  const version = goMod
    .split("\n")
    .map((line) =>
      line
        .trim()
        .replace(/^require /, "")
        .split(" "),
    )
    .find(([module, second]) => module === family.module && second?.startsWith("v"))?.[1];
  if (!version)
    throw new Error(`engines/${name}/go.mod does not require ${family.module}: add it with an exact version`);
  const [major = "", minor = "", patch = ""] = version.slice(1).split(".");
  const variables = Object.entries(family.versionVariables).map(
    ([variable, template]) =>
      `-X ${variable}=${template.replace("{major}", major).replace("{minor}", minor).replace("{patch}", patch)}`,
  );
  const recipe = ["-s -w", ...variables].join(" ");
  const goSum = readFileSync(join(folder, name, "go.sum"), "utf8");
  const { binaries, buildSeconds } = family;
  return { kind: "go", name, binaries, buildSeconds, version, recipe, fingerprint: hash(goMod, goSum, recipe) };
}

function pythonFamily(folder: string, name: string, family: PythonFamily): EngineFamily {
  const requirements = readFileSync(join(folder, family.requirements), "utf8");
  const version = requirements
    .split("\n")
    .find((line) => line.startsWith(`${name}==`))
    ?.split("==")[1];
  if (!version) throw new Error(`engines/${family.requirements} does not pin ${name}: add \`${name}==<version>\``);
  const { binaries, buildSeconds } = family;
  return {
    kind: "python",
    name,
    binaries,
    buildSeconds,
    version,
    recipe: join(folder, family.requirements),
    fingerprint: hash(requirements),
  };
}

/** Where a family lies once it is built: `.cache/engines/<family>-<fingerprint>`. */
export const engineFolder = (family: EngineFamily, cache: string = cacheFolder()): string =>
  join(cache, "engines", `${family.name}-${family.fingerprint}`);

/** The path of one binary of a family, whether it is built or not. */
export const binaryPath = (family: EngineFamily, binary: string, cache?: string): string =>
  join(engineFolder(family, cache), "bin", binary);
