import { isObject, type Json, type JsonObject } from "../../inventory/json";

/** Dotted paths of the leaves that differ, sorted; a list counts as one leaf, and null as absent. */
export function leafDifferences(left: JsonObject, right: JsonObject, at = ""): string[] {
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
  return names.flatMap((name) => {
    const path = at === "" ? name : `${at}.${name}`;
    const [one, other] = [left[name] ?? undefined, right[name] ?? undefined];
    if (isObject(one) || isObject(other)) return leafDifferences(objectOrEmpty(one), objectOrEmpty(other), path);
    return JSON.stringify(one) === JSON.stringify(other) ? [] : [path];
  });
}

const objectOrEmpty = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
