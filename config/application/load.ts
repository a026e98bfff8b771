import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { z } from "zod";
import type { Declaration } from "../declaration";
import type { Environment } from "../environment";
import { isApplication } from "./application";
import { adjusted } from "./adjustment";
import { poolOf } from "./program";
import { validate } from "./validate";
import type { Application } from "./schema";

/** One thing wrong in a file of `apps/`. */
export interface ApplicationViolation {
  readonly file: string;
  /** Path inside the literal; empty for the file itself. */
  readonly path: string;
  readonly found: unknown;
  readonly allowed: string;
  readonly because: string;
}

export interface LoadedApplication {
  readonly application: Application;
  /** File relative to the project. */
  readonly file: string;
}

const lockSchema = z.object({
  images: z.record(z.string(), z.object({ digest: z.string().regex(/^sha256:[0-9a-f]{64}$/), platforms: z.array(z.string()).min(1), example: z.boolean().optional() })),
});
export type ImageLock = z.infer<typeof lockSchema>["images"];

/** Every application of a folder, validated; violations of all files together. */
export function loadApplications(folder: string, environment: Environment): { applications: LoadedApplication[]; violations: ApplicationViolation[] } {
  const violations: ApplicationViolation[] = [];
  const applications: LoadedApplication[] = [];
  const names: string[] = [];
  const images = loadImageLock(folder);
  for (const name of readdirSync(folder).filter((file) => /(?<!\.d)\.(ts|js)$/.test(file)).sort()) {
    const file = `apps/${name.replace(/\.js$/, ".ts")}`;
    const exported = (createRequire(__filename)(join(folder, name)) as { default?: unknown }).default;
    if (!isApplication(exported)) {
      violations.push({ file, path: "", found: exported === undefined ? "no default export" : typeof exported, allowed: "export default application({ … })", because: "every file of apps/ is one application" });
      continue;
    }
    const { application: written, refusals } = validate(exported.literal);
    violations.push(...refusals.map((refusal) => ({ ...refusal, file, path: refusal.path.join(".") })));
    names.push(...nameOf(exported.literal, file, names, violations));
    if (!written) continue;
    const application = adjusted(written, environment.name);
    violations.push(...environmentViolations(file, application, environment, images));
    applications.push({ application, file });
  }
  return { applications, violations: violations.sort((a, b) => `${a.file} ${a.path}`.localeCompare(`${b.file} ${b.path}`, "en")) };
}

export function loadImageLock(folder: string): ImageLock {
  return lockSchema.parse(JSON.parse(readFileSync(join(folder, "images.lock.json"), "utf8"))).images;
}

export function declaredIn(loaded: LoadedApplication, path: string): Declaration {
  return { file: loaded.file, path };
}

/** The application's name, once; a second application of it is a violation, whatever else is wrong with it. */
function nameOf(literal: unknown, file: string, taken: readonly string[], violations: ApplicationViolation[]): string[] {
  const name = (literal as { readonly name?: unknown } | null | undefined)?.name;
  if (typeof name !== "string") return [];
  if (taken.includes(name))
    violations.push({ file, path: "name", found: name, allowed: "a name that no other application has", because: "namespaces, secrets and addresses are named after it" });
  return [name];
}

function environmentViolations(file: string, application: Application, environment: Environment, images: ImageLock): ApplicationViolation[] {
  const parts = [
    ...Object.entries(application.components).map(([name, component]) => [`components.${name}`, component] as const),
    ...Object.entries(application.jobs ?? {}).map(([name, job]) => [`jobs.${name}`, job] as const),
  ];
  return parts.flatMap(([path, component]) => {
    const found: ApplicationViolation[] = [];
    const pool = poolOf(component);
    for (const [role, region] of Object.entries(environment.regions))
      if (!region.pools[pool])
        found.push({
          file, path: `${path}.pool`, found: pool, allowed: `a pool of ${environment.name}: ${Object.keys(region.pools).join(", ")}`,
          because: `the ${role} region, ${region.name}, has no nodes with that label, and the pods would stay pending`,
        });
    if ("registries" in component && component.registries?.google && !environment.google)
      found.push({
        file, path: `${path}.registries.google`, found: "no google in the environment", allowed: `google: { projectNumber, workloadIdentityPool } in config/environments/${environment.name}.ts`,
        because: "Google must know whose tokens it trusts",
      });
    if (!images[component.image])
      found.push({
        file, path: `${path}.image`, found: component.image, allowed: `an image of apps/images.lock.json: ${Object.keys(images).join(", ")}`,
        because: "images are deployed by digest, and a tag can be moved",
      });
    return found;
  });
}
