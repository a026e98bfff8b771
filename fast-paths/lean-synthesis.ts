import { type App, Aspects, TerraformResource, Tokenization } from "cdktf";
import { takes } from "./switches";

type Fields = Record<string, unknown>;
type Resolve = typeof Tokenization.resolve;
/** What cdktf makes of a value that is or holds a token. */
type ResolveToken = (held: unknown) => unknown;

/**
 * Synthesises to the same text as cdktf by itself, which asks each resource for its arguments and resolves them twice, and
 * makes a context for every key and value although few hold tokens: four tenths of a synthesis. Here a resource is asked and resolved
 * once, a token in a text once a stack, and the rest is passed on as it would be.
 */
export function leanSynthesis(app: App): void {
  // Aspects change resources after they were first asked.
  if (!takes("lean-synthesis") || app.node.findAll().some((construct) => Aspects.of(construct).all.length > 0)) {
    app.synth();
    return;
  }
  const toTerraform = TerraformResource.prototype.toTerraform as (this: TerraformResource) => Fields;
  const { resolve } = Tokenization;
  const asked = new WeakMap<TerraformResource, Fields>();
  const resolved = new WeakMap<object, Fields | undefined>();
  TerraformResource.prototype.toTerraform = function (this: TerraformResource): Fields {
    const fields = asked.get(this) ?? toTerraform.call(this);
    if (!asked.has(this)) resolved.set(fields, undefined);
    asked.set(this, fields);
    return fields;
  };
  const lean = leanResolve(resolve);
  Tokenization.resolve = (value: unknown, options) => {
    if (typeof value !== "object" || value === null || !resolved.has(value)) return lean(value, options) as unknown;
    const known = resolved.get(value) ?? (lean(value, options) as Fields);
    resolved.set(value, known);
    return known;
  };
  try {
    app.synth();
  } finally {
    TerraformResource.prototype.toTerraform = toTerraform;
    Tokenization.resolve = resolve;
  }
}

/** Leaves to `resolve` what holds tokens, and each text once for each scope: many resources depend on the same few. */
function leanResolve(resolve: Resolve): Resolve {
  const texts = new WeakMap<object, Map<string, unknown>>();
  return (value, options) => {
    const known = texts.get(options.scope) ?? new Map<string, unknown>();
    texts.set(options.scope, known);
    const resolveToken: ResolveToken = (held) => resolve.call(Tokenization, held, options) as unknown;
    return withoutTokens(value, (held) => {
      if (typeof held !== "string") return resolveToken(held);
      const text = known.get(held) ?? resolveToken(held);
      if (typeof text === "string") known.set(held, text);
      return text;
    });
  };
}

/** How cdktf encodes tokens in texts and keys, lists and numbers. */
const numberTokenInText = /-\d\.\d+e\+2\d\d/;
const holdsToken = (text: string): boolean =>
  text.includes("TfToken") || (text.includes("e+2") && numberTokenInText.test(text));
const listToken = "#{TfToken[";
const largestNumberToken = -1e200;

const isListToken = (value: unknown): boolean =>
  typeof value === "string" ? value.includes(listToken) : typeof value === "number" && value < largestNumberToken;

/** A value without undefined entries, and with its tokens, wherever they are, resolved. */
function withoutTokens(value: unknown, resolve: ResolveToken): unknown {
  if (typeof value === "string") return holdsToken(value) ? resolve(value) : value;
  if (typeof value === "number") return value < largestNumberToken ? resolve(value) : value;
  if (typeof value !== "object" || value === null) return typeof value === "function" ? resolve(value) : value;
  if (Array.isArray(value))
    return value.some(isListToken)
      ? resolve(value)
      : value.map((one) => withoutTokens(one, resolve)).filter((one) => one !== undefined);
  if (Object.getPrototypeOf(value) !== Object.prototype) return resolve(value);
  const fields: Fields = {};
  for (const key of Object.keys(value)) {
    if (holdsToken(key)) return resolve(value);
    const one = withoutTokens((value as Fields)[key], resolve);
    if (one !== undefined) fields[key] = one;
  }
  return fields;
}
