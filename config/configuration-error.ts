import { masked } from "../catalog/credential-forms";
import { locate, type Location } from "./source/location";

/** One thing wrong in a configuration file. */
export interface ConfigurationViolation {
  /** Relative to the project, with `/`; empty for what stands in no file. */
  readonly file: string;
  /** Path inside the exported literal; empty for the file itself. */
  readonly path: string;
  /** Line of the file, where the path does not lead there. */
  readonly line?: number;
  readonly found: unknown;
  readonly allowed: string;
  readonly because: string;
}

/** Everything that is wrong with the configuration, at once: a reader fixes it in one round. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly violations: readonly (ConfigurationViolation & { readonly location: Location | undefined })[];

  /** @default root - the project: its files are looked into for the lines */
  constructor(violations: readonly ConfigurationViolation[], root?: string) {
    const located = violations
      .map((violation) => ({ ...violation, location: locationOf(violation, root) }))
      .sort((a, b) => order(a).localeCompare(order(b), "en", { numeric: true }));
    // Also what is allowed may quote what is written elsewhere.
    super(masked(onceALine(located).map(sentence).join("\n")));
    this.violations = located;
  }
}

type Located = ConfigurationViolation & { location: Location | undefined };

function locationOf({ file, path, line }: ConfigurationViolation, root: string | undefined): Location | undefined {
  if (line !== undefined) return { file, line };
  return /\.(ts|json)$/.test(file) ? locate({ file, path }, "", root) : undefined;
}

/** One value that several settings are made of, such as the pools of both regions, is wrong once. */
function onceALine(violations: readonly Located[]): Located[] {
  const lines = new Map<string, Located>();
  for (const violation of violations) {
    const { location, found, allowed, because, path } = violation;
    const key = location
      ? JSON.stringify([location, written(found), allowed, because])
      : `${lines.size} has no place of its own`;
    const same = lines.get(key);
    lines.set(key, same ? { ...same, path: `${same.path} and ${path}` } : violation);
  }
  return [...lines.values()];
}

const order = ({ location, file, path }: Located): string => `${location?.file ?? file} ${location?.line ?? 0} ${path}`;

function sentence({ location, file, path, found, allowed, because }: Located): string {
  const place = location ? `${location.file}:${location.line}  ` : file === "" ? "" : `${file}  `;
  return `${place}${path === "" ? "" : `${path}: `}found ${written(found)}, allowed: ${allowed}, because ${because}`;
}

/** Longest value that is shown whole. */
const longestShown = 120;

/** A value as a person wrote it: JSON knows no NaN, and shows a Map or a Promise as an object without settings. */
function written(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value === "function" || typeof value === "bigint" || typeof value === "symbol") return `a ${typeof value}`;
  const made = classOf(value);
  if (made !== undefined) return `a ${made}`;
  let text: string;
  try {
    text = JSON.stringify(value);
  } catch {
    return "a value that is not plain data";
  }
  return text.length <= longestShown ? text : `${text.slice(0, longestShown)}…`;
}

/** Name of the class of an object that no literal makes. */
export function classOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const prototype = Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: string } } | null;
  // The literals of another context, such as that of a test, have an Object of their own.
  const name = prototype?.constructor?.name;
  return name === undefined || name === "" || name === "Object" ? undefined : name;
}
