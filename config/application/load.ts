import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Commitments } from "../../catalog/claims/commitments";
import { classOf } from "../configuration-error";
import type { Declaration } from "../declaration";
import type { Environment } from "../environment";
import { type ImageLock, loadImageLock } from "../images/lock";
import { type Thrown, thrownIn } from "../source/thrown";
import * as declarations from "./application";
import { RULES_PER_APPLICATION, rulesOfEntry } from "./listener-rules";
import { applicationFiles } from "./folder";
import { adjusted } from "./adjusted";
import { poolOf } from "./parts/program";
import { entriesOf, type Draft } from "./rules/draft";
import { validate } from "./validate";
import type { Application } from "./schema";
import type { ApplicationViolation } from "./violation";

export type { ApplicationViolation } from "./violation";

export interface LoadedApplication {
  readonly application: Application;
  /** File relative to the project. */
  readonly file: string;
}

/** Where applications come from. */
export interface ApplicationSource {
  /** Folder of the applications and of their images.lock.json. */
  readonly folder: string;
  /** What reports promise of them. */
  readonly commitments: Commitments;
}

/** Every application of a folder, validated; violations of all files together. */
export function loadApplications(
  { folder, commitments }: ApplicationSource,
  environment: Environment,
): { applications: LoadedApplication[]; violations: ApplicationViolation[] } {
  const { files, violations: ofFolder } = applicationFiles(folder);
  const violations: ApplicationViolation[] = [...ofFolder];
  const applications: LoadedApplication[] = [];
  const names = new Map<string, string>();
  const claims = new Map<string, string>();
  // A folder that is not there holds no digests either.
  const images = existsSync(folder) ? loadImageLock(folder) : {};
  for (const name of files) {
    const file = `apps/${name.replace(/\.js$/, ".ts")}`;
    const exported = exportOf(join(folder, name), file, violations);
    if (exported instanceof Unloadable) continue;
    if (!declarations.isApplication(exported)) {
      violations.push({
        file,
        path: "",
        found: foundInstead(exported),
        allowed: "export default application({ … })",
        because: "every file of apps/ is one application",
      });
      continue;
    }
    const validation = validated(exported.literal, { path: join(folder, name), file }, commitments, violations);
    if (validation === undefined) continue;
    const { application: written, draft, refusals } = validation;
    violations.push(
      ...refusals.map((refusal) => ({ ...refusal, file, path: refusal.path.join(".") })),
      ...environmentViolations(file, draft, environment, images),
    );
    violations.push(...nameViolations(exported.literal, file, names), ...claimViolations(draft, file, claims));
    if (written) applications.push({ application: adjusted(written, environment.name), file });
  }
  return {
    applications,
    violations: violations.sort((a, b) => `${a.file} ${a.path}`.localeCompare(`${b.file} ${b.path}`, "en")),
  };
}

/** What stands where an application is exported. */
function foundInstead(exported: unknown): string {
  if (exported === undefined) return "no default export";
  const made = classOf(exported);
  if (made !== undefined) return `a ${made}`;
  if (typeof exported === "object" && exported !== null && !Array.isArray(exported))
    return "an object that is not given to application()";
  return typeof exported === "function" ? "a function that is not called" : typeof exported;
}

/** Code of a file that failed, at its line. */
const ofThrown = (
  { message, line }: Thrown,
  file: string,
  expected: Pick<ApplicationViolation, "allowed" | "because">,
): ApplicationViolation => ({
  file,
  path: "",
  ...(line === undefined ? {} : { line }),
  found: message,
  ...expected,
});

/** A literal runs code, too: a getter that throws is named like code that throws before the export. */
function validated(
  literal: unknown,
  { path, file }: { readonly path: string; readonly file: string },
  commitments: Commitments,
  violations: ApplicationViolation[],
): ReturnType<typeof validate> | undefined {
  try {
    return validate(literal, commitments);
  } catch (error) {
    const thrown = thrownIn(error, path);
    violations.push(
      ofThrown(thrown, file, {
        allowed: "plain data: texts, numbers, lists, and objects without getters",
        because: "the file is read as data",
      }),
    );
    return undefined;
  }
}

/** What a name that is not defined was to be, where it is one of the functions that application files call. */
function importOf(message: string): string | undefined {
  const [, name = ""] = /^(\w+) is not defined$/.exec(message) ?? [];
  return Object.hasOwn(declarations, name)
    ? `the name imported: import { ${name} } from "../config/application/application"`
    : undefined;
}

/** A file whose code fails before it exports anything. */
class Unloadable {}

function exportOf(path: string, file: string, violations: ApplicationViolation[]): unknown {
  try {
    return (createRequire(__filename)(path) as { default?: unknown }).default;
  } catch (error) {
    const thrown = thrownIn(error, path);
    violations.push(
      ofThrown(thrown, file, {
        allowed:
          importOf(thrown.message) ??
          "code that runs to its export: data, and the functions of config/application/application",
        because: "every file of apps/ is one application",
      }),
    );
    return new Unloadable();
  }
}

export function declaredIn(loaded: LoadedApplication, path: string): Declaration {
  return { file: loaded.file, path };
}

/**
 * A second application of one name is a violation, whatever else is wrong with it.
 *
 * @param taken files by the name of their application; the file is entered
 */
function nameViolations(literal: unknown, file: string, taken: Map<string, string>): ApplicationViolation[] {
  const name = (literal as { readonly name?: unknown } | null | undefined)?.name;
  if (typeof name !== "string") return [];
  const other = taken.get(name);
  if (other === undefined) taken.set(name, file);
  return other === undefined
    ? []
    : [
        {
          file,
          path: "name",
          found: name,
          allowed: `a name that no other application has (${other} has this one)`,
          because: "namespaces, secrets and addresses are named after it",
        },
      ];
}

/** @param taken files by the id of their claims; those of the file are entered */
function claimViolations({ claims }: Draft, file: string, taken: Map<string, string>): ApplicationViolation[] {
  return Object.keys(claims ?? {}).flatMap((claim) => {
    const other = taken.get(claim);
    if (other === undefined) taken.set(claim, file);
    return other === undefined
      ? []
      : [
          {
            file,
            path: `claims.${claim}`,
            found: claim,
            allowed: `an id that no other application has (${other} has this one)`,
            because: "the report shows each claim once",
          },
        ];
  });
}

/** Pools take instance types of no other: config/environment/region.ts. */
const NODE_PLATFORM = "linux/amd64";

/** What the environment must have for the application, also where something else of the file is refused. */
function environmentViolations(
  file: string,
  draft: Draft,
  environment: Environment,
  images: ImageLock,
): ApplicationViolation[] {
  const parts = [
    ...entriesOf(draft.components).map(([name, component]) => [`components.${name}`, component] as const),
    ...entriesOf(draft.jobs).map(([name, job]) => [`jobs.${name}`, job] as const),
  ];
  const ofParts = parts.flatMap(([path, component]) => {
    const found: ApplicationViolation[] = [];
    const pools: [string, unknown][] = [
      [`${path}.pool`, poolOf(component)],
      ...("creates" in component ? entriesOf(component.creates) : []).map(([name, pods]): [string, unknown] => [
        `${path}.creates.${name}.pool`,
        poolOf(pods),
      ]),
    ];
    for (const [field, pool] of pools) {
      const without =
        typeof pool === "string" ? Object.values(environment.regions).filter((region) => !region.pools[pool]) : [];
      if (without[0])
        found.push({
          file,
          path: field,
          found: pool,
          allowed: `a pool of ${environment.name}: ${Object.keys(without[0].pools).join(", ")}`,
          because: `no node in ${without.map(({ name }) => name).join(" and ")} has that label, and the pods would stay pending`,
        });
    }
    if ("registries" in component && component.registries?.google && !environment.google)
      found.push({
        file,
        path: `${path}.registries.google`,
        found: "no google in the environment",
        allowed: `google: { projectNumber, workloadIdentityPool } in config/environments/${environment.name}.ts`,
        because: "Google must know whose tokens it trusts",
      });
    if (component.image !== undefined && !images[component.image])
      found.push({
        file,
        path: `${path}.image`,
        found: component.image,
        allowed: `an image of apps/images.lock.json: ${Object.keys(images).join(", ")}; \`make images\` enters the digest of a new one`,
        because: "images are deployed by digest, and a tag can be moved",
      });
    const platforms = component.image === undefined ? undefined : images[component.image]?.platforms;
    if (platforms !== undefined && !platforms.includes(NODE_PLATFORM))
      found.push({
        file,
        path: `${path}.image`,
        found: `${component.image}, which is there for ${platforms.join(" and ")}`,
        allowed: `an image that is there for ${NODE_PLATFORM}: build it for that platform, too, then run \`make images\``,
        because: "every pool has x86-64 nodes, and a program for other processors does not start there",
      });
    return found;
  });
  return [...ofParts, ...networkViolations(file, draft, environment), ...ruleViolations(file, draft, environment)];
}

/** Networks of an entry that only they reach: three a listener rule, beside the rules of its routes and open paths. */
function networkViolations(file: string, { entry }: Draft, environment: Environment): ApplicationViolation[] {
  if (entry?.authentication === undefined || !("networks" in entry.authentication)) return [];
  return environment.apiAccessCidrs.length <= MOST_NETWORKS
    ? []
    : [
        {
          file,
          path: "entry.authentication.networks",
          found: `${environment.apiAccessCidrs.length} networks in apiAccessCidrs of ${environment.name}`,
          allowed: `at most ${MOST_NETWORKS}: write neighbours as one`,
          because: "an application has twenty listener rules, and one holds three networks beside the two host names",
        },
      ];
}
const MOST_NETWORKS = 12;

/** Priorities of an application end where those of another one may begin. */
function ruleViolations(file: string, { entry }: Draft, { apiAccessCidrs }: Environment): ApplicationViolation[] {
  const rules = entry === undefined ? 0 : rulesOfEntry(entry, apiAccessCidrs.length);
  return rules <= RULES_PER_APPLICATION
    ? []
    : [
        {
          file,
          path: "entry.routes",
          found: `${rules} listener rules`,
          allowed: `at most ${RULES_PER_APPLICATION}: every three paths of a route are one, those of the entry's component beside them`,
          because: "the next rules could have the priorities of another application",
        },
      ];
}
