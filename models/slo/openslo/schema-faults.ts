import type { ErrorObject } from "ajv";

/** What of a document cannot be read, and where. */
export interface Unread {
  readonly at: readonly (string | number)[];
  readonly found: unknown;
  readonly allowed: string;
  readonly because: string;
}

/** One finding a place: of several errors at one place the deepest rule speaks. */
export function schemaFaults(errors: readonly ErrorObject[], value: unknown): Unread[] {
  const places = new Map<string, Unread>();
  for (const error of errors) {
    if (
      error.keyword === "oneOf" &&
      errors.some((other) => other !== error && other.instancePath === error.instancePath)
    ) {
      // The branches of a choice say the same in two ways: the choice itself says it once.
      for (const other of errors) if (other.schemaPath.startsWith(`${error.schemaPath}/`)) places.delete(keyOf(other));
    }
    const found = schemaFault(error, value);
    if (!errors.some((choice) => choice.keyword === "oneOf" && error.schemaPath.startsWith(`${choice.schemaPath}/`)))
      places.set(keyOf(error), found);
  }
  return [...places.values()];
}

const keyOf = ({ instancePath, keyword, params }: ErrorObject): string =>
  `${instancePath} ${keyword} ${JSON.stringify(params)}`;

function schemaFault(error: ErrorObject, value: unknown): Unread {
  const at = error.instancePath
    .split("/")
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step.replace(/~1/g, "/").replace(/~0/g, "~")));
  const found = at.reduce<unknown>(
    (inner, step) => (inner as Record<string | number, unknown> | undefined)?.[step],
    value,
  );
  const params = error.params as Readonly<Record<string, unknown>>;
  const because = "OpenSLO v1 defines the field so";
  switch (error.keyword) {
    case "additionalProperties":
      return {
        at: [...at, String(params["additionalProperty"])],
        found: params["additionalProperty"],
        allowed: "a field of OpenSLO v1",
        because: "nothing would read it",
      };
    case "required":
      return { at, found: "nothing", allowed: `${String(params["missingProperty"])}`, because };
    case "const":
      return { at, found, allowed: String(params["allowedValue"]), because };
    case "enum":
      return { at, found, allowed: (params["allowedValues"] as unknown[]).join(", "), because };
    case "oneOf":
      return {
        at,
        found: Object.keys(found ?? {}).join(", "),
        allowed: `exactly one of ${choices(error)}`,
        because,
      };
    default:
      return { at, found, allowed: error.message ?? "another value", because };
  }
}

/** Names among which a choice is made. */
const choices = ({ instancePath }: ErrorObject): string => {
  if (instancePath.endsWith("/ratioMetric")) return "good, bad";
  return instancePath.startsWith("/spec/objectives/") ? "target, targetPercent" : "thresholdMetric, ratioMetric";
};
