import { TerraformResource, TerraformStack } from "cdktf";

type Arguments = Record<string, unknown>;

/**
 * Typed resources name every argument that their kind has, most of them undefined, and cdktf asks each resource twice and
 * resolves all of it twice: first only to find tokens that cross stacks. That is four tenths of a synthesis. Here a resource is
 * asked once, undefined arguments are dropped, and the first time only what holds tokens is resolved.
 */
export function withLeanResolution(run: () => void): void {
  // cdktf calls them on the resource and the stack themselves, as the wrappers do.
  const { toTerraform } = TerraformResource.prototype;
  const { prepareStack } = TerraformStack.prototype;
  const prepared = new WeakMap<TerraformResource, Arguments>();
  let preparing = false;
  TerraformResource.prototype.toTerraform = function (this: TerraformResource): Arguments {
    const written = prepared.get(this) ?? (sparse(toTerraform.call(this)) as Arguments);
    if (!preparing) return written;
    prepared.set(this, written);
    return (tokensOf(written) ?? {}) as Arguments;
  };
  TerraformStack.prototype.prepareStack = function (this: TerraformStack): void {
    preparing = true;
    prepareStack.call(this);
    preparing = false;
  };
  try {
    run();
  } finally {
    TerraformResource.prototype.toTerraform = toTerraform;
    TerraformStack.prototype.prepareStack = prepareStack;
  }
}

const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype;

/** Tokens are objects of classes: they are left for cdktf to resolve. */
function sparse(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sparse);
  if (typeof value !== "object" || value === null || !isPlain(value)) return value;
  const kept: Arguments = {};
  for (const [key, one] of Object.entries(value)) if (one !== undefined) kept[key] = sparse(one);
  return kept;
}

/** How cdktf encodes tokens in texts, lists and keys, and in numbers. */
const tokenInText = /TfToken|-\d\.\d+e\+2\d\d/;
const largestNumberToken = -1e200;

/** The parts of a value that hold tokens, or undefined when there are none. */
function tokensOf(value: unknown): unknown {
  if (typeof value === "string") return tokenInText.test(value) ? value : undefined;
  if (typeof value === "number") return value < largestNumberToken ? value : undefined;
  if (Array.isArray(value)) {
    const held = value.map(tokensOf).filter((one) => one !== undefined);
    return held.length > 0 ? held : undefined;
  }
  if (typeof value !== "object" || value === null) return typeof value === "function" ? value : undefined;
  if (!isPlain(value)) return value;
  const held = Object.entries(value).flatMap(([key, one]): [string, unknown][] => {
    const within = tokenInText.test(key) ? one : tokensOf(one);
    return within === undefined ? [] : [[key, within]];
  });
  return held.length > 0 ? Object.fromEntries(held) : undefined;
}
