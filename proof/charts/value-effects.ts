import { isObject, type Json, type JsonObject } from "../../readiness/inventory/json";
import type { ChartRelease, Charts } from "./charts";
import { inParallel } from "../run/parallel";

type Path = readonly (string | number)[];
export interface ValueEffect {
  /** Keys joined by dots, a dot inside a key as `\.`; an element of a list by its number. */
  readonly path: string;
  /** undefined: the chart renders the same without it, with another value, and on a cluster without third-party kinds. */
  readonly effect: "needed" | "read" | "read where kinds are missing" | undefined;
}

/** Every leaf of the values that a release sets: does the chart read it? Found out by taking it away, and by changing it. */
export async function valueEffects(charts: Charts, release: ChartRelease): Promise<readonly ValueEffect[]> {
  const base = await comparable(charts, release, true);
  const bare = await comparable(charts, release, false);
  const effects: ValueEffect[] = [];
  const leaves = leavesOf(release.values);
  await inParallel(leaves, 2, async (path) => {
    const lacking = { ...release, values: edited(release.values, path, undefined) as JsonObject };
    const changed = { ...release, values: edited(release.values, path, another) as JsonObject };
    const without = await comparable(charts, lacking, true);
    const effect =
      without instanceof Error
        ? "needed"
        : without !== base
          ? "read"
          : differs(await comparable(charts, changed, true), base)
            ? "read"
            : differs(await comparable(charts, lacking, false), bare) ||
                differs(await comparable(charts, changed, false), bare)
              ? "read where kinds are missing"
              : undefined;
    effects.push({ path: path.map((key) => String(key).replaceAll(".", "\\.")).join("."), effect });
  });
  return effects.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Helm's "no" to a changed value shows that the chart reads it, too. */
export const differs = (rendered: string | Error, base: string | Error): boolean =>
  rendered instanceof Error !== base instanceof Error || String(rendered) !== String(base);

/** Certificates that a chart makes up are different each time. */
export async function comparable(
  charts: Charts,
  release: ChartRelease,
  withMonitors: boolean,
): Promise<string | Error> {
  try {
    const text = await charts.renderText({ ...release, skipsCrds: true }, { withMonitors });
    return text.replace(/(caBundle|tls\.crt|tls\.key|ca\.crt|ca\.key): .*/g, "$1: made up");
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Lists of objects are looked into: Helm replaces a list as a whole, but reads each element's fields. */
export function leavesOf(value: Json, path: Path = []): readonly Path[] {
  if (isObject(value) && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([key, entry]) => leavesOf(entry ?? null, [...path, key]));
  if (Array.isArray(value) && value.some(isObject))
    return (value as readonly Json[]).flatMap((entry, index) => leavesOf(entry, [...path, index]));
  return [path];
}

export function edited(value: Json, [key, ...rest]: Path, change: ((leaf: Json) => Json) | undefined): Json {
  if (key === undefined) return change ? change(value) : value;
  if (Array.isArray(value))
    return (value as readonly Json[]).flatMap((entry, index) =>
      index !== key ? [entry] : rest.length === 0 && !change ? [] : [edited(entry, rest, change)],
    );
  if (!isObject(value)) return value;
  return Object.fromEntries<Json | undefined>(
    Object.entries(value).flatMap(([name, entry]) =>
      name !== String(key)
        ? [[name, entry]]
        : rest.length === 0 && !change
          ? []
          : [[name, edited(entry ?? null, rest, change)]],
    ),
  );
}

export function another(leaf: Json): Json {
  if (typeof leaf === "boolean") return !leaf;
  if (typeof leaf === "number") return leaf + 1;
  if (typeof leaf === "string") return `${leaf}x`;
  return Array.isArray(leaf) ? [] : null;
}
