import type { Item } from "./item";
import type { Unknown } from "./unknown";
import type { Block, Resource } from "./resource";

/** Makes a view's item: `build` reads the arguments, and what it meets that is not known yet is recorded with the item. */
export function itemOf<Fields extends object>(
  resource: Resource,
  label: string,
  build: (read: Block) => Fields,
): Item & Fields {
  const unknowns: Unknown[] = [];
  const fields = build(resource.recorded(unknowns));
  return {
    stack: resource.stack,
    address: resource.address,
    constructPath: resource.constructPath,
    label,
    resource,
    unknowns,
    ...fields,
  };
}

/** First of the texts that is allowed; undefined for everything else. */
export function oneOf<const Allowed extends string>(
  value: string | undefined,
  allowed: readonly Allowed[],
): Allowed | undefined {
  return allowed.find((entry) => entry === value);
}
