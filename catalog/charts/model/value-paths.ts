import { createHash } from "node:crypto";
import type { JsonObject, JsonValue } from "./definition";

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Paths of all leaves of a chart's values, sorted: keys joined by dots, a dot inside a key written as `\.` as Helm does.
 * A list is one leaf: Helm replaces lists, it never merges them.
 */
export function valuePaths(values: JsonObject): readonly string[] {
  const below = (value: JsonValue, path: string): readonly string[] =>
    isObject(value) && Object.keys(value).length > 0
      ? Object.entries(value).flatMap(([key, child]) =>
          below(child, `${path}${path === "" ? "" : "."}${key.replaceAll(".", "\\.")}`),
        )
      : [path];
  return [...below(values, "")].sort();
}

function canonical(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((element: JsonValue) => canonical(element));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, canonical(value[key] ?? null)]),
  );
}

/** SHA-256 of the values with sorted keys: shows whether a lock was made from the same values. */
export function valuesDigest(values: JsonObject): string {
  return `sha256:${createHash("sha256")
    .update(JSON.stringify(canonical(values)))
    .digest("hex")}`;
}
