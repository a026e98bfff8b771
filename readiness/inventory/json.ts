export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [field: string]: Json | undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function arrayOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

/** Objects of a list; a single object counts as a list of one, anything else as none. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return arrayOf(value).filter(isObject);
}

/** What a text holds as JSON; undefined: nothing, or another format. DE-61 refuses a text that has to hold it and does not. */
export function parsedJson(text: string | undefined): Json | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string"
    ? value
    : typeof value === "number" || typeof value === "boolean"
      ? String(value)
      : undefined;
}

export function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

export function flagOf(value: Json | undefined): boolean | undefined {
  return value === true || value === "true" ? true : value === false || value === "false" ? false : undefined;
}

export function textsOf(value: Json | undefined): readonly string[] {
  return arrayOf(value)
    .map(textOf)
    .filter((text) => text !== undefined);
}

/** The text values of a map, for example labels; values of other types are written as text. */
export function textMapOf(value: Json | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(objectOf(value)).flatMap(([key, entry]) => {
      const text = textOf(entry);
      return text === undefined ? [] : [[key, text]];
    }),
  );
}

const within = new WeakMap<object, readonly string[]>();

/** Every text in a value, at any depth, in the order of writing; `//` is a comment, which Terraform does not read. */
export function textsWithin(value: Json | undefined): readonly string[] {
  if (typeof value !== "object" || value === null) return typeof value === "string" ? [value] : [];
  const known = within.get(value);
  if (known) return known;
  const texts: string[] = [];
  collectTexts(value, texts);
  within.set(value, texts);
  return texts;
}

function collectTexts(value: Json | undefined, texts: string[]): void {
  if (typeof value === "string") texts.push(value);
  else if (Array.isArray(value)) for (const one of value as readonly Json[]) collectTexts(one, texts);
  else if (isObject(value))
    for (const field of Object.keys(value)) if (field !== "//") collectTexts(value[field], texts);
}
