import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { classOf, ConfigurationError } from "./configuration-error";
import { environmentNames, environmentSchema, type Environment, type EnvironmentName } from "./environment";
import { nearest } from "./nearest";
import { registerViolations } from "./register-limits";
import { onCall } from "./on-call";
import { onCallViolations } from "./on-call-limits";
import { schemaViolations } from "./validation/schema-violations";
import { usage, type Usage } from "./usage";
import { usageViolations } from "./usage-limits";
import { thrownAt, thrownIn } from "./source/thrown";
import { unknownVariables, type Variables } from "./variables";

export type { Variables } from "./variables";

/** Gives the exports of an environment's module, or undefined when there is no such file. */
export type EnvironmentModules = (name: EnvironmentName) => Readonly<Record<string, unknown>> | undefined;

/**
 * The environment that `PLIMSOLL_ENV` names, the volumes declared for it checked.
 *
 * @default PLIMSOLL_ENV production - the main case needs no setting
 * @throws ConfigurationError with every violation
 */
export function loadEnvironment(
  variables: Variables,
  modules: EnvironmentModules = modulesOfFolder,
  volumes: Readonly<Record<EnvironmentName, Usage>> = usage,
): Environment {
  const strange = unknownVariables(variables);
  if (strange.length > 0) throw new ConfigurationError(strange);
  const name = environmentName(variables["PLIMSOLL_ENV"] || "production");
  const file = `config/environments/${name}.ts`;
  const literal = literalOf(name, file, modules);
  const result = environmentSchema.safeParse(literal);
  const ofOthers = [...usageViolations(volumes[name], name), ...onCallViolations(onCall), ...registerViolations()];
  if (!result.success)
    throw new ConfigurationError([...schemaViolations(file, environmentSchema, literal), ...ofOthers]);
  if (ofOthers.length > 0) throw new ConfigurationError(ofOthers);
  if (result.data.name !== name)
    throw new ConfigurationError([
      {
        file,
        path: "name",
        found: result.data.name,
        allowed: `"${name}"`,
        because: "the file is named after the environment it describes",
      },
    ]);
  return result.data;
}

/** What the file of the environment exports. @throws ConfigurationError where it exports nothing, or fails */
function literalOf(name: EnvironmentName, file: string, modules: EnvironmentModules): unknown {
  let exported: ReturnType<EnvironmentModules>;
  try {
    exported = modules(name);
  } catch (error) {
    const { message } = thrownIn(error, "");
    throw new ConfigurationError([
      {
        ...(thrownAt(error) ?? { file }),
        path: "",
        found: message,
        allowed: "code that runs to its export: data, and what it imports of config/",
        because: `${file} is read with all that it imports`,
      },
    ]);
  }
  const literal = exported?.[name];
  const made = classOf(literal);
  if (literal !== undefined && made === undefined) return literal;
  throw new ConfigurationError([
    {
      file,
      path: "",
      found: exported === undefined ? "no such file" : made === undefined ? "no such export" : `a ${made}`,
      allowed: `export const ${name} = layered(…)`,
      because: "the file of an environment exports it under its own name",
    },
  ]);
}

/**
 * The moment that waivers and support dates are judged by, as ISO date and time.
 *
 * @param clock read only when PLIMSOLL_NOW is not set
 * @throws ConfigurationError for anything but an ISO date
 */
export function loadNow(variables: Variables, clock: () => Date): string {
  const text = variables["PLIMSOLL_NOW"];
  if (text === undefined || text === "") return clock().toISOString();
  const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;
  const parsed = form.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(parsed.getTime()) || !isCalendarDay(text.slice(0, 10)))
    throw new ConfigurationError([
      {
        file: "",
        path: "PLIMSOLL_NOW",
        found: text,
        allowed: 'an ISO date such as "2026-11-21" or "2026-11-21T08:00:00Z"',
        because: "support dates and waivers are judged by it",
      },
    ]);
  return parsed.toISOString();
}

/** 31 February parses, as a day in March. */
const isCalendarDay = (day: string): boolean => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);

function environmentName(name: string): EnvironmentName {
  const known = environmentNames.find((candidate) => candidate === name);
  if (known) return known;
  const near = nearest(name, environmentNames);
  const meant = near === undefined ? "" : ` (did you mean ${near}?)`;
  throw new ConfigurationError([
    {
      file: "",
      path: "PLIMSOLL_ENV",
      found: name,
      allowed: `${environmentNames.join(", ")}${meant}`,
      because: "each has a file in config/environments",
    },
  ]);
}

function modulesOfFolder(name: EnvironmentName): Readonly<Record<string, unknown>> | undefined {
  const path = join(__dirname, "environments", name);
  if (!existsSync(`${path}.js`) && !existsSync(`${path}.ts`)) return undefined;
  return createRequire(__filename)(path) as Record<string, unknown>;
}
