import type { z } from "zod";
import { writtenOtherwise } from "./validation/meant-values";
import { nearest } from "./nearest";

/** Names that other tools give to a setting, with the name that it has here. */
const namesElsewhere: Readonly<Record<string, string>> = {
  autoscaling: "scale",
  containerPort: "port",
  cron: "schedule",
  databaseUrl: "databases",
  db: "databases",
  dependsOn: "talksTo",
  env: "settings",
  environment: "settings",
  environmentVariables: "settings",
  healthCheck: "probes",
  ingress: "entry",
  livenessProbe: "probes",
  minAvailable: "keepAvailable",
  readinessProbe: "probes",
  replicaCount: "replicas",
  resources: "requests",
  serviceAccount: "kubernetes",
  terminationGracePeriodSeconds: "drainSeconds",
  volumeMounts: "volumes",
};

/** The setting that a name, which is none, was probably to be. */
export function meantName(name: string, settings: readonly string[]): string | undefined {
  const elsewhere = namesElsewhere[name];
  if (elsewhere !== undefined && settings.includes(elsewhere)) return elsewhere;
  const near = nearest(name, settings);
  // Three edits make any short word of any other.
  return near !== undefined && Math.abs(near.length - name.length) < near.length / 2 && name.length > 2
    ? near
    : undefined;
}

type Keyed = Record<PropertyKey, unknown>;
const isKeyed = (value: unknown): value is Keyed => typeof value === "object" && value !== null;

/** Names of the settings beside an unknown one, as its issue lists them. */
export const settingsOf = (issue: z.core.$ZodIssueUnrecognizedKeys): readonly string[] =>
  issue.message.startsWith("Unrecognized") ? [] : issue.message.split(", ");

/**
 * The literal with each unknown setting under the name that was meant: a mistyped name is one mistake, and says nothing
 * of its value.
 *
 * @returns undefined where no name can be guessed
 */
export function withMeantNames(literal: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const mistyped = issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [];
    const name = String(issue.path.at(-1));
    const meant = meantName(name, settingsOf(issue));
    return meant === undefined ? [] : [{ path: issue.path.slice(0, -1), name, meant }];
  });
  if (mistyped.length === 0) return undefined;
  return mistyped.reduce<unknown>((whole, { path, name, meant }) => renamed(whole, path, name, meant), literal);
}

function renamed(value: unknown, path: readonly PropertyKey[], name: string, meant: string): unknown {
  if (!isKeyed(value)) return value;
  const [step, ...rest] = path;
  if (step !== undefined) {
    const changed = renamed(value[step], rest, name, meant);
    return Array.isArray(value)
      ? value.map((item: unknown, index) => (index === Number(step) ? changed : item))
      : { ...value, [step]: changed };
  }
  const { [name]: own, ...others } = value;
  return meant in others ? { ...others, [meant]: joined(others[meant], own) } : { ...others, [meant]: own };
}

/** What a layer before says under the right name, with what is said under the mistyped one. */
function joined(written: unknown, mistyped: unknown): unknown {
  if (!isKeyed(written) || !isKeyed(mistyped) || Array.isArray(written) || Array.isArray(mistyped)) return written;
  const further = Object.entries(mistyped).map(([key, value]) => [
    key,
    key in written ? joined(written[key], value) : value,
  ]);
  return { ...written, ...(Object.fromEntries(further) as Keyed) };
}

/**
 * How a value would have to be written for its setting to take it, such as `write 8000 without quotes`.
 *
 * @param accepts whether the setting takes a value
 * @returns undefined where no such form is near
 */
export function meantValue(value: unknown, accepts: (value: unknown) => boolean): string | undefined {
  const found = writtenOtherwise(value).find(({ candidate }) => accepts(candidate));
  return found && `write ${JSON.stringify(found.candidate)}${found.why}`;
}
