/** Values of one listener rule are at most five, of which two are host names. Source: Elastic Load Balancing, quotas of Application Load Balancers, read 2026-11-21. */
export const VALUES_PER_RULE = 3;

/** Rules that an application may have at the load balancer: its priorities lie this far from those of the next slot. */
export const RULES_PER_APPLICATION = 20;

/** Priorities go from 1 to 50000; the first hundred are left to rules that are added by hand. Source: as above. */
const [FIRST_PRIORITY, LAST_PRIORITY] = [100, 50_000];
const SLOTS = Math.floor((LAST_PRIORITY - FIRST_PRIORITY) / RULES_PER_APPLICATION);

interface Entry {
  readonly healthPath?: string | undefined;
  readonly authentication?: object | undefined;
  readonly routes?: readonly ({ readonly paths?: readonly unknown[] | undefined } | undefined)[] | undefined;
}

const rulesFor = (values: number): number => Math.ceil(values / VALUES_PER_RULE);

/** Listener rules of an entry: those of its routes, and those of the component that answers what no route names. */
export function rulesOfEntry({ authentication, routes = [], healthPath }: Entry, networks: number): number {
  const routed = routes.reduce((sum, route) => sum + rulesFor(route?.paths?.length ?? 0), 0);
  if (authentication === undefined || !("networks" in authentication)) return routed + 1;
  const { open } = authentication as { readonly open?: { readonly paths?: readonly string[] } };
  return routed + rulesFor(networks) + rulesFor(new Set([healthPath, ...(open?.paths ?? [])]).size);
}

/** FNV-1a of a name in 32 bits. */
const hashOf = (name: string): number =>
  [...name].reduce((hash, one) => Math.imul(hash ^ (one.codePointAt(0) ?? 0), 0x01000193) >>> 0, 0x811c9dc5);

/**
 * First priority of each application, by its name: another application does not move it. Of two names that fall on one
 * slot the later one in the alphabet takes the next that is free.
 */
export function firstPriorities(names: readonly string[]): ReadonlyMap<string, number> {
  const taken = new Set<number>();
  return new Map(
    [...names].sort().map((name) => {
      let slot = hashOf(name) % SLOTS;
      while (taken.has(slot)) slot = (slot + 1) % SLOTS;
      taken.add(slot);
      return [name, FIRST_PRIORITY + slot * RULES_PER_APPLICATION];
    }),
  );
}
