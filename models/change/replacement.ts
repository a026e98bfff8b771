import { valueAt } from "./rules";
import type { Declared, ProviderTraits, Remark } from "./types";

/** A resource in both configurations. */
export interface Pair {
  readonly before: Declared;
  readonly after: Declared;
  readonly differs: readonly string[];
  /** Why it is replaced; empty where it is not. */
  readonly because: readonly string[];
}

export const keyOf = ({ stack, address }: Declared): string => `${stack}/${address}`;

/** `<stack>/<address>` of resources that compute a part of the text. */
export const computedIn = (text: string): string[] =>
  [...text.matchAll(/\$\{([\w-]+\/[\w-]+\.[\w-]+)/g)].map(([, key = ""]) => key);

/**
 * Former addresses of what Terraform makes anew before it destroys the old one: what says so, and what such a resource
 * refers to, at any distance.
 */
function createdFirst(pairs: readonly Pair[]): ReadonlySet<string> {
  const byFormerKey = new Map(pairs.map(({ before, after }) => [keyOf(before), after]));
  const found = new Set<string>();
  const visit = (key: string): void => {
    if (found.has(key)) return;
    found.add(key);
    for (const texts of byFormerKey.get(key)?.values.values() ?? [])
      for (const text of texts) computedIn(text).forEach(visit);
  };
  for (const [key, { createsBeforeDestroying }] of byFormerKey) if (createsBeforeDestroying) visit(key);
  return found;
}

/** Replacements that AWS refuses: of a name that is still taken, or of what another resource still uses. */
export function refusedReplacements(pairs: readonly Pair[], traits: ProviderTraits): Remark[] {
  const first = createdFirst(pairs);
  return pairs
    .filter(({ because, after }) => because.length > 0 && !after.preventsDestroy)
    .flatMap((pair) => (first.has(keyOf(pair.before)) ? nameStillTaken(pair, traits) : stillUsed(pair, pairs, traits)));
}

function nameStillTaken({ before, after }: Pair, traits: ProviderTraits): Remark[] {
  const { identity, source = "" } = traits[after.type] ?? {};
  if (identity === undefined || before.region !== after.region) return [];
  const name = valueAt(after, identity);
  if (name === "" || valueAt(before, identity) !== name) return [];
  return [
    {
      subject: keyOf(after),
      argument: identity,
      before: name,
      after: name,
      says: "it is replaced, and create_before_destroy makes the new one while the old one has the name: let the name change with what forces the replacement",
      source,
    },
  ];
}

function stillUsed({ before, after, because }: Pair, pairs: readonly Pair[], traits: ProviderTraits): Remark[] {
  const { heldBy, identity } = traits[after.type] ?? {};
  if (!heldBy) return [];
  const names = (holder: Declared, argument: string): boolean => {
    const text = valueAt(holder, argument);
    const name = identity === undefined ? "" : valueAt(before, identity);
    return (
      computedIn(text).includes(keyOf(before)) || (name !== "" && holder.region === before.region && text === name)
    );
  };
  const holders = pairs.filter(
    (one) =>
      one.because.length === 0 &&
      heldBy.by.some(
        ({ type, argument }) => one.after.type === type && names(one.before, argument) && names(one.after, argument),
      ),
  );
  if (holders.length === 0) return [];
  return [
    {
      subject: keyOf(after),
      argument: because.join(", "),
      before: `used by ${holders.map((one) => keyOf(one.after)).join(", ")}`,
      after: "replaced",
      says: heldBy.says,
      source: heldBy.source,
    },
  ];
}
