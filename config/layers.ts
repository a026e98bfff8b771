import type { EnvironmentLiteral } from "./literal";

/** What one layer says of an environment: as few or as many of its values as differ. `undefined` takes back what a layer before it says. */
export type EnvironmentLayer = Part<EnvironmentLiteral>;

type Part<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? { [Key in keyof Value]?: Part<Value[Key]> | undefined }
    : Value;

/**
 * An environment out of its layers: the defaults, what the organisation says of it, what it does differently.
 *
 * Objects are merged, everything else is replaced: a list as a whole, since its order may matter. That nothing is missing
 * is checked with the values, by the schema. A finding stands at the line of the layer that has the value: the reader of
 * source lines knows calls with several objects (`source/literal.ts`).
 */
export function layered(...layers: readonly EnvironmentLayer[]): EnvironmentLiteral {
  mustBeSettings(layers);
  return layers.reduce<Plain>((below, layer) => merged(below, layer), {}) as unknown as EnvironmentLiteral;
}

/** A name that is mistyped gives `undefined`. @throws Error with the place of the call */
function mustBeSettings(layers: readonly unknown[]): void {
  const wrong = layers.findIndex((layer) => !isPlain(layer));
  if (wrong === -1) return;
  const problem = new Error(
    `argument ${wrong + 1} of layered(…) is ${String(layers[wrong])}, not an object of settings: is a name in it mistyped?`,
  );
  // A reader looks for the call, not for this function.
  Error.captureStackTrace(problem, layered);
  throw problem;
}

type Plain = Readonly<Record<string, unknown>>;

function merged(below: Plain, above: Plain): Plain {
  const result: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = result[key];
    if (value === undefined) delete result[key];
    else result[key] = isPlain(value) ? merged(isPlain(under) ? under : {}, value) : value;
  }
  return result;
}

const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);
