import { TerraformResource } from "cdktf";

type Arguments = Record<string, unknown>;

/**
 * Typed resources name every argument that their kind has, most of them undefined, and cdktf resolves each one twice
 * before it drops it: that is a quarter of a synthesis. Here they are dropped before.
 */
export function withSparseArguments(run: () => void): void {
  // cdktf calls it on the resource itself, as the wrapper does.
  const { toTerraform } = TerraformResource.prototype;
  TerraformResource.prototype.toTerraform = function (this: TerraformResource): Arguments {
    return sparse(toTerraform.call(this)) as Arguments;
  };
  try {
    run();
  } finally {
    TerraformResource.prototype.toTerraform = toTerraform;
  }
}

/** Tokens are objects of classes: they are left for cdktf to resolve. */
function sparse(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sparse);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const kept: Arguments = {};
  for (const [key, one] of Object.entries(value)) if (one !== undefined) kept[key] = sparse(one);
  return kept;
}
